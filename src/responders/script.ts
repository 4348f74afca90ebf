import type { Screen } from '../drill/screen.ts';
import type { SimMs } from '../time/sim-time.ts';

/** A scripted responder: it sees what a person on its seat would see, and types what a person would type. */
export interface Script {
  /** Its next move. Called when it asked to be, and when a page rings or somebody speaks to it. */
  turn(view: SeatNow): Turn;
}

/** What a script finds at its turn. */
export interface SeatNow {
  readonly nowMs: SimMs;
  /** The seat's screen; made only if it is asked for. */
  readonly screen: () => Screen;
  /** The page that rings for this seat, or null. */
  readonly ringing: string | null;
  /** What was said to this seat since its last turn, oldest first. */
  readonly heard: readonly string[];
}

export interface Turn {
  /** The line it types now, or null. */
  readonly line: string | null;
  /** When it wants its next turn, in ms from now; null to wait until a page rings or somebody speaks to it. */
  readonly nextMs: number | null;
}

/** It says nothing and waits. */
export const WAIT: Turn = { line: null, nextMs: null };
