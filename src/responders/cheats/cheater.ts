import { SECOND_MS } from '../../time/sim-time.ts';
import { changesCluster } from '../player.ts';
import type { Script, SeatNow, Turn } from '../script.ts';
import { WAIT } from '../script.ts';

/** Between two lines of somebody who is in a hurry. */
const STEP_MS = 4 * SECOND_MS;

/**
 * Says and files all that the scenario's own solution says and files, and does the cheat instead of the fix: so that
 * nothing but the state of the world can tell the two apart. Woken again, it says it all again.
 */
export class Cheater implements Script {
  readonly #talk: readonly string[];
  readonly #cheat: readonly string[];
  readonly #everyMs: number | null;
  #queue: string[] = [];
  #againMs: number | null = null;
  #cheated = false;

  constructor(solution: readonly string[], cheat: readonly string[], everyMs: number | null) {
    this.#talk = solution.filter((line) => !changesCluster(line));
    this.#cheat = cheat;
    this.#everyMs = everyMs;
  }

  turn({ ringing, nowMs }: SeatNow): Turn {
    if (ringing !== null) {
      this.#queue = [...(this.#cheated ? [] : this.#cheat), ...this.#talk];
      if (!this.#cheated && this.#everyMs !== null) this.#againMs = nowMs + this.#everyMs;
      this.#cheated = true;
      return { line: `/ack ${ringing}`, nextMs: STEP_MS };
    }
    const line = this.#queue.shift();
    if (line !== undefined) return { line, nextMs: STEP_MS };
    if (this.#againMs === null || this.#everyMs === null) return WAIT;
    if (nowMs < this.#againMs) return { line: null, nextMs: this.#againMs - nowMs };
    this.#againMs = nowMs + this.#everyMs;
    this.#queue = [...this.#cheat];
    return { line: this.#queue.shift() ?? null, nextMs: STEP_MS };
  }
}
