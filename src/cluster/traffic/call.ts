import { isOpen, mixWithStopped } from './breaker.ts';
import { exp } from '../../time/exact-math.ts';
import { type CacheOp, type CallOp, type ExternalFlow, isOutside, type Op, type QueryOp, type ServiceRoute } from './graph.ts';
import type { Humps } from './humps.ts';
import { portless } from './ports.ts';
import { WORK_VARIANCE } from './sharing.ts';

/** A refused or unresolved connection is known to fail this soon. */
export const REFUSED_MS = 3;
/** A round trip between pods. */
export const NETWORK_MS = 0.5;
/** A database gives up on a lock after this long. */
export const LOCK_TIMEOUT_MS = 30_000;
/** An outside party takes this share of its time for certain; the rest is exponential. */
export const OUTSIDE_CERTAIN = 0.85;

/** Fills in what a call of one of `pods` pods costs now: its tries, their time, and the share that fails after all of them. */
export function attempt(op: Op & CallOp, pods: number, tickMs: number): void {
  if (op.breaker !== null && isOpen(op.breaker, pods, tickMs)) return stop(op);
  const { to } = op;
  if (isOutside(to)) attemptOutside(op, to);
  else if (to.service.silent) hearNothing(op);
  else if (!to.service.exists || to.service.pods.length === 0) refuse(op);
  else attemptInside(op, to);
  if (op.breaker !== null) mixWithStopped(op, op.breaker);
}

function attemptOutside(op: Op & CallOp, to: ExternalFlow): void {
  const { way } = op;
  const fail = 1 - (1 - to.errors) * (1 - to.refused) * (1 - way.errors) * (1 - portless(op));
  tryAgain(op, waitOnce(op.timeoutMs, to.latencyMs * OUTSIDE_CERTAIN + way.ms, to.latencyMs * (1 - OUTSIDE_CERTAIN)), fail, 0, way.loss);
}

function attemptInside(op: Op & CallOp, to: ServiceRoute): void {
  const { way } = op;
  const stopped = either(way.errors, portless(op));
  const wayMs = NETWORK_MS + to.service.extraMs + way.ms;
  const wait = to.humps.longShare > 0 ? waitOnHumps(op.timeoutMs, wayMs, to.humps) : waitOnce(op.timeoutMs, to.detMs + wayMs, to.spreadMs);
  tryAgain(op, wait, either(amongAnswered(to), stopped), either(to.refusedShare, stopped), either(either(to.service.loss, to.starvedShare), way.loss));
}

/** How one try waits for its answer, at most until its time-out: share that waits in vain, mean in ms and variance in ms². */
interface Wait {
  readonly slow: number;
  /** Of the good answers, those in time. */
  readonly inTime: number;
  readonly ms: number;
  readonly variance: number;
}

/** An answer takes `detMs` plus an exponential `spreadMs`. */
function waitOnce(timeoutMs: number, detMs: number, spreadMs: number): Wait {
  const slow = survival(timeoutMs, detMs, spreadMs);
  return { slow, inTime: 1 - slow, ms: detMs >= timeoutMs ? timeoutMs : detMs + spreadMs * (1 - slow), variance: spreadMs * spreadMs * (1 - slow) };
}

/** Some answers come by a longer way: they are late more often, and fail more often. */
function waitOnHumps(timeoutMs: number, wayMs: number, humps: Humps): Wait {
  const { longShare, longFail } = humps;
  const short = waitOnce(timeoutMs, humps.shortDetMs + wayMs, humps.shortSpreadMs);
  const long = waitOnce(timeoutMs, humps.longDetMs + wayMs, humps.longSpreadMs);
  const shortShare = 1 - longShare;
  const good = longShare * (1 - longFail);
  return {
    slow: shortShare * short.slow + longShare * long.slow, inTime: shortShare + good > 0 ? (shortShare * short.inTime + good * long.inTime) / (shortShare + good) : 0,
    ms: shortShare * short.ms + longShare * long.ms, variance: shortShare * short.variance + longShare * long.variance + shortShare * longShare * (long.ms - short.ms) * (long.ms - short.ms),
  };
}

