import { queriesOf } from '../data/clients.ts';
import type { PgServer } from '../data/postgres/server.ts';
import type { FaultKind } from './fault.ts';
import { text } from './settings.ts';

export const lockHeld: FaultKind = {
  word: 'lock-held',
  group: 'dependencies',
  summary: 'A forgotten session holds a lock in a database; whoever needs the same rows waits.',
  target: 'lock',
  strikes: 'database',
  settings: { application: text('What the session calls itself.', 'psql') },
  lore: {
    symptoms: ['Statements that touch the same rows time out after half a minute; all others are quick.', 'The database has idle CPU and many who wait; `pg_blocking_pids` names a session that is idle in transaction.'],
    mitigations: ['A shorter lock_timeout, so that those who wait give their connections back.', 'A restart of the database ends the session, and everybody else\'s.'],
    fix: 'End the forgotten session (pg_terminate_backend), and give sessions a time-out (idle_in_transaction_session_timeout).',
    example: {
      target: 'postgres/stock', settings: {}, signs: ['call.errors shop/checkout→shop/inventory rises'],
      cure: ['kubectl -n shop exec sts/postgres -- psql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = \'idle in transaction\' AND now() - state_change > interval \'1 minute\'"'],
      tempting: 'kubectl -n shop rollout restart deploy/inventory',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', service = '', lock = ''] = target.split('/');
    const server = world.data.postgres(`${namespace}/${service}`);
    const table = tableOf(server, target) ?? lock;
    const key = server.needs.find((need) => need.table === table)?.columns[0] ?? 'id';
    const session = server.forget({ role: server.superuser, application: String(settings['application'] ?? 'psql'), statement: `UPDATE ${table} SET updated_at = now() WHERE ${key} IS NOT NULL;`, table, startedAtMs: world.data.nowMs });
    world.data.settle();
    return () => {
      server.endSession(session.pid);
      world.data.settle();
    };
  },
};

/** The table of a lock. */
function tableOf({ traffic, key }: PgServer, lock: string): string | undefined {
  for (const pod of traffic.flow.layout.pods) for (const { op } of queriesOf(pod, key)) if (op.lock?.key === lock) return op.table;
  return undefined;
}
