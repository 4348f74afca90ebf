import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const initCrash = templateFault({
  word: 'init-crash',
  group: 'workloads',
  summary: 'An init container of a workload fails, so that its pods never start.',
  settings: { message: text('What it says before it fails.', 'migration 0042 failed: relation does not exist') },
  lore: {
    symptoms: ['New pods stand in Init:Error and Init:CrashLoopBackOff; the containers of the program never start.'],
    mitigations: ['Roll back.'],
    fix: 'Mend or remove the init container.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Init:CrashLoopBackOff'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/initContainers"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { message }) => ({ ...spec, initContainers: [...(spec.initContainers ?? []), { name: 'migrate', image: 'busybox:1.36', command: ['sh', '-c', `echo ${JSON.stringify(String(message))} >&2; exit 1`] }] }),
});
