import type { Agenda } from '../time/agenda.ts';
import { formatInstant, type SimMs } from '../time/sim-time.ts';
import type { AgendaEntry } from './agenda-entry.ts';

/** The time inside the cluster: the agenda's, and what Kubernetes would write into an object then. */
export class ClusterClock {
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #epochMs: number;
  #second = Number.NaN;
  #instant = '';

  /** `epochMs`: Unix time in ms of simulated time 0. */
  constructor(agenda: Agenda<AgendaEntry>, epochMs: number) {
    this.#agenda = agenda;
    this.#epochMs = epochMs;
  }

  get nowMs(): SimMs {
    return this.#agenda.nowMs;
  }

  /** Now as RFC 3339 in whole seconds, as all times in objects are. */
  now(): string {
    const second = Math.floor((this.#epochMs + this.#agenda.nowMs) / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#instant = formatInstant(second * 1000);
    }
    return this.#instant;
  }

  /** A moment as objects hold it. */
  instant(atMs: SimMs): string {
    return formatInstant(this.#epochMs + atMs);
  }

  /** Unix time in ms of a simulated moment. */
  unixMs(atMs: SimMs): number {
    return this.#epochMs + atMs;
  }

  /** The simulated time of an instant in an object; −Infinity where there is none. */
  simMs(instant: string | undefined): SimMs {
    return instant === undefined ? -Infinity : Date.parse(instant) - this.#epochMs;
  }
}
