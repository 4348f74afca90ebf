import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, controllerReference } from '../pods.ts';
import type { AnyObject, ObjectStore } from '../store.ts';

type Pod = KindMap['Pod'];

/** Lets go of an owner's pods that its selector does not match any more; returns them as they are now. */
export function releasePods(store: ObjectStore, owner: AnyObject, selector: LabelSelector | undefined): Pod[] {
  const uid = owner.metadata.uid as string;
  const strangers: Pod[] = [];
  for (const owned of store.ownedBy(uid)) if (owned.kind === 'Pod' && !selects(selector, owned.metadata.labels)) strangers.push(owned);
  return strangers.map((pod) => {
    const { ownerReferences = [], ...metadata } = pod.metadata;
    const left = ownerReferences.filter((reference) => reference.uid !== uid);
    return store.update<Pod>({ ...pod, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata });
  });
}

/** Takes in a pod without a controller that an owner's selector matches; true where it did. */
export function adoptPod(store: ObjectStore, owner: AnyObject, selector: LabelSelector | undefined, pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || controllerOf(pod) !== undefined || !selects(selector, pod.metadata.labels)) return false;
  store.update<Pod>({ ...pod, metadata: { ...pod.metadata, ownerReferences: [...(pod.metadata.ownerReferences ?? []), controllerReference(owner)] } });
  return true;
}
