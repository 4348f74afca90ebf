import type { SimMs } from '../../../time/sim-time.ts';
import type { RedisServer } from './server.ts';

/** `INFO`, whole or one section of it. */
export function information(server: RedisServer, section: string, nowMs: SimMs): string {
  const { hits, misses, commands, evicted } = server.count(nowMs);
  const { perS, hit } = server.rates();
  const [pod] = server.pods;
  const used = server.usedBytes;
  const uptimeS = Math.max(1, Math.floor((nowMs - server.runSinceMs) / 1000));
  const { maxBytes } = server;
  const keys = server.keysOfClients + server.keys.size;
  const clients = server.clients().length * CONNECTIONS;
  const sections: Readonly<Record<string, readonly (readonly [string, string | number])[]>> = {
    server: [['redis_version', pod?.variant.tag ?? '7.2.4'], ['redis_mode', 'standalone'], ['os', 'Linux 6.1.0-28-amd64 x86_64'], ['arch_bits', 64], ['process_id', 1], ['tcp_port', 6379], ['uptime_in_seconds', uptimeS], ['uptime_in_days', Math.floor(uptimeS / 86_400)], ['executable', '/data/redis-server'], ['config_file', '']],
    clients: [['connected_clients', clients + 1], ['maxclients', 10_000], ['blocked_clients', 0]],
    memory: [['used_memory', used], ['used_memory_human', human(used)], ['used_memory_rss', Math.round(used * 1.08)], ['used_memory_rss_human', human(Math.round(used * 1.08))], ['used_memory_peak', Math.round(Math.max(used, server.wantedBytes * server.room))], ['used_memory_dataset', Math.round(used * 0.94)], ['maxmemory', maxBytes], ['maxmemory_human', human(maxBytes)], ['maxmemory_policy', server.policy], ['mem_fragmentation_ratio', '1.08']],
    persistence: [['loading', 0], ['rdb_changes_since_last_save', Math.round(misses)], ['rdb_last_bgsave_status', 'ok'], ['aof_enabled', 0]],
    stats: [['total_connections_received', clients + Math.floor(uptimeS / 30)], ['total_commands_processed', Math.round(commands)], ['instantaneous_ops_per_sec', Math.round(perS * (2 - hit))], ['rejected_connections', 0], ['expired_keys', Math.round(misses * 0.7)], ['evicted_keys', Math.round(evicted)], ['keyspace_hits', Math.round(hits)], ['keyspace_misses', Math.round(misses)], ['acl_access_denied_auth', server.clients().filter((client) => server.refusal(client) !== null).length * Math.floor(uptimeS / 5)]],
    replication: [['role', 'master'], ['connected_slaves', 0], ['master_failover_state', 'no-failover'], ['master_repl_offset', 0]],
    cpu: [['used_cpu_sys', (uptimeS * 0.011).toFixed(6)], ['used_cpu_user', (uptimeS * 0.019).toFixed(6)]],
    commandstats: [['cmdstat_get', `calls=${Math.round(hits + misses)},usec=${Math.round((hits + misses) * 1.9)},usec_per_call=1.90,rejected_calls=0,failed_calls=0`], ['cmdstat_set', `calls=${Math.round(misses)},usec=${Math.round(misses * 3.2)},usec_per_call=3.20,rejected_calls=0,failed_calls=0`], ...(server.flushes === 0 ? [] : [['cmdstat_flushall', `calls=${server.flushes},usec=${server.flushes * 91_204},usec_per_call=91204.00,rejected_calls=0,failed_calls=0`] as const])],
    keyspace: keys === 0 ? [] : [['db0', `keys=${keys},expires=${Math.round(keys * 0.97)},avg_ttl=${Math.round(1_800_000 * server.room)}`]],
  };
  const wanted = section === '' || section === 'default' || section === 'all' || section === 'everything' ? Object.keys(sections).filter((name) => name !== 'commandstats' || section === 'all' || section === 'everything') : [section.toLowerCase()];
  return wanted.flatMap((name) => (!Object.hasOwn(sections, name) ? [] : [`# ${name === 'cpu' ? 'CPU' : name.charAt(0).toUpperCase() + name.slice(1)}\r\n${(sections[name] ?? []).map(([key, value]) => `${key}:${value}\r\n`).join('')}`])).join('\r\n');
}

/** Connections that a pod keeps. */
export const CONNECTIONS = 4;

export function human(bytes: number): string {
  if (bytes < 1_024) return `${bytes}B`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(2)}K`;
  return bytes < 1_073_741_824 ? `${(bytes / 1_048_576).toFixed(2)}M` : `${(bytes / 1_073_741_824).toFixed(2)}G`;
}
