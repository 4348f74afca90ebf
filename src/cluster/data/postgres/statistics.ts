import { queriesOf } from '../clients.ts';
import { statementOf } from './sessions.ts';
import type { Relation } from './values.ts';
import type { ViewSource } from './views.ts';

/** For so long the counters have run that nobody has reset. */
const COUNTED_S = 86_400;

/** `pg_stat_statements`: each statement of the application, how often it is run and what it takes, as it is now. */
export function statistics({ server }: ViewSource): Relation {
  const found = new Map<string, { calls: number; ms: number; weight: number }>();
  for (const variant of new Set(server.traffic.flow.layout.pods.map((pod) => pod.variant))) {
    const pod = server.traffic.flow.layout.pods.find((one) => one.variant === variant);
    if (pod === undefined) continue;
    for (const { route, at, op } of queriesOf(pod, server.key)) {
      const { statement } = statementOf(server, pod, route, op.table, op.lock !== null);
      const perS = (variant.routes[at]?.startedPerS ?? 0) * op.nowShare;
      const known = found.get(statement) ?? { calls: 0, ms: 0, weight: 0 };
      found.set(statement, { calls: known.calls + perS * COUNTED_S, ms: known.ms + perS * op.ms, weight: known.weight + perS });
    }
  }
  const rows = [...found].map(([statement, { calls, ms, weight }], nth) => {
    const mean = weight > 0 ? ms / weight : 0;
    return [10, 16_383, 7_110_220_431 + nth * 977_113, statement, Math.round(calls), Math.round(calls * mean) / 1, Math.round(mean * 1000) / 1000, Math.round(mean * 400) / 1000, Math.round(mean * 9_000) / 1000, Math.round(calls), Math.round(calls * 4), Math.round(calls * 0.02)];
  });
  return { columns: ['userid', 'dbid', 'queryid', 'query', 'calls', 'total_exec_time', 'mean_exec_time', 'min_exec_time', 'max_exec_time', 'rows', 'shared_blks_hit', 'shared_blks_read'], rows };
}
