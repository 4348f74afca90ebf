import type { Screen } from '../drill/screen.ts';

/** What the terminal UI needs of a running drill, wherever it runs: one seat's view and one seat's words. */
export interface Player {
  /** The newest screen; a new object whenever anything on it changed. */
  screen(): Screen;
  /** Calls back after every change; returns how to stop. */
  subscribe(onChange: () => void): () => void;
  /** Gives one line to the drill. Settles once what it did is durable; never rejects for what a person typed. */
  submit(line: string): Promise<void>;
  /** True while a program that a line started still runs. */
  readonly running: boolean;
  /** Tells it to stop; told again, ends it. */
  interrupt(): void;
  /** Whole lines that continue what is typed, best first; [] where none does. */
  complete(typed: string): readonly string[];
  /** Simulated seconds per real second; 0 is paused. */
  readonly pace: number;
  setPace(pace: number): void;
  /** A sentence where something beside the drill went wrong (a page that does not get out, a journal that cannot be written), else null. */
  readonly trouble: string | null;
}
