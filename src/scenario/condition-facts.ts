/**
 * What a drill knows that conditions ask of. `word`s are compared without regard to case, anywhere in the text.
 * Simulated time; shares from 0 to 1.
 */
export interface ConditionFacts {
  /** Burn rate, share of bad answers and 95th percentile of the newest measured interval; 0 before the first. */
  readonly burn: () => number;
  readonly bad: () => number;
  readonly p95Ms: () => number;
  /** Whether the alert of that name fires now. */
  readonly alert: (name: string) => boolean;
  /** Whether a responder has written the word: chat, updates, plans, hypotheses. An `/update` says `update` too. */
  readonly said: (word: string) => boolean;
  /** Whether a responder has looked at a kind (`changes`, `logs`, …) or a target that holds the word. */
  readonly read: (word: string) => boolean;
  /** Whether a ticket was filed whose addressee or text holds the word. */
  readonly ticketed: (word: string) => boolean;
  readonly claimed: () => boolean;
  /** Whether anybody has acknowledged the newest page. */
  readonly acknowledged: () => boolean;
  /** The value of a flag, or '' where it is not set. */
  readonly flag: (name: string) => string;
  /** Seconds since then, or -1 where it has not happened. */
  readonly since: (what: SinceWord) => number;
  /** Whether the stage of that path is active. */
  readonly stage: (path: string) => boolean;
  /** A Deployment by `name` or `namespace/name`; null where there is none. */
  readonly deployment: (name: string) => WorkloadFacts | null;
  /** A StatefulSet, likewise. */
  readonly statefulset: (name: string) => WorkloadFacts | null;
  /** Whether a Service of that name exists. */
  readonly service: (name: string) => boolean;
  /** Images of the pods that a Service sends requests to now, each once; where none is ready, of those that it selects. */
  readonly images: (service: string) => readonly string[];
  /** A pod by name; null where there is none. */
  readonly pod: (name: string) => PodFacts | null;
}

export interface WorkloadFacts {
  /** Wanted, and ready. */
  readonly replicas: number;
  readonly ready: number;
  /** Of its first container. */
  readonly image: string;
}

export interface PodFacts {
  readonly ready: boolean;
  readonly restarts: number;
}

/** What `since()` takes. */
export const SINCE_WORDS = ['start', 'page', 'acknowledged', 'claimed', 'mitigated'] as const;
export type SinceWord = (typeof SINCE_WORDS)[number];
