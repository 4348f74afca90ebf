import type { KindMap, Ref } from '../objects.ts';
import type { FaultKind } from './fault.ts';
import { bare, err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const finalizerStuck: FaultKind = {
  word: 'finalizer-stuck',
  group: 'workloads',
  summary: 'A workload is to be deleted and cannot go: nobody takes its finalizer off.',
  target: 'workload',
  settings: { finalizer: text('The finalizer.', 'backends.webshop.example/cleanup'), ...AUTHOR },
  lore: {
    symptoms: ['A workload has been Terminating for a long time, and nothing that is changed in it has an effect. A pipeline waits for it to go.'],
    mitigations: [],
    fix: 'Take the finalizer off, and make the workload anew from its manifest.',
    example: {
      target: 'deployment/tariffs', settings: {},
      signs: ['terminating deployment shop/tariffs'],
      cure: ['kubectl -n shop patch deploy tariffs --type merge -p \'{"metadata":{"finalizers":null}}\'', 'kubectl apply -f manifests/deployment-tariffs.yaml'],
      tempting: 'kubectl -n shop delete deploy tariffs',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const found = world.api.get(ref.kind, ref.namespace, ref.name);
    if (!found.ok) return () => undefined;
    const before = found.object as KindMap['Deployment'];
    world.api.patch(ref as Ref & { kind: 'Deployment' }, { type: 'merge', body: { metadata: { finalizers: [String(settings['finalizer'])] } } });
    const undo = err(world, [{ do: 'delete', ref }], settings, `${ref.kind.toLowerCase()}/${ref.name}: recreated`);
    return () => {
      const now = world.api.get(ref.kind, ref.namespace, ref.name);
      if (now.ok && now.object.metadata.uid === before.metadata.uid) {
        world.api.patch(ref as Ref & { kind: 'Deployment' }, { type: 'merge', body: { metadata: { finalizers: null } } });
        if (!world.api.get(ref.kind, ref.namespace, ref.name).ok) world.restore(bare(before));
      }
      undo();
    };
  },
};
