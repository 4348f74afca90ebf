import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const memoryLimitTooSmall = templateFault({
  word: 'memory-limit-too-small',
  group: 'resources',
  summary: 'The containers of a workload may use less memory than their program needs to start.',
  settings: { memory: text('Memory that they may use.', '8Mi') },
  lore: {
    symptoms: ['Containers are OOMKilled right after their start, again and again; the image is the one that ran before.', 'Their limit is a tiny one; `kubectl top` shows nothing, as they do not live long enough.'],
    mitigations: ['Roll back.'],
    fix: 'Set requests and limits to what the program needs.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing restarts', 'endpoints shop/pricing none'],
      cure: ['kubectl -n shop set resources deploy/pricing --requests=cpu=250m,memory=128Mi --limits=cpu=500m,memory=256Mi'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { memory }) => withFirst(spec, (container) => ({ ...container, resources: { requests: { ...container.resources?.requests, memory: String(memory) }, limits: { ...container.resources?.limits, memory: String(memory) } } })),
});
