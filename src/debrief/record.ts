import { isA, type Fact, type HappeningType, type Outcome, type SeatId, type SeatRecord, type Timeline } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimMs } from '../time/sim-time.ts';
import { actionsOf, asTyped, type Action } from './actions.ts';
import { levelsOf, type LevelInterval } from './levels.ts';

/** One drill as the debrief reads it: its timeline and its scenario, with what every measure needs looked up once. */
export interface DrillRecord {
  readonly timeline: Timeline;
  readonly scenario: Scenario;
  readonly facts: readonly Fact[];
  readonly responders: readonly SeatRecord[];
  /** The service level in order of time, one entry per measured interval. */
  readonly levels: readonly LevelInterval[];
  /** What responders changed, one entry per command. */
  readonly actions: readonly Action[];
  /** Bad share that the objective leaves room for: 1 − objective. */
  readonly allowedBadShare: number;
  /** Null while the drill has not ended. */
  readonly outcome: Outcome | null;
  readonly firstPageMs: SimMs | null;
  readonly lastMs: SimMs;
  /** Durations that had not ended by then are right-censored: the time box, or the last fact of a drill that goes on. */
  readonly censorMs: SimMs;
}

export function readRecord(timeline: Timeline, scenario: Scenario): DrillRecord {
  const { facts, header } = timeline;
  const ended = facts.findLast(isA('drill-ended'));
  const lastMs = facts.at(-1)?.atMs ?? 0;
  return {
    timeline,
    scenario,
    facts,
    responders: header.seats.filter((seat) => seat.role === 'responder'),
    levels: levelsOf(facts),
    actions: actionsOf(facts),
    allowedBadShare: 1 - scenario.slo.objective,
    outcome: ended?.outcome ?? null,
    firstPageMs: facts.find(isA('page-sent'))?.atMs ?? null,
    lastMs,
    censorMs: ended === undefined && lastMs < scenario.timeboxMs ? Math.max(0, lastMs) : scenario.timeboxMs,
  };
}

/** What the incident came from, in order: faults that began, and changes that the scenario names as the cause. */
export function causesOf(record: DrillRecord): readonly Fact<'fault-began' | 'change-made'>[] {
  const { changes } = record.scenario;
  return record.facts.filter(
    (fact): fact is Fact<'fault-began' | 'change-made'> =>
      fact.type === 'fault-began' || (fact.type === 'change-made' && changes.some(({ cause, who, what }) => cause && who === fact.who && what === fact.what)),
  );
}

/** All facts of one type, in order. */
export function factsOf<Type extends HappeningType>(record: DrillRecord, type: Type): readonly Fact<Type>[] {
  return record.facts.filter(isA(type));
}

/** What prose calls a seat: its role in the room, never the name of who sat there. */
export function seatWords(seat: SeatId): string {
  const words = seat.toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim();
  return words === '' ? 'a seat' : words;
}

/** The line that led to a fact, found by its causes; null where no command did. */
export function commandLineOf(facts: readonly Fact[], fact: Fact): string | null {
  let at: Fact | undefined = fact;
  for (let steps = 0; at !== undefined && steps < 8; steps++) {
    if (at.type === 'command-given') return at.line;
    if (at.type === 'tool-started') return asTyped(at.line);
    if (at.type === 'api-requested' && at.command !== null) return at.command;
    at = at.causeSeq === null ? undefined : factAt(facts, at.causeSeq);
  }
  return null;
}

/** The fact with that number; facts are numbered from 1 without gaps. */
function factAt(facts: readonly Fact[], seq: number): Fact | undefined {
  const guess = facts[seq - 1];
  return guess?.seq === seq ? guess : facts.find((fact) => fact.seq === seq);
}
