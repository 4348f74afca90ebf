import { type Die } from '../time/dice.ts';
import { SECOND_MS } from '../time/sim-time.ts';
import type { Script, SeatNow, Turn } from './script.ts';
import { WAIT } from './script.ts';

/** How quickly a responder works, in ms. */
export interface Pace {
  readonly wakeMs: () => number;
  readonly stepMs: () => number;
}

/** Somebody who is not asleep: steps follow each other without a pause for thought. */
export const BRISK: Pace = { wakeMs: () => 5 * SECOND_MS, stepMs: () => 4 * SECOND_MS };

/** An experienced person at night: up within a minute, a good ten seconds a step. */
export function human(die: Die): Pace {
  return { wakeMs: () => Math.round(die.between(20 * SECOND_MS, 50 * SECOND_MS)), stepMs: () => Math.round(die.between(8 * SECOND_MS, 18 * SECOND_MS)) };
}

/** Whether a line changes the cluster: done once, it is not done again. */
export function changesCluster(line: string): boolean {
  return CHANGES.test(line);
}

const CHANGES = /^(?:kubectl\b.*\s(?:set|scale|rollout\s+(?:undo|restart)|delete|patch|label|annotate)\b|\/flag\s+\S+\s)/;

/**
 * Plays a list of lines from the moment a page is acknowledged: the scenario's own solutions, golden and john. Woken
 * again, it looks and reports again, but leaves what it has changed as it is.
 */
export class LinePlayer implements Script {
  readonly #lines: readonly string[];
  readonly #pace: Pace;
  readonly #changed = new Set<string>();
  #at = 0;
  #woken = false;

  constructor(lines: readonly string[], pace: Pace) {
    this.#lines = lines;
    this.#pace = pace;
  }

  turn({ ringing }: SeatNow): Turn {
    if (ringing !== null && !this.#woken) {
      this.#woken = true;
      return { line: null, nextMs: this.#pace.wakeMs() };
    }
    if (ringing !== null) return { line: `/ack ${ringing}`, nextMs: this.#pace.stepMs() };
    const line = this.#woken ? this.#nextLine() : undefined;
    if (line !== undefined) return { line, nextMs: this.#pace.stepMs() };
    this.#woken = false;
    this.#at = 0;
    return WAIT;
  }

  #nextLine(): string | undefined {
    for (;;) {
      const line = this.#lines[this.#at++];
      if (line === undefined || !changesCluster(line)) return line;
      if (this.#changed.has(line)) continue;
      this.#changed.add(line);
      return line;
    }
  }
}
