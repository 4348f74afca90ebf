import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const requestsTooLarge = templateFault({
  word: 'requests-too-large',
  group: 'resources',
  summary: 'The containers of a workload ask for more than any node has.',
  settings: { cpu: text('CPU that it asks for.', '64'), memory: text('Memory that it asks for.', '256Gi') },
  lore: {
    symptoms: ['New pods are Pending: insufficient cpu and memory on every node.'],
    mitigations: ['Add a larger node.'],
    fix: 'Ask for what the program needs.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop set resources deploy/pricing --requests=cpu=250m,memory=128Mi --limits=cpu=500m,memory=256Mi'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { cpu, memory }) => withFirst(spec, (container) => ({ ...container, resources: { requests: { cpu: String(cpu), memory: String(memory) }, limits: { cpu: String(cpu), memory: String(memory) } } })),
});