/** An answer is an error by `fail`, and gets lost by `loss`; the share `refused` is turned away at once. */
function tryAgain(op: Op & CallOp, { slow, inTime, ms: once, variance }: Wait, fail: number, refused: number, loss: number): void {
  // What is refused is among the failures already, but nobody waits for it.
  const answered = refused >= 1 ? 0 : Math.min(1, (1 - fail) / (1 - refused));
  const failing = 1 - answered * (1 - refused) * inTime * (1 - loss);
  let attempts = 1;
  let all = failing;
  let pausedMs = 0;
  let pauseMs = op.backoffMs;
  for (let retry = 0; retry < op.retries && all > 0; retry++) {
    // Who finds the budget spent stays failed.
    const again = Math.min(all, 1 + op.budget - attempts);
    if (again <= 0) break;
    attempts += again;
    pausedMs += again * pauseMs;
    pauseMs *= 2;
    all -= again * (1 - failing);
    if (again < all) break;
  }
  op.attempts = attempts;
  op.fail = all;
  op.late = failing > 0 ? ((1 - refused) * (1 - (1 - slow) * (1 - loss))) / failing : 0;
  op.ms = pausedMs + attempts * (refused * REFUSED_MS + (1 - refused) * (once * (1 - loss) + op.timeoutMs * loss));
  op.variance = attempts * (op.way.variance + variance) + loss * (1 - loss) * op.timeoutMs * op.timeoutMs + refused * (1 - refused) * once * once;
}

/** Share of failures among those that are answered at all. */
function amongAnswered({ failShare, starvedShare }: ServiceRoute): number {
  return starvedShare === 0 ? failShare : starvedShare >= 1 ? 0 : Math.max(0, 1 - (1 - failShare) / (1 - starvedShare));
}

/** The chance of one or the other. */
function either(one: number, other: number): number {
  return other === 0 ? one : 1 - (1 - one) * (1 - other);
}

/** An open breaker answers itself. */
function stop(op: Op & CallOp): void {
  op.attempts = 0;
  op.fail = 1;
  op.late = 0;
  op.ms = 0;
  op.variance = 0;
}

function refuse(op: Op & CallOp): void {
  op.attempts = 1 + op.retries;
  op.fail = 1;
  op.late = 0;
  op.ms = REFUSED_MS * op.attempts;
  op.variance = 0;
}

/** Packets go out, and nothing comes back. */
function hearNothing(op: Op & CallOp): void {
  op.attempts = 1 + op.retries;
  op.fail = 1;
  op.late = 1;
  op.ms = op.timeoutMs * op.attempts;
  op.variance = 0;
}

/** P(detMs + Exp(spreadMs) > limitMs). */
export function survival(limitMs: number, detMs: number, spreadMs: number): number {
  if (limitMs <= detMs) return 1;
  if (spreadMs <= 0) return 0;
  const exponent = (detMs - limitMs) / spreadMs;
  return exponent < -30 ? 0 : exp(exponent);
}

/** Fills in what a query costs now: its work, slower on a busy or cold server, the way there, and the wait for its rows. */
export function priceQuery(op: Op & QueryOp): void {
  const { database, lock, workMs, way } = op;
  if (!database.up) {
    op.ms = REFUSED_MS;
    op.variance = 0;
    op.fail = 1;
    return;
  }
  const patienceMs = Math.min(database.lockTimeoutMs, database.statementTimeoutMs);
  const stuck = lock !== null && (lock.stuck || lock.waitMs >= patienceMs);
  const lockMs = stuck ? patienceMs : (lock?.waitMs ?? 0);
  const neededMs = workMs * database.stretch * database.factor * way.factor + database.diskMs + database.upkeepMs;
  const ownMs = Math.min(neededMs, database.statementTimeoutMs);
  op.ms = ownMs + lockMs + database.service.extraMs + way.ms;
  op.variance = database.scv * ownMs * ownMs + (stuck ? 0 : lockMs * lockMs) + way.variance;
  op.fail = stuck || neededMs > ownMs || refuses(op) ? 1 : either(either(database.service.loss, way.loss), way.errors);
}

/** A replica that is too far behind for who must read what was just written, or for who writes. */
function refuses({ database, freshMs, writes }: Op & QueryOp): boolean {
  return database.behindMs > freshMs || (writes && database.readOnly);
}

/** Fills in what a look-up in a cache costs now, and how often it is answered. */
export function priceCache(op: Op & CacheOp): void {
  const { cache, workMs, way } = op;
  const up = cache.exists && cache.pods.length > 0;
  // While the source is asked anew for what has ended, everybody who wants it misses too.
  const missing = op.expiry === null || op.expiry.coalesced ? 0 : Math.min(1, op.missMs / op.expiry.ttlMs);
  let warmth = 0;
  for (const pod of cache.pods) warmth += pod.warmth;
  op.nowHit = up ? ((Math.min(1, op.hit * cache.hitFactor) * (1 - missing) * warmth) / cache.pods.length) * (1 - either(either(cache.loss, way.loss), way.errors)) : 0;
  op.ms = up ? workMs + NETWORK_MS + cache.extraMs + way.ms : REFUSED_MS;
  // Where one asks for all, those who come meanwhile wait for half of the answer's time in the mean.
  if (op.expiry?.coalesced === true) op.ms += (op.nowHit * Math.min(1, op.missMs / op.expiry.ttlMs) * op.missMs) / 2;
  op.variance = WORK_VARIANCE * workMs * workMs + way.variance;
  op.fail = way.denied;
}
