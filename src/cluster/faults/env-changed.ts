import { templateFault, withFirst } from './template-fault.ts';

export const envChanged = templateFault({
  word: 'env-changed',
  group: 'configuration',
  summary: 'A variable in the environment of a workload has a wrong value.',
  settings: { name: { type: 'text', required: true, summary: 'The variable.' }, value: { type: 'text', required: true, summary: 'What it is set to.' } },
  lore: {
    symptoms: ['The service fails in one thing that it does: it goes to an address at which nobody is, or does it in a wrong way.', 'Its template has another value than its manifest in the repository.'],
    mitigations: ['Roll back.'],
    fix: 'Set the variable right.',
    example: {
      target: 'deployment/pricing', settings: { name: 'TARIFFS_URL', value: 'https://tariff.shop:7070' },
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop set env deploy/pricing TARIFFS_URL=https://tariffs.shop:7070'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { name, value }) => withFirst(spec, (container) => ({ ...container, env: [...(container.env ?? []).filter((variable) => variable.name !== name), { name: String(name), value: String(value) }] })),
});
