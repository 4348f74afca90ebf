import type { FaultKind } from './fault.ts';
import { rollOutVersion, VERSION } from './version-fault.ts';
import { workloadBehind } from './workload-behind.ts';

export const connectionLeak: FaultKind = {
  word: 'connection-leak',
  group: 'dependencies',
  summary: 'A program takes database connections and does not give them back.',
  target: 'service',
  settings: { perMinute: { type: 'number', required: true, summary: 'Connections that each of its pods loses in a minute, until it is restarted.' }, ...VERSION },
  lore: {
    symptoms: ['A service gets slower for minutes, then answers with errors: it waits for a database connection.', 'Its pool is used up although the database is idle.', 'After a restart all is well, for a while.'],
    mitigations: ['Restart the service, again and again.'],
    fix: 'Back to a version that gives its connections back in every path of its code.',
    example: { target: 'cart', settings: { perMinute: 8 }, signs: ['http.errors shop/cart rises'], cure: ['kubectl -n shop rollout undo deploy/cart'], tempting: 'kubectl -n shop scale deploy/postgres --replicas=2' },
  },
  begin: (world, target, settings) => rollOutVersion(world, workloadBehind(world, target), settings, (program) => world.conditions.adjust('leak', program, Number(settings['perMinute']))),
};
