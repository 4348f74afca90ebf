import type { FaultSetting } from './fault.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const limitsMissing = templateFault({
  word: 'limits-missing',
  group: 'resources',
  summary: 'The containers of a workload have neither requests nor limits.',
  settings: { requests: { type: 'switch', required: false, fallback: true, summary: 'Their requests go as well as their limits.' } satisfies FaultSetting },
  lore: {
    symptoms: ['Nothing is broken yet: the pods are of the class BestEffort, and the first to go when a node is short.', 'The autoscaler has no CPU request to compare with.'],
    mitigations: ['A LimitRange with defaults.'],
    fix: 'Set requests and limits again.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['qos shop/pricing BestEffort'],
      cure: ['kubectl -n shop set resources deploy/pricing --requests=cpu=250m,memory=128Mi --limits=cpu=500m,memory=256Mi'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { requests }) => withFirst(spec, ({ resources, ...container }) => (requests === false && resources?.requests !== undefined ? { ...container, resources: { requests: resources.requests } } : container)),
});
