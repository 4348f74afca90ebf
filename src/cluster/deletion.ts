import type { ClusterClock } from './cluster-clock.ts';
import type { KindMap, Ref } from './objects.ts';
import type { AnyObject, ObjectStore } from './store.ts';

/**
 * Begins or completes the deletion of an object as the API server does: a running pod is marked and left to its
 * kubelet, an object with finalizers is marked and waits for them, anything else goes at once.
 * `graceSeconds` null takes the pod's own, or what it was given before: an end that has begun is only ever hurried. Returns
 * the object as it is after that. Source: `BeforeDelete` of k8s.io/apiserver.
 */
export function requestDeletion(store: ObjectStore, clock: ClusterClock, object: AnyObject, graceSeconds: number | null): AnyObject {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  const isEnding = deletionTimestamp !== undefined && deletionGracePeriodSeconds > 0;
  const grace = object.kind === 'Pod' ? podGrace(object, graceSeconds ?? (isEnding ? deletionGracePeriodSeconds : null)) : 0;
  const spaced = object.kind === 'Namespace' && (object.spec?.finalizers?.length ?? 0) > 0;
  const waits = grace > 0 || spaced || (object.metadata.finalizers?.length ?? 0) > 0;
  if (!waits) return store.remove(refOf(object)) ?? object;
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds <= grace) return object;
  const begunMs = isEnding ? clock.simMs(deletionTimestamp) - deletionGracePeriodSeconds * 1000 : clock.nowMs;
  const marked = { ...object, metadata: { ...object.metadata, deletionTimestamp: clock.instant(begunMs + grace * 1000), deletionGracePeriodSeconds: grace } };
  return store.update(marked.kind === 'Namespace' ? { ...marked, status: { ...marked.status, phase: 'Terminating' } } : marked);
}

/** Whether nothing holds an object any more that is to be deleted: no finalizer, and for a pod no kubelet either. */
export function isFinished(object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  if (object.kind === 'Namespace') return (object.spec?.finalizers ?? []).length === 0;
  return object.kind !== 'Pod' || deletionGracePeriodSeconds === 0;
}

/** A pod's kubelet is done with it: it goes, or stays until its finalizers are gone. */
export function releasePod(store: ObjectStore, pod: KindMap['Pod']): void {
  if ((pod.metadata.finalizers ?? []).length === 0) store.remove(refOf(pod));
  else store.update({ ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 } });
}

/** Takes one finalizer off an object; what nothing else holds then goes. The same object where it had no such finalizer. */
export function withoutFinalizer<Given extends AnyObject>(store: ObjectStore, object: Given, finalizer: string): Given {
  const { finalizers = [], ...metadata } = object.metadata;
  if (!finalizers.includes(finalizer)) return object;
  const left = finalizers.filter((name) => name !== finalizer);
  const freed = store.update({ ...object, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata });
  if (isFinished(freed)) store.remove(refOf(freed));
  return freed;
}

export function refOf(object: AnyObject): Ref {
  return { kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** A pod that no kubelet has, or that has ended, needs no grace. */
function podGrace(pod: KindMap['Pod'], asked: number | null): number {
  const phase = pod.status?.phase;
  if (pod.spec?.nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}
