import type { BatchSpec } from '../spec.ts';
import type { Layout, PodFlow } from './graph.ts';
import { servedShare, sum } from './pod-flow.ts';
import { numberOf, type Surroundings } from './settings.ts';

/** Work that a container does by itself until it is done, as the container of a Job does. */
export interface BatchFlow {
  /** The route of its program that it runs for each unit, as an index. */
  readonly at: number;
  readonly units: number;
  /** What it keeps in memory of each unit, in MiB, until so many of them are written at once. */
  readonly unitMiB: number;
  readonly flushEvery: number;
  /** So many units may fail before it gives up. */
  readonly mayFail: number;
  /** How long a unit takes, as far as it has learnt. */
  holdMs: number;
  done: number;
  failed: number;
  keptMiB: number;
  /** It has said how it ended. */
  ended: boolean;
}

/** How a container's work ended. */
export interface BatchEnd {
  readonly pod: PodFlow;
  readonly exitCode: 0 | 1;
  /** What it says of it. */
  readonly says: string;
}

/** Nothing is done yet. */
export function freshBatch(spec: BatchSpec, at: number, surroundings: Surroundings): BatchFlow {
  return {
    at, units: Math.max(1, numberOf(spec.units, surroundings)), unitMiB: spec.unitMiB, flushEvery: Math.max(1, numberOf(spec.flushEvery, surroundings)), mayFail: numberOf(spec.mayFail, surroundings),
    holdMs: 0, done: 0, failed: 0, keptMiB: 0, ended: false,
  };
}

/** The containers that work by themselves. A cluster where none does pays nothing. */
export class Batches {
  #pods: readonly PodFlow[] = [];

  /** To be called when the layout changed. */
  refresh({ pods }: Layout): void {
    this.#pods = pods.filter(({ batch }) => batch !== null);
  }

  /** Gives each as many units as keep its threads busy. Called after the pods' arrivals were cleared. */
  deliver(tickMs: number): void {
    for (const pod of this.#pods) {
      const batch = pod.batch as BatchFlow;
      const { threads } = pod;
      const holdMs = pod.holdMs[batch.at] as number;
      if (holdMs > 0) batch.holdMs = batch.holdMs === 0 ? holdMs : eased(batch.holdMs, holdMs);
      const inside = sum(threads.inside);
      const wanted = batch.holdMs === 0 ? threads.places : (threads.places * tickMs) / batch.holdMs + Math.max(0, threads.places - inside);
      pod.arriving[batch.at] = Math.max(0, Math.min(wanted, batch.units - batch.done - inside));
    }
  }

  /** Counts what was done in a tick; tells of those that have come to their end in it. */
  settle(startedMs: (pod: PodFlow) => number): BatchEnd[] {
    const ends: BatchEnd[] = [];
    for (const pod of this.#pods) {
      const batch = pod.batch as BatchFlow;
      if (batch.ended) continue;
      const left = pod.threads.left[batch.at] as number;
      const good = left * servedShare(pod, batch.at);
      batch.done += good;
      batch.failed += left - good;
      batch.keptMiB = (batch.done % batch.flushEvery) * batch.unitMiB;
      const tookS = Math.round(startedMs(pod) / 1000);
      if (batch.failed > batch.mayFail) ends.push({ pod, exitCode: 1, says: `giving up: ${Math.ceil(batch.failed)} of ${Math.round(batch.done + batch.failed)} failed after ${tookS}s` });
      // The last fraction of a fluid never leaves.
      else if (batch.done >= batch.units - 0.5) ends.push({ pod, exitCode: 0, says: `finished: ${Math.round(batch.units)} done in ${tookS}s` });
      else continue;
      batch.ended = true;
    }
    return ends;
  }
}

/**
 * An eighth of the way from one time to the other, by their ratio: who works as fast as he is answered would else swing
 * from tick to tick between asking all and asking nothing.
 */
function eased(beforeMs: number, nowMs: number): number {
  // What held it up for once is over.
  if (nowMs < beforeMs / 8) return nowMs * 8;
  return Math.sqrt(beforeMs * Math.sqrt(beforeMs * Math.sqrt(beforeMs * nowMs)));
}
