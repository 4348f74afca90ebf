import type { Condition } from './scenario.ts';
import { celEnvironment } from './cel.ts';

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

/** Evaluates CEL expressions over the facts of one drill; each is compiled once. */
export class Expressions {
  readonly #environment: ReturnType<typeof celEnvironment>;
  readonly #compiled = new Map<string, () => boolean>();
  readonly #onTrouble: (sentence: string) => void;

  /** `onTrouble` is told once of each expression that could not be evaluated. */
  constructor(facts: ConditionFacts, onTrouble: (sentence: string) => void) {
    this.#environment = celEnvironment(facts);
    this.#onTrouble = onTrouble;
  }

  /** Whether the expression holds now; false where it cannot be evaluated. */
  holds(expression: string): boolean {
    let compiled = this.#compiled.get(expression);
    if (compiled === undefined) {
      compiled = this.#compile(expression);
      this.#compiled.set(expression, compiled);
    }
    return compiled();
  }

  #compile(expression: string): () => boolean {
    let told = false;
    const failed = (error: unknown): false => {
      if (!told) this.#onTrouble(`The condition ${expression} could not be evaluated: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown error'}`);
      told = true;
      return false;
    };
    try {
      const { environment, context } = this.#environment;
      const parsed = environment.parse(expression);
      return () => {
        try {
          return parsed(context) === true;
        } catch (error) {
          return failed(error);
        }
      };
    } catch (error) {
      return () => failed(error);
    }
  }
}

/** Finds out whether a condition has held for its `for:` without a break, as an alert of Prometheus does. */
export class ConditionTimer {
  readonly condition: Condition;
  #sinceMs: number | null = null;

  constructor(condition: Condition) {
    this.condition = condition;
  }

  /** Tells it whether the expression holds at `nowMs`; answers whether it has held for long enough. */
  update(nowMs: number, holdsNow: boolean): boolean {
    if (!holdsNow) {
      this.#sinceMs = null;
      return false;
    }
    this.#sinceMs ??= nowMs;
    return nowMs - this.#sinceMs >= this.condition.forMs;
  }
}
