import type { BreakerFlow, CallOp, Op } from './graph.ts';

/** Each half-open breaker lets so many calls through in a second, to see whether all is well again. */
const TRIALS = 5;

/** Moves the breakers of `pods` pods on by what came of the calls in the last tick; whether they let none through in this one. */
export function isOpen(breaker: BreakerFlow, pods: number, tickMs: number): boolean {
  switch (breaker.state) {
    case 'closed':
      // No call, no failure: who was not asked cannot have failed.
      if (breaker.wantedPerS === 0 || breaker.failed < breaker.failures) return false;
      return open(breaker);
    case 'open':
      breaker.leftMs -= tickMs;
      if (breaker.leftMs > 0) return true;
      breaker.state = 'half-open';
      breaker.through = Math.min(1, (TRIALS * pods) / Math.max(1e-9, breaker.wantedPerS));
      return false;
    case 'half-open':
      if (breaker.failed >= breaker.failures) return open(breaker);
      breaker.state = 'closed';
      breaker.through = 1;
      return false;
  }
}

/** Share of the calls that a breaker lets through now. */
export function letThrough(breaker: BreakerFlow | null): number {
  return breaker === null ? 1 : breaker.through;
}

/** Makes of what calls cost that are let through what all of them cost: the others fail at once. */
export function mixWithStopped(op: Op & CallOp, breaker: BreakerFlow): void {
  breaker.failed = op.fail;
  const { through } = breaker;
  if (through === 1) return;
  op.late *= (op.fail * through) / (1 - through * (1 - op.fail));
  op.fail = 1 - through * (1 - op.fail);
  op.variance = through * (op.variance + (1 - through) * op.ms * op.ms);
  op.ms *= through;
}

function open(breaker: BreakerFlow): true {
  breaker.state = 'open';
  breaker.leftMs = breaker.openMs;
  breaker.through = 0;
  return true;
}
