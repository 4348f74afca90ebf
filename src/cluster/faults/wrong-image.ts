import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const wrongImage = templateFault({
  word: 'wrong-image',
  group: 'workloads',
  summary: 'A workload names an image that its registry does not have.',
  settings: { tag: text('The tag that there is not.', '9.9.9-rc1'), image: text('The whole image instead. Where it is one that there is, such as registry.k8s.io/pause:3.9 or that of another service, pods run and nobody answers.', '') },
  lore: {
    symptoms: ['New pods stay in ErrImagePull and ImagePullBackOff; events say that the image is not found.'],
    mitigations: ['Roll back to the last image.'],
    fix: 'Name an image that exists.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing ImagePullBackOff', 'event Warning Failed Pod'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { tag, image }) => withFirst(spec, (container) => ({ ...container, image: image !== undefined && image !== '' ? String(image) : `${(container.image ?? '').replace(/:[^:/]*$/, '')}:${String(tag)}` })),
});
