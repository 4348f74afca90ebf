import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const runAsNonRoot = templateFault({
  word: 'run-as-non-root',
  group: 'policy',
  summary: 'A workload must not run as root, and its image does.',
  settings: { image: text('The image that runs as root.', 'busybox:1.36') },
  lore: {
    symptoms: ['Containers cannot be created: container has runAsNonRoot and image will run as root.'],
    mitigations: ['Roll back.'],
    fix: 'Set a user that is not root, or let the image say one.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Init:CreateContainerConfigError'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/initContainers"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { image }) => ({ ...spec, initContainers: [...(spec.initContainers ?? []), { name: 'prepare', image: String(image), command: ['true'], securityContext: { runAsNonRoot: true } }] }),
});
