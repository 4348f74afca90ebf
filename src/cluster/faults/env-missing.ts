import { templateFault, withFirst } from './template-fault.ts';

export const envMissing = templateFault({
  word: 'env-missing',
  group: 'configuration',
  summary: 'A variable that a program needs is not in its environment.',
  settings: { name: { type: 'text', required: true, summary: 'The variable.' } },
  lore: {
    symptoms: ['Containers end right after their start and say which variable they miss.'],
    mitigations: ['Roll back.'],
    fix: 'Set the variable again.',
    example: {
      target: 'deployment/pricing', settings: { name: 'TARIFFS_URL' },
      signs: ['pods shop/pricing CrashLoopBackOff', 'log shop/pricing required environment variable TARIFFS_URL'],
      cure: ['kubectl -n shop set env deploy/pricing TARIFFS_URL=https://tariffs.shop:7070'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { name }) => withFirst(spec, (container) => ({ ...container, env: (container.env ?? []).filter((variable) => variable.name !== name) })),
});
