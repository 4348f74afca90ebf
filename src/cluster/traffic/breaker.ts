import type { BreakerFlow, CallOp, Op } from './graph.ts';

/** A half-open breaker lets this share of the calls through, to see whether all is well again. */
const TRIAL = 0.05;

/** Moves a breaker on by what came of the calls in the last tick; whether it lets none through in this one. */
export function isOpen(breaker: BreakerFlow, { fail, attempts }: Op & CallOp, tickMs: number): boolean {
  switch (breaker.state) {
    case 'closed':
      // No call, no failure: who was not asked cannot have failed.
      if (attempts === 0 || fail < breaker.failures) return false;
      return open(breaker);
    case 'open':
      breaker.leftMs -= tickMs;
      if (breaker.leftMs > 0) return true;
      breaker.state = 'half-open';
      return false;
    case 'half-open':
      if (fail >= breaker.failures) return open(breaker);
      breaker.state = 'closed';
      return false;
  }
}

/** Share of the calls that a breaker lets through now. */
export function letThrough(breaker: BreakerFlow | null): number {
  return breaker === null || breaker.state === 'closed' ? 1 : breaker.state === 'open' ? 0 : TRIAL;
}

function open(breaker: BreakerFlow): true {
  breaker.state = 'open';
  breaker.leftMs = breaker.openMs;
  return true;
}
