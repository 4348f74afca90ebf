import { withoutParens, type CallExpr, type Expr, type Place } from '../ast.ts';
import type { Annotations } from '../annotations.ts';
import { signed } from '../literals.ts';
import type { Evaluation } from '../evaluation.ts';
import { METRIC_NAME } from '../labels.ts';
import { PromqlError } from '../promql-error.ts';
import { SIGNATURES } from '../signatures.ts';
import { isHistogram, type InstantMs, type Sample, type Value, type Window } from '../series.ts';
import { changes, resets } from './change-functions.ts';
import { OVER_TIME } from './over-time.ts';
import { derivative, predicted, smoothedTwice } from './regression.ts';
import { extrapolated, instantly } from './rates.ts';
import { labelsOfAbsent } from './vector-functions.ts';

/** One window of a range vector as functions see it. */
export interface Frame {
  readonly window: Window;
  readonly metric: string;
  /** The range's ends: samples after `fromMs` up to `toMs`. */
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  /** The time of the evaluation. */
  readonly atMs: InstantMs;
  readonly extended: 'anchored' | 'smoothed' | null;
  /** The scalar arguments, in their order. */
  readonly params: readonly number[];
  readonly notes: Annotations;
  /** Where the range vector stands, for what is to be said about it. */
  readonly place: Place;
}

/** A function of the samples in a range; null where it has no result. */
export type RangeFunction = (frame: Frame) => Value | null;

const FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ['rate', (frame) => extrapolated(frame, true, true)],
  ['increase', (frame) => extrapolated(frame, true, false)],
  ['delta', (frame) => extrapolated(frame, false, false)],
  ['irate', (frame) => instantly(frame, true)],
  ['idelta', (frame) => instantly(frame, false)],
  ['changes', changes],
  ['resets', resets],
  ['deriv', derivative],
  ['predict_linear', predicted],
  ['double_exponential_smoothing', smoothedTwice],
  ...OVER_TIME,
]);

/** Functions that say which of a series' samples they mean keep its name. */
const KEEP_NAME: ReadonlySet<string> = new Set(['first_over_time', 'last_over_time']);

const ANCHORED_SAFE = ['changes', 'delta', 'increase', 'rate', 'resets'];
const SMOOTHED_SAFE = ['delta', 'increase', 'rate'];

export function isRangeFunction(name: string): boolean {
  return SIGNATURES.get(name)?.args.includes('range vector') === true;
}

/** A function over a range vector: one result for each series that has any. */
export function callRange(evaluation: Evaluation, expr: CallExpr, atMs: InstantMs): readonly Sample[] {
  const { name, args } = expr;
  const of = args[(SIGNATURES.get(name)?.args ?? []).indexOf('range vector')] as Expr;
  const params = args.filter((arg) => arg !== of).map((arg) => evaluation.scalar(arg, atMs));
  const inner = withoutParens(of);
  const extended = inner.kind === 'matrix' ? inner.selector.extended : null;
  refuseExtended(name, extended);
  const { windows, fromMs, toMs } = evaluation.windows(of, atMs);
  if (name === 'absent_over_time') return windows.length > 0 ? [] : [{ labels: labelsOfAbsent(of), value: 1, dropName: true }];
  const apply = FUNCTIONS.get(name);
  if (apply === undefined) throw new PromqlError(`unknown function with name ${JSON.stringify(name)}`);
  const { notes } = evaluation;
  const results: Sample[] = [];
  for (const window of windows) {
    const metric = window.labels.get(METRIC_NAME);
    const value = apply({ window, metric, fromMs, toMs, atMs, extended, params, notes, place: of });
    if (value === null) continue;
    if ((name === 'rate' || name === 'increase') && !isHistogram(value)) doubtCounter(notes, metric, of);
    results.push({ labels: window.labels, value, dropName: window.dropName || !KEEP_NAME.has(name) });
  }
  if (name === 'quantile_over_time') doubtQuantile(notes, params[0] as number, results.length, args[0] as Expr);
  return results;
}

function refuseExtended(name: string, extended: 'anchored' | 'smoothed' | null): void {
  if (extended === null) return;
  const safe = extended === 'anchored' ? ANCHORED_SAFE : SMOOTHED_SAFE;
  if (!safe.includes(name)) throw new PromqlError(`${extended} modifier can only be used with: ${safe.join(', ')} - not with ${name}`);
}

function doubtCounter(notes: Annotations, metric: string, place: Place): void {
  if (metric === '' || /_(?:total|sum|count|bucket)$/.test(metric)) return;
  notes.inform(`metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(metric)}`, place);
}

function doubtQuantile(notes: Annotations, share: number, results: number, place: Place): void {
  if (results > 0 && !(share >= 0 && share <= 1)) notes.warn(`quantile value should be between 0 and 1, got ${signed(share)}`, place);
}
