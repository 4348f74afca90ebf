import type { Op, RouteFlow } from './program.ts';
import { Station } from './station.ts';

/** Rows that one transaction at a time may hold. */
export interface LockFlow {
  readonly station: Station;
  /** Within a tick: arrivals a second, and the time they would hold it, summed. */
  arrivals: number;
  heldMs: number;
  waitMs: number;
}

export function newLock(): LockFlow {
  return { station: new Station(1, 1), arrivals: 0, heldMs: 0, waitMs: 0 };
}

const one = new Float64Array(1);
const oneHold = new Float64Array(1);

/** One tick of a lock; what arrived in it is forgotten. */
export function stepLock(lock: LockFlow, tickMs: number): void {
  one[0] = (lock.arrivals * tickMs) / 1000;
  oneHold[0] = lock.arrivals > 0 ? lock.heldMs / lock.arrivals : 0;
  lock.station.step(tickMs, one, oneHold, 256);
  lock.waitMs = lock.station.backlogWaitMs + lock.station.chanceWaitMs;
  lock.arrivals = 0;
  lock.heldMs = 0;
}

/** The time from a query to the end of its transaction: so long it holds its rows. */
export function restOfTransactionMs(route: RouteFlow, query: Op): number {
  let rest = 0;
  for (let at = route.ops.indexOf(query); at < route.ops.length; at++) {
    const op = route.ops[at] as Op;
    if (op.pool === query.pool) rest += (op.kind === 'query' && op.lock === query.lock ? op.workMs : op.ms) * op.nowShare;
  }
  return rest;
}
