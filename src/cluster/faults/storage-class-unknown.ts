import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { ROLLOUT, text } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const storageClassUnknown: FaultKind = {
  word: 'storage-class-unknown',
  group: 'storage',
  summary: 'A workload waits for a volume of a storage class that there is not.',
  target: 'workload',
  settings: { class: text('The storage class.', 'premium-ssd'), ...ROLLOUT },
  lore: {
    symptoms: ['New pods are Pending: unbound immediate PersistentVolumeClaims. The claim itself is Pending: its storageclass is not found.'],
    mitigations: ['Create a storage class of that name.'],
    fix: 'Ask for a class that there is.',
    example: {
      target: 'deployment/archive', settings: {},
      signs: ['pods shop/archive Pending', 'persistentvolumeclaim shop/archive-data-v2 phase'],
      cure: ['kubectl -n shop patch deploy archive -p \'{"spec":{"template":{"spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"archive-data"}}]}}}}\'', 'kubectl -n shop delete pvc archive-data-v2'],
      tempting: 'kubectl -n shop rollout restart deploy/archive',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const at = (templateOf(world, ref)?.volumes ?? []).findIndex(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined);
    if (at === -1) return () => undefined;
    const claim = `${ref.name}-data-v2`;
    return err(world, [
      { do: 'create', object: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: claim, namespace: ref.namespace }, spec: { storageClassName: String(settings['class']), accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } } } },
      { do: settings['replace'] === false ? 'patch' : 'replace', ref, patch: { type: 'json', body: [{ op: 'replace', path: `/spec/template/spec/volumes/${at}/persistentVolumeClaim/claimName`, value: claim }] } },
    ], settings, `deployment/${ref.name}: manifests applied`);
  },
};
