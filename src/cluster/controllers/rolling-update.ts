import type { KindMap } from '../objects.ts';
import { sizedFor } from './revisions.ts';

type Deployment = KindMap['Deployment'];
type ReplicaSet = KindMap['ReplicaSet'];

/** How many replicas a ReplicaSet is to have now. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

export interface Bounds {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** A Deployment's numbers: percentages of surge are rounded up, of unavailable down; where both come to 0, one may be unavailable. */
export function boundsOf(deployment: Deployment): Bounds {
  const replicas = deployment.spec?.replicas ?? 1;
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  if (deployment.spec?.strategy?.type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = share(rolling?.maxSurge ?? '25%', replicas, Math.ceil);
  const maxUnavailable = Math.min(replicas, share(rolling?.maxUnavailable ?? '25%', replicas, Math.floor));
  return { replicas, maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

/** A number, or so many per cent of a count, rounded as asked. */
export function share(value: number | string, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * of) / 100);
}

/** The new ReplicaSet's next size: as many more as the surge leaves room for. */
export function growNew(bounds: Bounds, newSet: ReplicaSet, all: readonly ReplicaSet[]): number {
  const size = sizeOf(newSet);
  if (size >= bounds.replicas) return bounds.replicas;
  const room = bounds.replicas + bounds.maxSurge - total(all);
  return room <= 0 ? size : size + Math.min(room, bounds.replicas - size);
}

/** Takes old replicas away: broken ones first, then as many working ones as may be unavailable. `old` by age, oldest first. */
export function shrinkOld(bounds: Bounds, newSet: ReplicaSet, old: readonly ReplicaSet[]): Resize[] {
  const minAvailable = bounds.replicas - bounds.maxUnavailable;
  const newUnavailable = sizeOf(newSet) - availableOf(newSet);
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]));
  let mayGo = total(old) + sizeOf(newSet) - minAvailable - newUnavailable;
  if (mayGo <= 0) return [];
  for (const set of old) {
    const broken = Math.min(mayGo, Math.max(0, sizeOf(set) - availableOf(set)));
    sizes.set(set, sizeOf(set) - broken);
    mayGo -= broken;
  }
  let spare = old.reduce((sum, set) => sum + availableOf(set), availableOf(newSet)) - minAvailable;
  for (const set of old) {
    const gone = Math.min(Math.max(0, spare), sizes.get(set) ?? 0);
    sizes.set(set, (sizes.get(set) ?? 0) - gone);
    spare -= gone;
  }
  return [...sizes].filter(([set, replicas]) => replicas !== sizeOf(set)).map(([set, replicas]) => ({ set, replicas }));
}

/** Spreads a change of size over revisions in proportion to what they have, as when a half-done rollout is scaled. */
export function scaleInProportion(bounds: Bounds, active: readonly ReplicaSet[], deploymentReplicas: number): Resize[] {
  const allowed = bounds.replicas > 0 ? bounds.replicas + bounds.maxSurge : 0;
  const toAdd = allowed - total(active);
  const order = [...active].sort((left, right) => sizeOf(right) - sizeOf(left) || (toAdd > 0 ? byAge(right, left) : byAge(left, right)));
  let added = 0;
  const resized = order.map((set) => {
    const left = toAdd - added;
    const wanted = toAdd === 0 ? 0 : fractionOf(set, bounds, deploymentReplicas);
    const part = left === 0 ? 0 : toAdd > 0 ? Math.min(wanted, left) : Math.max(wanted, left);
    added += part;
    return { set, replicas: sizeOf(set) + part };
  });
  return resized.map(({ set, replicas }, at) => ({ set, replicas: Math.max(0, at === 0 ? replicas + toAdd - added : replicas) }));
}

function fractionOf(set: ReplicaSet, bounds: Bounds, deploymentReplicas: number): number {
  if (bounds.replicas === 0) return -sizeOf(set);
  const most = sizedFor(set).most ?? deploymentReplicas;
  return most === 0 ? 0 : Math.round((sizeOf(set) * (bounds.replicas + bounds.maxSurge)) / most) - sizeOf(set);
}

/** Oldest first; ties by name. */
export function byAge(left: ReplicaSet, right: ReplicaSet): number {
  const [a, b] = [left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? ''];
  if (a !== b) return a < b ? -1 : 1;
  return left.metadata.name < right.metadata.name ? -1 : 1;
}

export function sizeOf(set: ReplicaSet): number {
  return set.spec?.replicas ?? 1;
}

export function availableOf(set: ReplicaSet): number {
  return set.status?.availableReplicas ?? 0;
}

function total(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + sizeOf(set), 0);
}
