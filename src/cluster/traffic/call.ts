import { exp } from '../../time/exact-math.ts';
import type { Op } from './program.ts';

/** A refused or unresolved connection is known to fail this soon. */
export const REFUSED_MS = 3;

/** Fills in a call to something that takes `detMs` plus an exponential `spreadMs`, fails by `fail` and loses `loss` on the way. */
export function attempt(op: Op, detMs: number, spreadMs: number, fail: number, loss: number): void {
  const slow = survival(op.timeoutMs, detMs, spreadMs);
  const late = 1 - (1 - slow) * (1 - loss);
  const once = detMs >= op.timeoutMs ? op.timeoutMs : detMs + spreadMs * (1 - slow);
  const onceMs = once * (1 - loss) + op.timeoutMs * loss;
  const failing = 1 - (1 - fail) * (1 - late);
  let attempts = 1;
  let all = failing;
  for (let retry = 0; retry < op.retries; retry++) {
    attempts += all;
    all *= failing;
  }
  op.attempts = attempts;
  op.fail = all;
  op.ms = attempts * onceMs;
  op.variance = attempts * spreadMs * spreadMs * (1 - slow) + loss * (1 - loss) * op.timeoutMs * op.timeoutMs;
}

export function refuse(op: Op): void {
  op.attempts = 1 + op.retries;
  op.fail = 1;
  op.ms = REFUSED_MS * op.attempts;
  op.variance = 0;
}

/** P(detMs + Exp(spreadMs) > limitMs). */
export function survival(limitMs: number, detMs: number, spreadMs: number): number {
  if (limitMs <= detMs) return 1;
  return spreadMs <= 0 ? 0 : exp((detMs - limitMs) / spreadMs);
}
