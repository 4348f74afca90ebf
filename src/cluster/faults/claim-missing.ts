import { text } from './settings.ts';
import { templateFault } from './template-fault.ts';

export const claimMissing = templateFault({
  word: 'claim-missing',
  group: 'storage',
  summary: 'A workload mounts a PersistentVolumeClaim that there is not.',
  settings: { claim: text('The claim that it names.', 'archive-store') },
  lore: {
    symptoms: ['New pods are Pending: a persistentvolumeclaim is not found.'],
    mitigations: ['Create a claim of that name, empty as it is.'],
    fix: 'Name the claim that holds the data.',
    example: {
      target: 'deployment/archive', settings: {},
      signs: ['pods shop/archive Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy archive -p \'{"spec":{"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"archive-data"}}]}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/archive',
    },
  },
  wrong: (spec, { claim }) => ({ ...spec, volumes: (spec.volumes ?? []).map((volume) => (volume.persistentVolumeClaim === undefined ? volume : { ...volume, persistentVolumeClaim: { ...volume.persistentVolumeClaim, claimName: String(claim) } })) }),
});
