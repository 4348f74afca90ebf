import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import { digest } from '../../time/dice.ts';
import { sameJson } from '../json.ts';
import { safeEncode } from '../names.ts';
import type { KindMap } from '../objects.ts';

type Deployment = KindMap['Deployment'];
type ReplicaSet = KindMap['ReplicaSet'];

export const REVISION = 'deployment.kubernetes.io/revision';
export const HASH_LABEL = 'pod-template-hash';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MOST = 'deployment.kubernetes.io/max-replicas';
const NOT_COPIED = new Set([REVISION, HISTORY, DESIRED, MOST, 'kubectl.kubernetes.io/last-applied-configuration', 'deprecated.deployment.rollback.to']);

/** The number of a ReplicaSet's revision, of 64 bits as the real controller counts; 0 where it has none yet. */
export function revisionOf(set: ReplicaSet): bigint {
  const text = set.metadata.annotations?.[REVISION] ?? '';
  return /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
}

/** The ReplicaSet whose pods are made from this template, the oldest where several are. */
export function findSetFor(template: PodTemplateSpec | undefined, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.find((set) => sameTemplate(set.spec?.template, template));
}

/** Whether two pod templates make the same pods: the hash that controllers add does not count. */
function sameTemplate(left: PodTemplateSpec | undefined, right: PodTemplateSpec | undefined): boolean {
  return sameJson(left?.spec, right?.spec) && sameJson({ ...left?.metadata, labels: withoutHash(left) }, { ...right?.metadata, labels: withoutHash(right) });
}

function withoutHash(template: PodTemplateSpec | undefined): Record<string, string> {
  const { [HASH_LABEL]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return labels;
}

/** Names what is made from a template: ten characters at most, the same for the same template and count of collisions. */
export function templateHash(template: PodTemplateSpec | undefined, collisions: number): string {
  return safeEncode(Number.parseInt(digest(`${JSON.stringify(template)}${collisions}`).slice(0, 8), 16));
}

/** The annotations of a Deployment's current ReplicaSet: the Deployment's own, its revision, and what it was sized for. */
export function setAnnotations(deployment: Deployment, set: ReplicaSet | undefined, revision: bigint, most: number): Record<string, string> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const annotations: Record<string, string> = { ...set?.metadata.annotations, ...Object.fromEntries(copied) };
  const before = set === undefined ? 0n : revisionOf(set);
  if (before < revision) {
    annotations[REVISION] = String(revision);
    if (before > 0n) annotations[HISTORY] = [...(annotations[HISTORY]?.split(',') ?? []), String(before)].join(',');
  }
  return { ...annotations, ...sizeAnnotations(deployment, most) };
}

/** What a ReplicaSet was sized for: needed to scale in proportion while two revisions are up. */
export function sizeAnnotations(deployment: Deployment, most: number): Record<string, string> {
  return { [DESIRED]: String(deployment.spec?.replicas ?? 1), [MOST]: String(most) };
}

/** How many replicas the Deployment had when the ReplicaSet was sized last; null where that is unknown. */
export function sizedFor(set: ReplicaSet): { desired: number | null; most: number | null } {
  const read = (key: string): number | null => {
    const text = set.metadata.annotations?.[key];
    return text === undefined ? null : Number(text);
  };
  return { desired: read(DESIRED), most: read(MOST) };
}
