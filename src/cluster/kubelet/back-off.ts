import { MINUTE_MS, SECOND_MS, type SimMs } from '../../time/sim-time.ts';

/**
 * The kubelet's crash-loop back-off of one container: the first restart is free, then 10 s doubling up to 5 min; a run
 * that lasted over 10 min starts it anew.
 */
export class BackOff {
  #delayMs = 0;
  #startedAtMs: SimMs = -Infinity;

  /** How long a container that finished at `finishedAtMs` has to wait from then. */
  waitMs(finishedAtMs: SimMs): number {
    return finishedAtMs - this.#startedAtMs > RESET_MS ? 0 : this.#delayMs;
  }

  /** The container that finished at `finishedAtMs` is started again now. */
  restarted(finishedAtMs: SimMs, nowMs: SimMs): void {
    const anew = this.#delayMs === 0 || finishedAtMs - this.#startedAtMs > RESET_MS;
    this.#delayMs = anew ? FIRST_MS : nextDelayMs(this.#delayMs);
    this.#startedAtMs = nowMs;
  }
}

/** The delay after one of `delayMs`; 0 means none so far. */
export function nextDelayMs(delayMs: number): number {
  return delayMs === 0 ? FIRST_MS : Math.min(delayMs * 2, MOST_MS);
}

const FIRST_MS = 10 * SECOND_MS;
const MOST_MS = 5 * MINUTE_MS;
const RESET_MS = 2 * MOST_MS;
