import type { PodSpec } from 'kubernetes-types/core/v1';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import type { AnyObject } from '../store.ts';
import { goSelector } from './go-text.ts';

/** What may not change in an object once it is stored: `path: problem`, in the API server's words. */
export function updateErrors(next: AnyObject, current: AnyObject): string[] {
  if (next.kind === 'Deployment' && current.kind === 'Deployment') return selectorErrors(next, current);
  if (next.kind === 'ReplicaSet' && current.kind === 'ReplicaSet') return selectorErrors(next, current);
  if (next.kind === 'StatefulSet' && current.kind === 'StatefulSet') return statefulSetErrors(next, current);
  if (next.kind === 'Pod' && current.kind === 'Pod') return podErrors(next, current);
  if (next.kind === 'Service' && current.kind === 'Service') return serviceErrors(next, current);
  if (next.kind === 'ConfigMap' && current.kind === 'ConfigMap') return configMapErrors(next, current);
  return [];
}

function selectorErrors(next: KindMap['Deployment'] | KindMap['ReplicaSet'], current: KindMap['Deployment'] | KindMap['ReplicaSet']): string[] {
  if (next.spec?.selector === undefined || sameJson(next.spec.selector, current.spec?.selector)) return [];
  return [`spec.selector: Invalid value: ${goSelector(next.spec.selector)}: field is immutable`];
}

const STATEFUL_MUTABLE = new Set(['replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds']);

function statefulSetErrors(next: KindMap['StatefulSet'], current: KindMap['StatefulSet']): string[] {
  if (sameJson(fixedStatefulSpec(next.spec), fixedStatefulSpec(current.spec))) return [];
  return ["spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"];
}

function fixedStatefulSpec(spec: object | undefined): object {
  return Object.fromEntries(Object.entries(spec ?? {}).filter(([key]) => !STATEFUL_MUTABLE.has(key)));
}

function podErrors(next: KindMap['Pod'], current: KindMap['Pod']): string[] {
  if (sameJson(fixedPodSpec(next.spec), fixedPodSpec(current.spec))) return [];
  return ['spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'];
}

/** A pod's spec without what may change. */
function fixedPodSpec(spec: PodSpec | undefined): object {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec ?? { containers: [] };
  return { ...rest, containers: (rest.containers ?? []).map(({ image: _image, ...container }) => container) };
}

function serviceErrors(next: KindMap['Service'], current: KindMap['Service']): string[] {
  const [was, is] = [current.spec?.clusterIP, next.spec?.clusterIP];
  if (was === undefined || was === is || current.spec?.type === 'ExternalName' || next.spec?.type === 'ExternalName') return [];
  return [`spec.clusterIPs[0]: Invalid value: []string{${is === undefined ? '' : JSON.stringify(is)}}: may not change once set`];
}

function configMapErrors(next: KindMap['ConfigMap'], current: KindMap['ConfigMap']): string[] {
  if (current.immutable !== true || sameJson(next.data, current.data)) return [];
  return ['data: Forbidden: field is immutable when `immutable` is set'];
}
