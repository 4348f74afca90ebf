import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const initHang = templateFault({
  word: 'init-hang',
  group: 'workloads',
  summary: 'An init container of a workload waits for something that never comes.',
  settings: { host: text('The name that it waits for.', 'price-index') },
  lore: {
    symptoms: ['New pods stand in Init:0/1 for ever, without an error; the log of the init container says what it waits for.'],
    mitigations: ['Roll back.'],
    fix: 'Give it what it waits for, or remove the init container.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Init:0/1'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/initContainers"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { host }) => ({ ...spec, initContainers: [...(spec.initContainers ?? []), { name: 'wait-for-it', image: 'busybox:1.36', command: ['sh', '-c', `until nslookup ${String(host)}; do echo waiting for ${String(host)}; sleep 2; done`] }] }),
});
