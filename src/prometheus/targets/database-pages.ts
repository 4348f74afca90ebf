import { groupId, type KafkaServer, topicOf } from '../../cluster/data/kafka/server.ts';
import { heapBytes, indexBytes } from '../../cluster/data/postgres/schema.ts';
import type { PgServer } from '../../cluster/data/postgres/server.ts';
import { idleInTransaction } from '../../cluster/data/postgres/sessions.ts';
import { CONNECTIONS } from '../../cluster/data/redis/information.ts';
import type { DatabaseFlow, PodFlow, ServiceFlow } from '../../cluster/traffic/graph.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';

/** What postgres_exporter says of one server. */
export function postgresPage({ clock, data, meters, traffic }: Measured, database: DatabaseFlow, pod: PodFlow, busy: number): Page {
  const page = new Page();
  const since = meters.since(clock.nowMs);
  const server = { server: `${pod.name}:5432` };
  const name = { datname: 'app' };
  const holder = data.postgres(database.key);
  const idle = idleInTransaction(holder);
  const active = Math.max(0, Math.min(database.open, busy) - idle);
  page.gauge('pg_up', 'Whether the last scrape of metrics from PostgreSQL was able to connect to the server (1 for yes, 0 for no).', {}, database.up ? 1 : 0);
  page.gauge('pg_settings_max_connections', 'Server Parameter: max_connections', server, database.maxConnections);
  page.gauge('pg_stat_activity_count', 'number of connections in this state', { ...server, ...name, state: 'active' }, Math.round(active));
  page.gauge('pg_stat_activity_count', '', { ...server, ...name, state: 'idle' }, Math.round(database.open - active - idle));
  page.gauge('pg_stat_activity_count', '', { ...server, ...name, state: 'idle in transaction' }, Math.round(idle) + holder.held.length);
  storedPage(page, holder, server, clock);
  page.gauge('pg_stat_database_numbackends', 'Number of backends currently connected to this database.', name, Math.round(database.open));
  page.counter('pg_stat_database_xact_commit', 'Number of transactions in this database that have been committed', name, meters.statements(database, since));
  const replica = traffic.flow.replication.replicas.get(database.key);
  if (replica !== undefined) {
    page.gauge('pg_replication_is_replica', 'Indicates if the server is a replica', {}, replica.source === null ? 0 : 1);
    page.gauge('pg_replication_lag_seconds', 'Replication lag behind master in seconds', {}, replica.source === null ? 0 : database.behindMs / 1000);
  }
  page.gauge('pg_postmaster_start_time_seconds', 'Time at which postmaster started', server, clock.unixMs(pod.startedAtMs) / 1000);
  page.gauge('pg_exporter_last_scrape_error', 'Whether the last scrape of metrics from PostgreSQL resulted in an error (1 for error, 0 for success).', {}, database.up ? 0 : 1);
  return page;
}

/** What it says of what the server holds. */
function storedPage(page: Page, holder: PgServer, server: Readonly<Record<string, string>>, { nowMs }: Measured['clock']): void {
  holder.count(nowMs);
  const oldestMs = Math.max(0, ...holder.held.map(({ startedAtMs }) => nowMs - startedAtMs));
  page.gauge('pg_stat_activity_max_tx_duration', 'max duration in seconds any active transaction has been running', { ...server, datname: holder.database, state: 'idle in transaction' }, oldestMs / 1000);
  let bytes = 0;
  for (const table of holder.tables.values()) {
    const labels = { datname: holder.database, schemaname: 'public', relname: table.name };
    const { whole = 0, byIndex = 0 } = holder.scans.get(table.name) ?? {};
    page.counter('pg_stat_user_tables_seq_scan', 'Number of sequential scans initiated on this table', labels, Math.floor(whole));
    page.counter('pg_stat_user_tables_idx_scan', 'Number of index scans initiated on this table', labels, Math.floor(byIndex));
    page.gauge('pg_stat_user_tables_n_live_tup', 'Estimated number of live rows', labels, table.misled > 1 ? 0 : table.rows);
    page.gauge('pg_stat_user_tables_n_dead_tup', 'Estimated number of dead rows', labels, table.deadRows);
    bytes += heapBytes(table) + holder.indexes.filter((index) => index.table === table.name).reduce((sum, index) => sum + indexBytes(table, index), 0);
  }
  page.gauge('pg_database_size_bytes', 'Disk space used by the database', { datname: holder.database }, bytes);
  for (const { name, active, keepsBytes } of holder.slots) {
    page.gauge('pg_replication_slot_slot_is_active', 'whether the replication slot is active or not', { ...server, slot_name: name }, active ? 1 : 0);
    page.gauge('pg_replication_slots_pg_wal_lsn_diff', 'Replication lag in bytes', { ...server, slot_name: name }, keepsBytes);
  }
}

/** What kafka_exporter says of a broker. */
export function kafkaPage(kafka: KafkaServer): Page {
  const page = new Page();
  page.gauge('kafka_brokers', 'Number of Brokers in the Kafka Cluster.', {}, 1);
  for (const group of kafka.groups()) {
    for (const { partition, committed, end } of kafka.states(group, () => '')) {
      const labels = { topic: topicOf(group), partition: String(partition) };
      page.gauge('kafka_topic_partition_current_offset', 'Current Offset of a Broker at Topic/Partition', labels, end);
      page.gauge('kafka_consumergroup_current_offset', 'Current Offset of a ConsumerGroup at Topic/Partition', { consumergroup: groupId(group), ...labels }, committed);
      page.gauge('kafka_consumergroup_lag', 'Current Approximate Lag of a ConsumerGroup at Topic/Partition', { consumergroup: groupId(group), ...labels }, end - committed);
    }
    page.gauge('kafka_consumergroup_members', 'Amount of members in a consumer group', { consumergroup: groupId(group) }, group.pods.length);
  }
  return page;
}

/** What redis_exporter says of one server. */
export function redisPage({ clock, data, meters }: Measured, cache: ServiceFlow, pod: PodFlow): Page {
  const page = new Page();
  const { hits, misses } = meters.lookUps(cache, meters.since(clock.nowMs));
  const share = Math.max(1, cache.pods.length);
  page.gauge('redis_up', 'Information about the Redis instance', {}, cache.pods.includes(pod) ? 1 : 0);
  page.gauge('redis_uptime_in_seconds', 'uptime_in_seconds metric', {}, (clock.nowMs - pod.startedAtMs) / 1000);
  const server = data.redis(cache.key);
  page.gauge('redis_memory_used_bytes', 'memory_used_bytes metric', {}, server.usedBytes);
  page.gauge('redis_memory_max_bytes', 'memory_max_bytes metric', {}, server.maxBytes);
  page.gauge('redis_connected_clients', 'connected_clients metric', {}, server.clients().length * CONNECTIONS + 1);
  page.counter('redis_evicted_keys_total', 'evicted_keys_total metric', {}, Math.floor(server.count(clock.nowMs).evicted));
  page.counter('redis_keyspace_hits_total', 'keyspace_hits_total metric', {}, Math.floor(hits / share));
  page.counter('redis_keyspace_misses_total', 'keyspace_misses_total metric', {}, Math.floor(misses / share));
  page.counter('redis_commands_processed_total', 'commands_processed_total metric', {}, Math.floor((hits + 2 * misses) / share));
  page.gauge('redis_start_time_seconds', 'Start time of the Redis instance since unix epoch in seconds.', {}, clock.unixMs(pod.startedAtMs) / 1000);
  return page;
}
