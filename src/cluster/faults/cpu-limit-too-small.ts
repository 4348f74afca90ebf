import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const cpuLimitTooSmall = templateFault({
  word: 'cpu-limit-too-small',
  group: 'resources',
  summary: 'The containers of a workload may use much less CPU than they need.',
  settings: { cpu: text('CPU that it may use.', '15m') },
  lore: {
    symptoms: ['The service is slow at its usual load; its CPU stands at its limit, which is a tiny one; the nodes are idle.'],
    mitigations: ['Scale it out.'],
    fix: 'Set requests and limits to what it needs.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['cpu.share shop/pricing rises', 'http.p95 shop/pricing rises'],
      cure: ['kubectl -n shop set resources deploy/pricing --requests=cpu=250m,memory=128Mi --limits=cpu=500m,memory=256Mi'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { cpu }) => withFirst(spec, (container) => ({ ...container, resources: { requests: { ...container.resources?.requests, cpu: String(cpu) }, limits: { ...container.resources?.limits, cpu: String(cpu) } } })),
});
