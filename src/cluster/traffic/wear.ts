import { type Collector, collectingShare, collectorOf, EASY } from './collector.ts';
import type { PodFlow } from './graph.ts';
import { NO_HARDSHIP } from './hardship.ts';
import { sum } from './pod-flow.ts';

/** What a container uses up until it is restarted, and what that does to it. */
export interface Wear {
  /** Memory at rest, and the limit beyond which the kernel ends it; Infinity without one. In MiB. */
  readonly restMiB: number;
  readonly limitMiB: number;
  /** How its runtime collects; null where nobody told it anything that matters here. */
  readonly collector: Collector | null;
  leakedMiB: number;
  leakedFiles: number;
  stuckThreads: number;
  /** Memory in use, in MiB, and open files, as the last tick left them. */
  usedMiB: number;
  files: number;
  /** Share of time that goes into collecting garbage. */
  collecting: number;
  /** Share of requests that fail for want of a file descriptor. */
  starved: number;
}

/** File descriptors that a process may have, and those that it has open at rest. */
export const FILE_LIMIT = 1_024;
const FILES_AT_REST = 64;
/** No program starts in less: the kernel ends whoever is given so little, before its first request. */
const LEAST_MIB = 16;
/** Memory that one request inside takes. */
const MIB_PER_REQUEST = 1;

export function unworn(restMiB: number, limitMiB: number, environment: ReadonlyMap<string, string>): Wear {
  const told = collectorOf(environment, limitMiB);
  const collector = told.busy > 0 || told.deaf || restMiB > told.heapMiB * EASY ? told : null;
  return { restMiB, limitMiB, collector, leakedMiB: 0, leakedFiles: 0, stuckThreads: 0, usedMiB: restMiB, files: FILES_AT_REST, collecting: 0, starved: 0 };
}

/** Whether there is anything to step: a plain pod wears nothing. */
export function wears({ hardship, wear, variant }: PodFlow): boolean {
  return hardship !== NO_HARDSHIP || wear.leakedMiB > 0 || wear.leakedFiles > 0 || wear.stuckThreads > 0 || wear.collecting > 0 || wear.starved > 0 || wear.collector !== null || wear.limitMiB < LEAST_MIB || variant.program.memory !== undefined || variant.program.job !== undefined;
}

/** One tick of a container's wear. True where it has outgrown its memory and is to be killed. */
export function stepWear(pod: PodFlow, tickMs: number): boolean {
  const { hardship, wear, threads, variant } = pod;
  const minutes = tickMs / 60_000;
  const inside = sum(threads.inside) + threads.backlog;
  wear.leakedMiB += hardship.heapMiBPerMinute * minutes;
  wear.leakedFiles += hardship.filesPerMinute * minutes;
  wear.stuckThreads += hardship.threadsPerMinute * minutes;
  wear.usedMiB = wear.restMiB + wear.leakedMiB + hardship.heapMiB + (pod.batch?.keptMiB ?? 0) + inside * (variant.program.memory?.perRequestMiB ?? MIB_PER_REQUEST);
  wear.files = Math.min(FILE_LIMIT, FILES_AT_REST + wear.leakedFiles + inside);
  // Who finds no descriptor left fails; as many as leave find one again.
  const lacking = FILES_AT_REST + wear.leakedFiles + inside + 1 - FILE_LIMIT;
  wear.starved = lacking <= 0 ? 0 : Math.min(1, lacking / (inside + 1));
  // A runtime with a heap of its own collects against that, and fails before the kernel does.
  wear.collecting = Math.max(wear.collector?.busy ?? 0, collectingShare(wear.usedMiB / Math.min(wear.limitMiB, wear.collector?.heapMiB ?? Infinity, variant.program.memory?.heapMiB ?? Infinity)));
  threads.resize(Math.max(0, variant.threads - Math.floor(wear.stuckThreads)));
  return wear.usedMiB > wear.limitMiB;
}
