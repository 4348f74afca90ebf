import type { FaultKind } from './fault.ts';

export const diskSlow: FaultKind = {
  word: 'disk-slow',
  group: 'dependencies',
  summary: 'The disk of a database is slow, or has sectors that it reads again and again.',
  target: 'service',
  strikes: 'database',
  settings: { latency: { type: 'duration', required: true, summary: 'What it adds to each statement.' } },
  lore: {
    symptoms: ['Statements take longer by a nearly constant time; the CPU of the database is idle.'],
    mitigations: ['Cache what is asked most.', 'A shorter statement_timeout, so that connections come back.'],
    fix: 'Where the disk is that of a node, move the database to another one; a volume of a claim is mended or replaced by whoever keeps the storage.',
    example: {
      target: 'postgres', settings: { latency: '300ms' },
      signs: ['http.p50 shop/cart rises'],
      cure: ['kubectl cordon worker-1', 'kubectl -n shop set resources sts/postgres --requests=cpu=500m,memory=1Gi'],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
    },
  },
  begin: (world, target, settings) => {
    const disk = world.data.disk(target);
    const slow = { node: disk.claim === null ? disk.node : null, latencyMs: Number(settings['latency']) };
    disk.slow.push(slow);
    world.data.settle();
    return () => {
      const at = disk.slow.indexOf(slow);
      if (at !== -1) disk.slow.splice(at, 1);
      world.data.settle();
    };
  },
};
