import type { Agenda } from '../time/agenda.ts';
import type { SimMs } from '../time/sim-time.ts';
import type { AgendaEntry } from './agenda-entry.ts';

/**
 * The keys that a controller has to look at again. A key that is marked twice is looked at once; all that were marked
 * within `delayMs` are looked at together. An idle queue has nothing on the agenda.
 */
export class WorkQueue implements AgendaEntry {
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #delayMs: number;
  readonly #process: (key: string) => void;
  #dirty = new Set<string>();
  #waiting = false;

  constructor(agenda: Agenda<AgendaEntry>, delayMs: number, process: (key: string) => void) {
    this.#agenda = agenda;
    this.#delayMs = delayMs;
    this.#process = process;
  }

  mark(key: string): void {
    this.#dirty.add(key);
    if (this.#waiting) return;
    this.#waiting = true;
    this.#agenda.addAfter(this.#delayMs, this);
  }

  /** Marks a key `delayMs` from now; returns the ticket for `agenda.cancel`. */
  markAfter(key: string, delayMs: number): number {
    return this.#agenda.addAfter(delayMs, { due: () => this.mark(key) });
  }

  due(_atMs: SimMs): void {
    const keys = this.#dirty;
    this.#dirty = new Set();
    this.#waiting = false;
    for (const key of keys) this.#process(key);
  }
}
