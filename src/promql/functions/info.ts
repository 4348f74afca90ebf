import type { CallExpr } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import { PromqlError } from '../promql-error.ts';
import type { InstantMs, Sample } from '../series.ts';

/** `info(v, …)` joins labels of other series by rules that are still being tried; it is refused here. */
export function withInfo(_evaluation: Evaluation, _expr: CallExpr, _atMs: InstantMs): readonly Sample[] {
  throw new PromqlError('the experimental function "info" is not supported');
}
