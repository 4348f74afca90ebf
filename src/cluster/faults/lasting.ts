import type { FaultWorld } from './fault.ts';
import { podsOf } from './restarts.ts';

/** How soon the world notices that a mistake was mended. */
const LOOK_MS = 5_000;

/** Moves a lever as long as something is so; it is looked at every few seconds, and by who calls what this returns for the last time. */
export function whileSo(world: FaultWorld, isSo: () => boolean, move: () => () => void): () => void {
  let back: (() => void) | null = null;
  const look = (): void => {
    if (isSo()) back ??= move();
    else {
      back?.();
      back = null;
    }
  };
  look();
  const stop = world.machines.every(LOOK_MS, look);
  return () => {
    stop();
    back?.();
    back = null;
  };
}

/** The uids of the pods of a workload that are to live on. */
export function startedOf(world: FaultWorld, namespace: string, workload: string): string[] {
  return podsOf(world, namespace, workload).flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? (metadata.uid ?? []) : []));
}

/** Whether pods of a workload were started while something was so: they keep what they read then. Returns whether one of them is left. */
export function shownBy(world: FaultWorld, namespace: string, workload: string, isSo: () => boolean): boolean {
  const so = isSo();
  const pods = startedOf(world, namespace, workload);
  const known = STARTED.get(world) ?? new Map<string, boolean>();
  STARTED.set(world, known);
  for (const uid of pods) if (!known.has(uid)) known.set(uid, so);
  return pods.some((uid) => known.get(uid) === true);
}

const STARTED = new WeakMap<FaultWorld, Map<string, boolean>>();
