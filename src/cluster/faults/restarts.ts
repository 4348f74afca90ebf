import type { KindMap } from '../objects.ts';
import type { FaultSetting, FaultWorld } from './fault.ts';

/** A setting of faults that strike new pods alone. */
export const RESTART: FaultSetting = { type: 'text', required: false, fallback: '', summary: 'A workload whose pods are lost soon after, as a node upgrade or a deploy would: only new pods suffer. Without it, nothing shows until somebody restarts something.' };

/** Deletes pods of a workload of a namespace, by the name of the workload; '' deletes none. */
export function losePods(world: FaultWorld, namespace: string, workload: number | string | boolean | undefined): void {
  if (workload === '' || workload === undefined) return;
  const pods = podsOf(world, namespace, String(workload).replace(/^.*\//, '')).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  for (const { metadata } of pods) world.api.delete({ kind: 'Pod', namespace, name: metadata.name });
}

/** The pods of a workload. Those of a Deployment belong to sets that are named after it with a hash. */
export function podsOf(world: FaultWorld, namespace: string, workload: string): readonly KindMap['Pod'][] {
  return world.api.list('Pod', namespace).filter(({ metadata }) => {
    const owner = metadata.ownerReferences?.[0]?.name ?? '';
    return owner === workload || owner.replace(/-[a-z0-9]+$/, '') === workload;
  });
}

/** Deletes all pods of a node but those of DaemonSets, which would come back at once. */
export function leaveNode(world: FaultWorld, node: string): void {
  for (const { metadata, spec } of world.api.list('Pod', null)) {
    if (spec?.nodeName === node && metadata.ownerReferences?.[0]?.kind !== 'DaemonSet') world.api.delete({ kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name });
  }
}
