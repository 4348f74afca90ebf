import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { OwnerReference } from 'kubernetes-types/meta/v1';
import { qosClass } from './admission/pod-defaults.ts';
import type { KindMap } from './objects.ts';
import type { AnyObject } from './store.ts';

type Pod = KindMap['Pod'];

/** Whether a pod counts as one of its controller's: it has not ended and is not being deleted. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Since when a pod has been ready or unready, as an instant. */
export function readySince(pod: Pod): string | undefined {
  return readyCondition(pod)?.lastTransitionTime;
}

function readyCondition(pod: Pod): { status: string; lastTransitionTime?: string } | undefined {
  const conditions = pod.status?.conditions;
  if (conditions !== undefined) for (const condition of conditions) if (condition.type === 'Ready') return condition;
  return undefined;
}

/** The owner that manages an object. */
export function controllerOf(object: AnyObject): OwnerReference | undefined {
  const owners = object.metadata.ownerReferences;
  if (owners !== undefined) for (const owner of owners) if (owner.controller === true) return owner;
  return undefined;
}

export function controllerReference(owner: AnyObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid as string,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** A pod as a controller creates it from its template, which was filled in when its workload was admitted. */
export function podFromTemplate(owner: AnyObject, template: PodTemplateSpec, name: string, extra: Partial<Pod['metadata']> = {}): Pod {
  const spec = { enableServiceLinks: true, priority: 0, serviceAccountName: 'default', ...(template.spec ?? { containers: [] }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(extra.generateName === undefined ? {} : { generateName: extra.generateName }),
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      labels: { ...template.metadata?.labels, ...extra.labels },
      name,
      namespace: owner.metadata.namespace ?? '',
      ownerReferences: [controllerReference(owner)],
    },
    spec,
    status: { phase: 'Pending', qosClass: qosClass(spec) },
  };
}
