import type { Conditions, Lever } from './conditions.ts';

/** What conditions outside do to the containers of a workload. */
export interface Hardship {
  /** CPU work takes so many times as long, on so many times the cores that its limit grants. */
  readonly cpuFactor: number;
  readonly coresFactor: number;
  /** Each request holds its thread so much longer, and fails by `errors`. */
  readonly delayMs: number;
  readonly errors: number;
  /** What the program logs of these failures; null for the usual words. */
  readonly says: string | null;
  /** Share of time for which all threads stand still. */
  readonly pauses: number;
  readonly heapMiB: number;
  /** Lost each minute until a restart. */
  readonly heapMiBPerMinute: number;
  readonly filesPerMinute: number;
  readonly threadsPerMinute: number;
}

export const NO_HARDSHIP: Hardship = { cpuFactor: 1, coresFactor: 1, delayMs: 0, errors: 0, says: null, pauses: 0, heapMiB: 0, heapMiBPerMinute: 0, filesPerMinute: 0, threadsPerMinute: 0 };

const LEVERS: readonly Lever[] = ['cpu-factor', 'cpu-limit', 'work-latency', 'work-errors', 'pauses', 'heap', 'heap-growth', 'file-leak', 'threads-stuck'];

/** What a workload `namespace/name` suffers now: {@link NO_HARDSHIP} where nothing is wrong anywhere. */
export function hardshipOf(conditions: Conditions, workload: string): Hardship {
  if (!LEVERS.some((lever) => conditions.moves(lever))) return NO_HARDSHIP;
  return {
    cpuFactor: conditions.product('cpu-factor', workload),
    coresFactor: conditions.product('cpu-limit', workload),
    delayMs: conditions.sum('work-latency', workload),
    errors: conditions.share('work-errors', workload),
    says: conditions.words('work-errors', workload),
    pauses: Math.min(0.98, conditions.share('pauses', workload)),
    heapMiB: conditions.sum('heap', workload),
    heapMiBPerMinute: conditions.sum('heap-growth', workload),
    filesPerMinute: conditions.sum('file-leak', workload),
    threadsPerMinute: conditions.sum('threads-stuck', workload),
  };
}
