import type { Cluster } from '../../cluster/cluster.ts';
import type { Happening, SeatId } from '../../journal/timeline.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { DrillState } from '../state.ts';
import type { Check } from '../verdict/check.ts';

/** What a command finds when it is given. */
export interface CommandContext {
  readonly state: DrillState;
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly level: LevelNow;
  /** What of the verdict responders may read: how the service stands, check by check. */
  readonly shown: () => readonly Check[];
  readonly seat: SeatId;
  readonly nowMs: SimMs;
  /** The namespace that a kubectl without `-n` works in: that of the service whose level is measured. */
  readonly namespace: string;
  /** Sequence number of the `command-given` fact. */
  readonly seq: number;
}

/** The measured service over the last two minutes. */
export interface LevelNow {
  readonly bad: number;
  readonly burn: number;
  readonly p95Ms: number | null;
  readonly budgetUsed: number;
}

/** What a command answers: facts and lines for the screen, or one sentence why not. `restores` go by place in `happenings`. */
export type CommandResult =
  | { readonly happenings: readonly Happening[]; readonly text: readonly string[]; readonly failed?: boolean; readonly restores?: ReadonlyMap<number, Restore> }
  | { readonly refusal: string };

/** How to take back a write that no line takes back: to make again what it removed, to put back what it changed, to delete what it made. */
export interface Restore {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly verb: 'create' | 'update' | 'delete';
  /** Answers whether it could. */
  readonly run: () => boolean;
}

/** Words of a line behind the command's name, and the line as it was typed. */
export interface CommandLine {
  readonly line: string;
  readonly name: string;
  readonly words: readonly string[];
  /** Everything behind the name, trimmed, as typed. */
  readonly rest: string;
}
