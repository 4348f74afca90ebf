import type { Duration } from './ast.ts';
import { power } from './exact-functions.ts';
import { PromqlError } from './promql-error.ts';
import type { InstantMs } from './series.ts';

/** The times that a query is about; `stepMs` is 0 for a single instant. */
export interface QueryClock {
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  readonly stepMs: number;
}

/** Milliseconds of a duration. Throws where it is none, or not above zero although it has to be. */
export function durationMs(duration: Duration, clock: QueryClock, mayBeNegative: boolean): number {
  const seconds = secondsOf(duration, clock);
  const where = `${duration.from}:${duration.to}`;
  if (!Number.isFinite(seconds)) throw new PromqlError(`${where}: duration is NaN or infinite`);
  if (seconds <= 0 && !mayBeNegative) throw new PromqlError(`${where}: duration must be greater than 0`);
  if (Math.abs(seconds) > 9.2e9) throw new PromqlError(`${where}: duration is out of range`);
  return Math.round(seconds * 1000);
}

function secondsOf(duration: Duration, clock: QueryClock): number {
  switch (duration.kind) {
    case 'seconds': return duration.value;
    case 'step': return clock.stepMs / 1000;
    case 'range': return (clock.toMs - clock.fromMs) / 1000;
    case 'negative': return -secondsOf(duration.of, clock);
    case 'sum': {
      const left = secondsOf(duration.left, clock);
      const right = secondsOf(duration.right, clock);
      switch (duration.op) {
        case '+': return left + right;
        case '-': return left - right;
        case '*': return left * right;
        case '^': return power(left, right);
        case 'min_of': return Math.min(left, right);
        case 'max_of': return Math.max(left, right);
        case '/':
        case '%':
          if (right === 0) throw new PromqlError(`${duration.from}:${duration.to}: ${duration.op === '/' ? 'division' : 'modulo'} by zero`);
          return duration.op === '/' ? left / right : left % right;
      }
    }
  }
}
