import type { OutgoingPage, Pager } from '../paging/pager.ts';

const BELL = '\u0007';

/**
 * Pages at this terminal: it rings the bell once for each page, for both of the pair in the same moment. The ringing
 * page itself is on the screen, which the UI draws from the drill. Nothing leaves the machine, so consent is not asked.
 */
export class LocalPager implements Pager {
  readonly #write: (text: string) => void;
  readonly #ringing = new Set<string>();
  #closed = false;

  /** `write` puts characters on the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  trigger(page: OutgoingPage): void {
    const key = `${page.drillId}/${page.page}`;
    if (this.#closed || this.#ringing.has(key)) return;
    this.#ringing.add(key);
    this.#write(BELL);
  }

  /** The bell has stopped by itself; what still rings for the partner is on the screen. */
  acknowledge(_page: OutgoingPage): void {}

  resolve(page: OutgoingPage): void {
    this.#ringing.delete(`${page.drillId}/${page.page}`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ringing.clear();
  }
}
