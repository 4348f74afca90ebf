import { definitionUpdateErrors } from '../extensions/definition-rules.ts';
import type { PodSpec } from 'kubernetes-types/core/v1';
import { sameJson } from '../json.ts';
import type { Kind, KindMap } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { goSelector, goValue } from './go-text.ts';

/** What may not change in an object once it is stored: `path: problem`, in the API server's words. */
export function updateErrors<K extends Kind>(next: KindMap[K], current: KindMap[K]): string[] {
  const rules: { readonly [One in Kind]?: (next: KindMap[One], current: KindMap[One]) => string[] } = RULES;
  return rules[next.kind as K]?.(next, current) ?? [];
}

const RULES = {
  CustomResourceDefinition: definitionUpdateErrors,
  Deployment: selectorErrors,
  ReplicaSet: selectorErrors,
  DaemonSet: selectorErrors,
  StatefulSet: statefulSetErrors,
  Pod: podErrors,
  Service: serviceErrors,
  ConfigMap: immutableDataErrors,
  Secret: (next, current) => [
    ...immutableDataErrors(next, current),
    ...(next.type === current.type ? [] : [`type: Invalid value: "${next.type}": field is immutable`]),
  ],
  Job: jobErrors,
  PersistentVolumeClaim: claimErrors,
  StorageClass: (next, current) => (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
    .filter((field) => !sameJson(next[field], current[field])).map((field) => `${field}: Forbidden: updates to ${field} are forbidden.`),
  PriorityClass: (next, current) => (next.value === current.value ? [] : ['value: Forbidden: may not be changed in an update.']),
  RoleBinding: roleErrors,
  ClusterRoleBinding: roleErrors,
  ControllerRevision: (next, current) => (sameJson(next.data, current.data) ? [] : ['data: Invalid value: runtime.RawExtension{}: field is immutable']),
} satisfies { readonly [K in Kind]?: (next: KindMap[K], current: KindMap[K]) => string[] };

type WithSelector = KindMap['Deployment' | 'ReplicaSet' | 'DaemonSet'];

function selectorErrors(next: WithSelector, current: WithSelector): string[] {
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

function immutableDataErrors(next: KindMap['ConfigMap' | 'Secret'], current: KindMap['ConfigMap' | 'Secret']): string[] {
  if (current.immutable !== true) return [];
  const forbidden = (field: string): string => `${field}: Forbidden: field is immutable when \`immutable\` is set`;
  const binary = (of: KindMap['ConfigMap' | 'Secret']): unknown => (of as { readonly binaryData?: unknown }).binaryData;
  return [
    ...(next.immutable === true ? [] : [forbidden('immutable')]), ...(sameJson(next.data, current.data) ? [] : [forbidden('data')]),
    ...(sameJson(binary(next), binary(current)) ? [] : [forbidden('binaryData')]),
  ];
}

const JOB_FIXED = ['completionMode', 'selector', 'podFailurePolicy', 'backoffLimitPerIndex', 'successPolicy', 'managedBy'] as const;

function jobErrors(next: KindMap['Job'], current: KindMap['Job']): string[] {
  const immutable = (field: keyof NonNullable<KindMap['Job']['spec']>): string => `spec.${field}: Invalid value: ${goValue(next.spec?.[field])}: field is immutable`;
  const errors: string[] = [];
  if (next.spec?.completions !== current.spec?.completions) {
    if (current.spec?.completionMode !== 'Indexed') errors.push(immutable('completions'));
    else if (next.spec?.completions !== next.spec?.parallelism) errors.push(`spec.completions: Invalid value: ${goValue(next.spec?.completions)}: can only be modified in tandem with spec.parallelism`);
  }
  const waits = current.spec?.suspend === true && current.status?.startTime === undefined;
  if (!sameJson(fixedTemplate(next, waits), fixedTemplate(current, waits))) errors.push(immutable('template'));
  return [...errors, ...JOB_FIXED.filter((field) => !sameJson(next.spec?.[field], current.spec?.[field])).map(immutable)];
}

/** A Job's template without what queueing systems may change while it `waits` to be begun. */
function fixedTemplate({ spec: job }: KindMap['Job'], waits: boolean): object {
  const { metadata, spec = { containers: [] } } = job?.template ?? {};
  if (!waits) return { metadata, spec };
  const { nodeSelector: _selector, tolerations: _tolerations, schedulingGates: _gates, affinity, ...rest } = spec;
  const { nodeAffinity: _node, ...others } = affinity ?? {};
  return { ...rest, affinity: others };
}

function claimErrors(next: KindMap['PersistentVolumeClaim'], current: KindMap['PersistentVolumeClaim']): string[] {
  const bound = current.spec?.volumeName !== undefined;
  const { resources: _next, volumeName: named, ...fixed } = next.spec ?? {};
  const { resources: _current, volumeName: was, ...before } = current.spec ?? {};
  const storage = (claim: KindMap['PersistentVolumeClaim']): number => parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0') ?? 0;
  const capacity = parseQuantity(current.status?.capacity?.['storage'] ?? '0') ?? 0;
  if (sameJson(fixed, before) && (!bound || named === was)) {
    if (bound && storage(next) < capacity) return ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'];
    return [];
  }
  return ['spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'];
}

function roleErrors(next: KindMap['RoleBinding' | 'ClusterRoleBinding'], current: KindMap['RoleBinding' | 'ClusterRoleBinding']): string[] {
  if (sameJson(next.roleRef, current.roleRef)) return [];
  const { apiGroup = '', kind = '', name = '' } = (next.roleRef as Partial<typeof next.roleRef> | undefined) ?? {};
  return [`roleRef: Invalid value: rbac.RoleRef{APIGroup:"${apiGroup}", Kind:"${kind}", Name:"${name}"}: cannot change roleRef`];
}
