import type { SimMs } from '../../time/sim-time.ts';

/** A line of a node's journal. */
export interface JournalLine {
  readonly atMs: SimMs;
  /** `kubelet`, `systemd`, `kernel`. */
  readonly by: string;
  /** The unit that it is about, without `.service`; '' for none. */
  readonly unit: string;
  readonly pid: number;
  readonly text: string;
}

/** What the services of a node and its kernel have said, oldest first. */
export class Journal {
  readonly #lines: JournalLine[] = [];

  add(line: JournalLine): void {
    this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.splice(0, this.#lines.length - MOST_LINES);
  }

  /** All lines, or those about one unit. */
  lines(unit: string | null): readonly JournalLine[] {
    return unit === null ? this.#lines : this.#lines.filter((line) => line.unit === unit);
  }
}

const MOST_LINES = 600;
