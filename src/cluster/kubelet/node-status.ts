import type { NodeCondition, Taint } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';

type Node = KindMap['Node'];

/** A node as its kubelet registers it: what its manifest leaves out is filled in. */
export function registeredNode(node: Node, ip: string, now: string): Node {
  const capacity = { 'ephemeral-storage': '98831908Ki', pods: '110', ...node.status?.capacity };
  return {
    ...node,
    metadata: { ...node.metadata, labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': node.metadata.name, 'kubernetes.io/os': 'linux', ...node.metadata.labels } },
    status: {
      addresses: [{ type: 'InternalIP', address: ip }, { type: 'Hostname', address: node.metadata.name }],
      nodeInfo: NODE_INFO,
      conditions: CALM.map(({ type, reason, message }) => ({ type, status: type === 'Ready' ? 'True' : 'False', reason, message, lastHeartbeatTime: now, lastTransitionTime: now })),
      ...node.status,
      capacity,
      allocatable: { ...capacity, ...node.status?.allocatable },
    },
  };
}

/** A node that its kubelet reports on (`alive`), or has ceased to: its conditions and the taints that keep pods off it. */
export function withLife(node: Node, alive: boolean, now: string): Node {
  const conditions = (node.status?.conditions ?? []).map((condition) => lived(condition, alive, now));
  const { taints: before = [], ...spec } = node.spec ?? {};
  const taints = before.filter(({ key }) => key !== UNREACHABLE);
  if (!alive) taints.push(...(['NoSchedule', 'NoExecute'] as const).map((effect): Taint => ({ key: UNREACHABLE, effect, timeAdded: now })));
  return { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec, status: { ...node.status, conditions } };
}

/** A node as its kubelet registers it anew, where its object was deleted. */
export function newNode({ metadata, spec, status }: Node): Node {
  const { capacity, allocatable, addresses } = status ?? {};
  return {
    apiVersion: 'v1', kind: 'Node',
    metadata: { name: metadata.name, ...(metadata.labels === undefined ? {} : { labels: metadata.labels }) },
    spec: spec?.podCIDR === undefined ? {} : { podCIDR: spec.podCIDR },
    status: { ...(capacity === undefined ? {} : { capacity }), ...(allocatable === undefined ? {} : { allocatable }), ...(addresses === undefined ? {} : { addresses }) },
  };
}

/** A node with these of its conditions as its kubelet finds them; the same node where they are so already. */
export function withPressure(node: Node, short: Readonly<Record<string, boolean>>, now: string): Node {
  const before = node.status?.conditions ?? [];
  const conditions = before.map((condition) => {
    const wanted = short[condition.type];
    if (wanted === undefined || (condition.status === 'True') === wanted) return condition;
    const calm = CALM.find(({ type }) => type === condition.type);
    const texts = wanted ? SHORT[condition.type] : calm;
    return { ...condition, status: wanted ? 'True' : 'False', reason: texts?.reason ?? '', message: texts?.message ?? '', lastHeartbeatTime: now, lastTransitionTime: now };
  });
  return conditions.every((condition, nth) => condition === before[nth]) ? node : { ...node, status: { ...node.status, conditions } };
}

const SHORT: Readonly<Record<string, { readonly reason: string; readonly message: string }>> = {
  MemoryPressure: { reason: 'KubeletHasInsufficientMemory', message: 'kubelet has insufficient memory available' },
  DiskPressure: { reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' },
};

const UNREACHABLE = 'node.kubernetes.io/unreachable';

const CALM = [
  { type: 'MemoryPressure', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  { type: 'DiskPressure', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  { type: 'PIDPressure', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  { type: 'Ready', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

const NODE_INFO = {
  architecture: 'amd64',
  bootID: '0b8a1f0e-6a3c-4b1e-9d57-2f1c0e7a9b34',
  containerRuntimeVersion: 'containerd://1.7.24',
  kernelVersion: '6.1.0-28-amd64',
  kubeProxyVersion: 'v1.32.3',
  kubeletVersion: 'v1.32.3',
  machineID: '4f1b7c52d0a84f6c9f0f6f1f6d2a7c11',
  operatingSystem: 'linux',
  osImage: 'Debian GNU/Linux 12 (bookworm)',
  systemUUID: '4f1b7c52-d0a8-4f6c-9f0f-6f1f6d2a7c11',
};

function lived(condition: NodeCondition, alive: boolean, now: string): NodeCondition {
  const calm = CALM.find(({ type }) => type === condition.type);
  if (calm === undefined) return condition;
  return alive
    ? { ...condition, ...calm, status: calm.type === 'Ready' ? 'True' : 'False', lastHeartbeatTime: now, lastTransitionTime: now }
    : { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: now };
}
