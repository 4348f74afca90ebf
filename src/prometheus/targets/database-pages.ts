import type { DatabaseFlow, PodFlow, ServiceFlow } from '../../cluster/traffic/graph.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';

/** What postgres_exporter says of one server. */
export function postgresPage({ clock, meters }: Measured, database: DatabaseFlow, pod: PodFlow, busy: number): Page {
  const page = new Page();
  const since = meters.since(clock.nowMs);
  const server = { server: `${pod.name}:5432` };
  const name = { datname: 'app' };
  const active = Math.min(database.open, busy);
  page.gauge('pg_up', 'Whether the last scrape of metrics from PostgreSQL was able to connect to the server (1 for yes, 0 for no).', {}, database.up ? 1 : 0);
  page.gauge('pg_settings_max_connections', 'Server Parameter: max_connections', server, database.maxConnections);
  page.gauge('pg_stat_activity_count', 'number of connections in this state', { ...server, ...name, state: 'active' }, Math.round(active));
  page.gauge('pg_stat_activity_count', '', { ...server, ...name, state: 'idle' }, Math.round(database.open - active));
  page.gauge('pg_stat_database_numbackends', 'Number of backends currently connected to this database.', name, Math.round(database.open));
  page.counter('pg_stat_database_xact_commit', 'Number of transactions in this database that have been committed', name, meters.statements(database, since));
  page.gauge('pg_postmaster_start_time_seconds', 'Time at which postmaster started', server, clock.unixMs(pod.startedAtMs) / 1000);
  page.gauge('pg_exporter_last_scrape_error', 'Whether the last scrape of metrics from PostgreSQL resulted in an error (1 for error, 0 for success).', {}, database.up ? 0 : 1);
  return page;
}

/** What redis_exporter says of one server. */
export function redisPage({ clock, meters, usage }: Measured, cache: ServiceFlow, pod: PodFlow): Page {
  const page = new Page();
  const { hits, misses } = meters.lookUps(cache, meters.since(clock.nowMs));
  const share = Math.max(1, cache.pods.length);
  page.gauge('redis_up', 'Information about the Redis instance', {}, cache.pods.includes(pod) ? 1 : 0);
  page.gauge('redis_uptime_in_seconds', 'uptime_in_seconds metric', {}, (clock.nowMs - pod.startedAtMs) / 1000);
  page.gauge('redis_memory_used_bytes', 'memory_used_bytes metric', {}, (usage('pod', pod.namespace, pod.name)?.memoryMiB ?? 0) * 1_048_576);
  page.counter('redis_keyspace_hits_total', 'keyspace_hits_total metric', {}, Math.floor(hits / share));
  page.counter('redis_keyspace_misses_total', 'keyspace_misses_total metric', {}, Math.floor(misses / share));
  page.counter('redis_commands_processed_total', 'commands_processed_total metric', {}, Math.floor((hits + 2 * misses) / share));
  page.gauge('redis_start_time_seconds', 'Start time of the Redis instance since unix epoch in seconds.', {}, clock.unixMs(pod.startedAtMs) / 1000);
  return page;
}
