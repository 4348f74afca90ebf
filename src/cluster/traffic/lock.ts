import type { Op, QueryOp, RouteFlow } from './graph.ts';
import type { Station } from './station.ts';

/** Rows that one transaction at a time may hold. */
export interface LockFlow {
  readonly key: string;
  readonly station: Station;
  /** Within a tick: arrivals a second, and the time they would hold it, summed. */
  arrivals: number;
  heldMs: number;
  waitMs: number;
  /** Somebody forgot to let it go. */
  stuck: boolean;
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

/** The time from a query to the end of its transaction: so long it holds its rows. Whoever has a lock does not wait for it again. */
export function restOfTransactionMs(route: RouteFlow, query: Op & QueryOp): number {
  let rest = 0;
  for (let at = route.ops.indexOf(query); at < route.ops.length; at++) {
    const op = route.ops[at] as Op;
    if (op.pool === query.pool) rest += (op.kind === 'query' && op.lock === query.lock ? op.workMs : op.ms) * op.wanted;
  }
  return rest / Math.max(query.wanted, 1e-12);
}
