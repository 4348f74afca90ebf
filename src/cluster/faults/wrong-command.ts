import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const wrongCommand = templateFault({
  word: 'wrong-command',
  group: 'workloads',
  summary: 'A container is told to run a program that its image does not have.',
  settings: { command: text('What it is told to run.', '/usr/local/bin/pricingd') },
  lore: {
    symptoms: ['Containers cannot be started: the executable file is not found.'],
    mitigations: ['Roll back.'],
    fix: 'Remove the command, or name the right program.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing CrashLoopBackOff', 'event Warning Failed Pod'],
      cure: ['kubectl -n shop patch deploy pricing -p \'{"spec":{"template":{"spec":{"containers":[{"name":"pricing","command":null}]}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { command }) => withFirst(spec, (container) => ({ ...container, command: [String(command)] })),
});
