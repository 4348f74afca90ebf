import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const wrongArchitecture = templateFault({
  word: 'wrong-architecture',
  group: 'workloads',
  summary: 'A workload runs an image that was built for other processors.',
  settings: { suffix: { ...text('What the tag of the foreign build ends in.', 'arm64'), oneOf: ['arm64', 'arm64v8', 's390x', 'ppc64le'] } },
  lore: {
    symptoms: ['Containers end at once, again and again; their only log line says exec format error.'],
    mitigations: ['Roll back to the last image.'],
    fix: 'Build and name an image for the processors of the nodes.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing CrashLoopBackOff', 'log shop/pricing exec format error'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { suffix }) => withFirst(spec, (container) => ({ ...container, image: `${container.image ?? ''}-${String(suffix)}` })),
});
