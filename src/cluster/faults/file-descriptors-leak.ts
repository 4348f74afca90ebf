import { leverFault } from './lever-fault.ts';

export const fileDescriptorsLeak = leverFault({
  word: 'file-descriptors-leak',
  group: 'programs',
  summary: 'A program opens files and sockets and does not close them.',
  target: 'workload',
  settings: { perMinute: { type: 'number', required: true, summary: 'Descriptors that each of its pods loses in a minute.' } },
  lever: 'file-leak',
  amount: ({ perMinute }) => Number(perMinute),
  lore: {
    symptoms: ['A service answers with errors some time after its start: too many open files. After a restart all is well, for a while.'],
    mitigations: ['Restart it before it has none left.'],
    fix: 'Mend the program, or roll it back.',
    example: {
      target: 'deployment/pricing', settings: { perMinute: 400 },
      signs: ['http.errors shop/pricing rises'],
      cure: ['kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop set env deploy/tariffs LOG_LEVEL=debug',
      outside: true,
    },
  },
});
