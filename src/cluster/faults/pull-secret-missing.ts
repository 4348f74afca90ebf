import { text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const pullSecretMissing = templateFault({
  word: 'pull-secret-missing',
  group: 'workloads',
  summary: 'A workload takes an image from a registry that lets nobody in without a secret, and has none.',
  settings: { image: text('The image behind the door.', 'quay.io/webshop-private/pricing:1.4.0') },
  lore: {
    symptoms: ['New pods stay in ErrImagePull and ImagePullBackOff; events say unauthorized, and that a pull secret cannot be retrieved.'],
    mitigations: ['Roll back to the last image.'],
    fix: 'Create the pull secret that the pods name, or take the image from where it was.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing ImagePullBackOff'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0', 'kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/imagePullSecrets"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { image }) => withFirst({ ...spec, imagePullSecrets: [{ name: 'registry-credentials' }] }, (container) => ({ ...container, image: String(image) })),
});
