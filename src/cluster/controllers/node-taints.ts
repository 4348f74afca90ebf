import type { Taint } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';

type Node = KindMap['Node'];

/**
 * A node with the taints that its conditions call for, and without those that they do not any more; the same node where
 * they are right. Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
 */
export function withConditionTaints(node: Node, now: string): Node {
  const conditions = node.status?.conditions ?? [];
  if (conditions.length === 0 && node.spec?.unschedulable !== true && (node.spec?.taints ?? []).length === 0) return node;
  const wanted: Taint[] = [];
  for (const [type, status, key, effects] of BY_CONDITION) {
    if (conditions.some((condition) => condition.type === type && condition.status === status)) for (const effect of effects) wanted.push({ key, effect });
  }
  if (node.spec?.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const { taints: before = [], ...spec } = node.spec ?? {};
  const same = (left: Taint, right: Taint): boolean => left.key === right.key && left.effect === right.effect;
  const kept = before.filter((taint) => !OWN_KEYS.has(taint.key) || wanted.some((one) => same(one, taint)));
  const added = wanted.filter((one) => !before.some((taint) => same(one, taint)));
  if (added.length === 0 && kept.length === before.length) return node;
  const taints = [...kept, ...added.map((taint) => Object.assign({}, taint, { timeAdded: now }))];
  return { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } };
}

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const BY_CONDITION: readonly (readonly [type: string, status: string, key: string, effects: readonly string[]])[] = [
  ['Ready', 'False', 'node.kubernetes.io/not-ready', ['NoSchedule', 'NoExecute']],
  ['Ready', 'Unknown', 'node.kubernetes.io/unreachable', ['NoSchedule', 'NoExecute']],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure', ['NoSchedule']],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure', ['NoSchedule']],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure', ['NoSchedule']],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable', ['NoSchedule']],
];
const OWN_KEYS = new Set([...BY_CONDITION.map(([, , key]) => key), UNSCHEDULABLE]);
