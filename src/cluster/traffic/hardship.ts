import type { Builds } from './builds.ts';
import type { Conditions, Lever } from './conditions.ts';
import type { PodFlow } from './graph.ts';

/** What conditions outside do to a container. */
export interface Hardship {
  /** CPU work takes so many times as long, on so many times the cores that its limit grants. */
  readonly cpuFactor: number;
  readonly coresFactor: number;
  /** Threads of others in the container that never rest. */
  readonly spinners: number;
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
  readonly connectionsPerMinute: number;
}

export const NO_HARDSHIP: Hardship = { cpuFactor: 1, coresFactor: 1, spinners: 0, delayMs: 0, errors: 0, says: null, pauses: 0, heapMiB: 0, heapMiBPerMinute: 0, filesPerMinute: 0, threadsPerMinute: 0, connectionsPerMinute: 0 };

const LEVERS: readonly Lever[] = ['cpu-factor', 'cpu-limit', 'spinners', 'work-latency', 'work-errors', 'pauses', 'heap', 'heap-growth', 'file-leak', 'threads-stuck', 'leak'];

/**
 * What a container suffers now, by all that it is: a pod of its workload, of its image and those that was built from, on its
 * node, itself. {@link NO_HARDSHIP} where nothing is wrong anywhere.
 */
export function hardshipOf(conditions: Conditions, builds: Builds, pod: PodFlow): Hardship {
  if (!LEVERS.some((lever) => conditions.moves(lever))) return NO_HARDSHIP;
  const { repository, tag } = pod.variant;
  const targets = [pod.workloadKey, ...builds.lineage(`${repository}:${tag}`), nodeTarget(pod.node.name), containerTarget(pod.uid, pod.run)];
  const sum = (lever: Lever): number => targets.reduce((total, target) => total + conditions.sum(lever, target), 0);
  const product = (lever: Lever): number => targets.reduce((total, target) => total * conditions.product(lever, target), 1);
  const share = (lever: Lever): number => 1 - targets.reduce((spared, target) => spared * (1 - conditions.share(lever, target)), 1);
  return {
    cpuFactor: product('cpu-factor'),
    coresFactor: product('cpu-limit'),
    spinners: sum('spinners'),
    delayMs: sum('work-latency'),
    errors: share('work-errors'),
    says: targets.map((target) => conditions.words('work-errors', target)).find((words) => words !== null) ?? null,
    pauses: pod.wear.collector?.deaf === true ? 0 : Math.min(0.98, share('pauses')),
    heapMiB: sum('heap'),
    heapMiBPerMinute: sum('heap-growth'),
    filesPerMinute: sum('file-leak'),
    threadsPerMinute: sum('threads-stuck'),
    connectionsPerMinute: sum('leak'),
  };
}

/** How levers name all containers of a node. */
export function nodeTarget(node: string): string {
  return `node/${node}`;
}

/** How levers name one run of a pod's container. */
export function containerTarget(uid: string, run: number): string {
  return `container/${uid}/${run}`;
}
