import { Drill } from '../drill/drill.ts';
import type { LevelNow } from '../drill/tools/tool.ts';
import type { Scenario, StageSpec } from '../scenario/scenario.ts';
import { HOUR_MS, MINUTE_MS } from '../time/sim-time.ts';
import { rehearsalSeats } from './cast.ts';

/** Long enough for the level's window to be full. */
const LOOK_MS = 3 * MINUTE_MS;
/** A change that is put off until then is never made. */
const NEVER_MS = 24 * HOUR_MS;

/** The service level of a scenario's cluster while nothing is wrong with it yet: no fault begins, and no change that is the cause or comes later is made. */
export function calmLevel(scenario: Scenario, seed: number): LevelNow {
  const changes = scenario.changes.map((change) => (change.cause || change.atMs > 0 ? { ...change, atMs: NEVER_MS } : change));
  const drill = new Drill({ scenario: { ...scenario, changes, stages: QUIET, injects: [], hints: [] }, seed, seats: rehearsalSeats('noop'), onFact: () => undefined });
  drill.advance(LOOK_MS);
  return drill.level;
}

const STAGE: StageSpec = { type: 'atomic', initial: null, history: 'shallow', target: null, states: {}, entry: [], exit: [], on: {}, after: [], always: [], onDone: [] };

/** Stages in which nothing happens. */
const QUIET: StageSpec = { ...STAGE, type: 'compound', initial: 'calm', states: { calm: STAGE } };
