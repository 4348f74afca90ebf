/** How the runtime of a program collects garbage, as its environment tells it. */
export interface Collector {
  /** The heap that it allows itself, in MiB; Infinity where it may take what the container has. */
  readonly heapMiB: number;
  /** Share of time that it spends on collections at any load, beyond the usual. */
  readonly busy: number;
  /** Heeds no program that asks for a collection. */
  readonly deaf: boolean;
}

/** Variables that runtimes read their options from. */
export const JVM_OPTIONS = ['JAVA_OPTS', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'] as const;

/**
 * What the environment says to the runtimes that people tune: `-Xmx` and `-XX:MaxRAMPercentage` of a JVM, `GOGC` and
 * `GOMEMLIMIT` of Go (https://pkg.go.dev/runtime#hdr-Environment_Variables), `--max-old-space-size` of Node. `limitMiB` is
 * what the container may use.
 */
export function collectorOf(environment: ReadonlyMap<string, string>, limitMiB: number): Collector {
  const jvm = JVM_OPTIONS.map((name) => environment.get(name) ?? '').join(' ');
  const percentage = Number(/-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/.exec(jvm)?.[1] ?? 'NaN');
  const heaps = [
    mib(/-Xmx(\d+)([kmgKMG]?)\b/.exec(jvm), 1 / 1_048_576),
    Number.isNaN(percentage) ? Infinity : (limitMiB * percentage) / 100,
    mib(/^(\d+)([KMG])?i?B$/.exec(environment.get('GOMEMLIMIT') ?? ''), 1 / 1_048_576),
    mib(/--max[-_]old[-_]space[-_]size=(\d+)/.exec(environment.get('NODE_OPTIONS') ?? ''), 1),
  ];
  const percent = Number(environment.get('GOGC') ?? 'NaN');
  return { heapMiB: Math.min(...heaps), busy: percent > 0 ? Math.min(MOST, Math.max(0, (USUAL * 100) / percent - USUAL)) : 0, deaf: jvm.includes('-XX:+DisableExplicitGC') };
}

function mib(found: RegExpExecArray | null, perUnit: number): number {
  if (found === null) return Infinity;
  const unit = { k: 1_024, m: 1_048_576, g: 1_073_741_824 }[(found[2] ?? '').toLowerCase()] ?? 1;
  const size = Number(found[1]) * unit * perUnit;
  return size > 0 ? size : Infinity;
}

/** Below this share of its memory a collector costs nothing worth counting. */
export const EASY = 0.7;
/** Share of time that goes into collections with twice the live heap for room, as `GOGC=100` has it; no more than the most. */
const USUAL = 0.02;
const MOST = 0.95;

/** The nearer the live heap is to its limit, the less each collection frees, and the more often it has to be done. */
export function collectingShare(full: number): number {
  return full <= EASY ? 0 : full >= 1 ? MOST : Math.min(MOST, (USUAL * (full - EASY)) / (1 - full));
}

/** The fullness at which so much of the time goes into collections: the inverse of {@link collectingShare}. */
export function fullnessOf(share: number): number {
  return (share + USUAL * EASY) / (share + USUAL);
}

/** The `GOGC` that has so much of the time go into collections. */
export function gogcOf(share: number): number {
  return Math.max(1, Math.round((USUAL * 100) / (Math.min(MOST, share) + USUAL)));
}
