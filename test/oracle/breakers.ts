import type { CallSpec } from '../../src/cluster/spec.ts';

/** A breaker looks at this many of the latest calls, and judges from so many on. */
const LATEST = 20;
const ENOUGH = 10;
/** A half-open breaker lets so many through, and waits for how they end. */
const TRIALS = 5;
/** Retries that a budget has in hand at most. */
const MOST_TOKENS = 10;

/** What one container remembers of one of its calls: how the latest ended, and what it may still spend on retries. */
export class Caller {
  /** Calls that wanted to be made, and those that the breaker did not let through. */
  asked = 0;
  stopped = 0;
  readonly #budget: number | undefined;
  readonly #failures: number;
  readonly #openMs: number;
  #tokens = MOST_TOKENS;
  #state: 'closed' | 'open' | 'half-open' = 'closed';
  #untilMs = 0;
  #latest: boolean[] = [];
  #trials = 0;

  constructor({ budget, breaker }: Pick<CallSpec, 'budget' | 'breaker'>, openMs: number) {
    this.#budget = budget;
    this.#failures = breaker?.failures ?? Infinity;
    this.#openMs = openMs;
  }

  /** Whether the breaker lets a call through. */
  mayCall(nowMs: number): boolean {
    this.asked++;
    if (this.#state === 'open' && nowMs >= this.#untilMs) {
      this.#state = 'half-open';
      this.#latest = [];
      this.#trials = 0;
    }
    if (this.#state !== 'closed' && (this.#state === 'open' || this.#trials++ >= TRIALS)) {
      this.stopped++;
      return false;
    }
    if (this.#budget !== undefined) this.#tokens = Math.min(MOST_TOKENS, this.#tokens + this.#budget);
    return true;
  }

  /** A call that was let through has ended, after all its tries. */
  ended(failed: boolean, nowMs: number): void {
    if (this.#failures === Infinity || this.#state === 'open') return;
    this.#latest.push(failed);
    if (this.#latest.length > LATEST) this.#latest.shift();
    if (this.#latest.length < (this.#state === 'closed' ? ENOUGH : TRIALS)) return;
    let failures = 0;
    for (const each of this.#latest) if (each) failures++;
    if (failures >= this.#failures * this.#latest.length) {
      this.#state = 'open';
      this.#untilMs = nowMs + this.#openMs;
    } else if (this.#state === 'half-open') {
      this.#state = 'closed';
      this.#latest = [];
    }
  }

  /** Whether a call that failed may be tried again; that is paid for. */
  mayRetry(): boolean {
    if (this.#budget === undefined) return true;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** A party that grants `perS` requests a second and at most a second's worth at once. */
export class Quota {
  readonly #perS: number;
  #left: number;
  #atMs = 0;

  constructor(perS: number) {
    this.#perS = perS;
    this.#left = perS;
  }

  grants(nowMs: number): boolean {
    this.#left = Math.min(this.#perS, this.#left + ((nowMs - this.#atMs) * this.#perS) / 1000);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
