import type { ClusterSpec } from '../cluster/spec.ts';
import type { Severity } from '../journal/timeline.ts';

/** A scenario as it was read, whole and checked: everything below it may rely on its references being right. */
export interface Scenario {
  readonly title: string;
  readonly kind: 'kata' | 'dojo';
  readonly timeboxMs: number;
  /** Unix time in ms that the drill pretends to start at. */
  readonly startsAtMs: number;
  readonly synopsis: string;
  readonly secret: string;
  readonly sources: readonly string[];
  /** Skill by name, 0 to 5: how much of it the scenario asks. */
  readonly skills: Readonly<Record<string, number>>;
  readonly cluster: ClusterSpec;
  readonly slo: SloSpec;
  readonly changes: readonly ChangeSpec[];
  readonly faults: Readonly<Record<string, FaultSpec>>;
  readonly pages: Readonly<Record<string, PageSpec>>;
  readonly stages: StagesSpec;
  readonly injects: readonly InjectSpec[];
  readonly hints: readonly HintSpec[];
  readonly verdict: VerdictSpec;
  /** Words of which a right hypothesis holds at least one, lower case. */
  readonly diagnosis: readonly string[];
  readonly decoys: readonly string[];
  /** Command lines by the name of the script. */
  readonly solutions: Readonly<Record<string, readonly string[]>>;
}

export interface SloSpec {
  /** `service` or `namespace/service`, resolved to the latter. */
  readonly service: string;
  readonly objective: number;
  /** A slower answer is a bad one. */
  readonly latencyMs: number;
  readonly windowMs: number;
}

/**
 * Something that responders can read about, and that really happened to the cluster. `atMs` may be negative: before the drill.
 * `from` and `to` of an image are whole references, with repository and tag.
 */
export interface ChangeSpec {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
  /** The incident comes from it. */
  readonly cause: boolean;
  /** What it does to the cluster; `note` does nothing, and a `plan` only says what would be done. */
  readonly effect: ChangeEffect | { readonly do: 'plan'; readonly of: ChangeEffect } | { readonly do: 'note' };
}

export type ChangeEffect =
  | { readonly do: 'image'; readonly namespace: string; readonly deployment: string; readonly from: string; readonly to: string }
  | { readonly do: 'scale'; readonly namespace: string; readonly deployment: string; readonly from: number; readonly to: number }
  | { readonly do: 'config'; readonly namespace: string; readonly configMap: string; readonly key: string; readonly from: string; readonly to: string };

/**
 * `kind` is a word of the fault catalogue; `settings` were checked against that fault's own schema: durations in ms, shares from 0 to 1.
 * `target` is `external/NAME`, `NAMESPACE/SERVICE`, or for a lock `NAMESPACE/SERVICE/LOCK`.
 */
export interface FaultSpec {
  readonly kind: string;
  readonly target: string;
  readonly settings: Readonly<Record<string, number | string | boolean>>;
}

interface PageSpec {
  readonly to: 'pair';
  readonly severity: Severity;
  readonly text: string;
}

/** A CEL expression over the drill, with `forMs`: it must have held that long without a break. */
export interface Condition {
  readonly if: string;
  readonly forMs: number;
}

export type ActionSpec =
  | { readonly do: 'begin'; readonly fault: string }
  | { readonly do: 'end'; readonly fault: string }
  | { readonly do: 'page'; readonly page: string }
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'change'; readonly change: ChangeSpec }
  | { readonly do: 'inject'; readonly inject: string }
  | { readonly do: 'complication'; readonly fault: string };

export interface TransitionSpec {
  /** Path of the target state, or null to stay. */
  readonly target: string | null;
  readonly guard: Condition | null;
  readonly actions: readonly ActionSpec[];
  /** Leaves and enters the source again where the target is the source itself. */
  readonly reenter: boolean;
}

/** A state of the scenario's statechart, in XState's vocabulary. */
export interface StageSpec {
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial: string | null;
  /** How much a state of type history remembers, and the path it goes to where there is nothing to remember. */
  readonly history: 'shallow' | 'deep';
  readonly target: string | null;
  readonly states: Readonly<Record<string, StageSpec>>;
  readonly entry: readonly ActionSpec[];
  readonly exit: readonly ActionSpec[];
  readonly on: Readonly<Record<string, readonly TransitionSpec[]>>;
  readonly after: readonly { readonly delayMs: number; readonly transitions: readonly TransitionSpec[] }[];
  readonly always: readonly TransitionSpec[];
  /** Taken when the states inside have come to a final one. */
  readonly onDone: readonly TransitionSpec[];
}

export type StagesSpec = StageSpec;

/** Events that the drill sends into the stages. */
export const STAGE_EVENTS = ['ACKNOWLEDGED', 'CLAIMED', 'MITIGATED', 'RESOLVED', 'UPDATED', 'HELP'] as const;
export type StageEvent = (typeof STAGE_EVENTS)[number];

interface InjectSpec {
  readonly id: string;
  /** Said this long after the state was entered, unless the condition holds then. `state` null: after the start. */
  readonly state: string | null;
  readonly afterMs: number;
  readonly unless: string | null;
  readonly from: string;
  readonly text: string;
}

interface HintSpec {
  /** After the first page. */
  readonly afterMs: number;
  readonly unless: string | null;
  readonly text: string;
}

/** What "fixed" means. All conditions of a list must hold; `never` must not have held at any time since the first page. */
interface VerdictSpec {
  readonly mitigated: readonly Condition[];
  readonly resolved: readonly Condition[];
  readonly never: readonly Condition[];
  /** Switches of programs that must be on: a feature that is given up is no fix. */
  readonly keeps: readonly string[];
}
