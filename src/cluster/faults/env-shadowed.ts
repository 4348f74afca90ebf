import { templateFault, withFirst } from './template-fault.ts';

export const envShadowed = templateFault({
  word: 'env-shadowed',
  group: 'configuration',
  summary: 'A variable is set twice in the environment of a workload: the later one wins.',
  settings: { name: { type: 'text', required: true, summary: 'The variable.' }, value: { type: 'text', required: true, summary: 'What shadows its value.' } },
  lore: {
    symptoms: ['The service acts on another value than its ConfigMap says; whoever changes the ConfigMap changes nothing.'],
    mitigations: ['Change the value in the template.'],
    fix: 'Remove the variable from the template, so that the ConfigMap counts again.',
    example: {
      target: 'deployment/pricing', settings: { name: 'TARIFFS_TIMEOUT', value: '1ms' },
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop patch deploy pricing -p \'{"spec":{"template":{"spec":{"containers":[{"name":"pricing","env":[{"name":"TARIFFS_TIMEOUT","$patch":"delete"}]}]}}}}\''],
      tempting: 'kubectl -n shop patch configmap pricing -p \'{"data":{"TARIFFS_TIMEOUT":"2s"}}\'',
    },
  },
  wrong: (spec, { name, value }) => withFirst(spec, (container) => ({ ...container, envFrom: container.envFrom ?? [], env: [...(container.env ?? []), { name: String(name), value: String(value) }] })),
});
