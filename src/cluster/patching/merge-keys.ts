/**
 * By which key a list of objects merges, or null where the list is replaced whole.
 * Source: the `x-kubernetes-patch-merge-key` annotations of Kubernetes' OpenAPI document, for the kinds we know.
 */
export function mergeKeyOf(field: string, parent: string): string | null {
  if (field === 'ports') return CONTAINERS.has(parent) ? 'containerPort' : 'port';
  if (field === 'podIPs' || field === 'hostIPs' || field === 'hostAliases') return 'ip';
  return MERGE_KEYS.get(field) ?? null;
}

/** Whether a list of plain values is merged as a set. */
export function mergesPrimitives(field: string): boolean {
  return field === 'finalizers' || field === 'podCIDRs';
}

const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

const MERGE_KEYS = new Map([
  ['containers', 'name'],
  ['initContainers', 'name'],
  ['ephemeralContainers', 'name'],
  ['env', 'name'],
  ['volumes', 'name'],
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['imagePullSecrets', 'name'],
  ['resourceClaims', 'name'],
  ['schedulingGates', 'name'],
  ['topologySpreadConstraints', 'topologyKey'],
  ['ownerReferences', 'uid'],
  ['conditions', 'type'],
  ['addresses', 'type'],
  ['taints', 'key'],
  ['secrets', 'name'],
]);
