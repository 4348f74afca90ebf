import { leverFault } from './lever-fault.ts';

export const diskFull = leverFault({
  word: 'disk-full',
  group: 'dependencies',
  summary: 'The disk of a database is full.',
  target: 'service',
  settings: { share: { type: 'share', required: false, fallback: 1, summary: 'How full.' } },
  lever: 'disk-used',
  amount: ({ share }) => Number(share),
  lore: {
    symptoms: ['Every statement fails: no space left on device.'],
    mitigations: ['Delete what nobody needs: old logs, old dumps.'],
    fix: 'A larger disk, and an alert before it is full.',
    example: {
      target: 'postgres', settings: {},
      signs: ['http.errors shop/cart rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/cart',
      outside: true,
    },
  },
});
