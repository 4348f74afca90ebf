import type { CallExpr, Expr, SelectorExpr } from '../ast.ts';
import { withoutParens } from '../ast.ts';
import type { Evaluation } from '../evaluation.ts';
import { histogramVariance } from '../histogram-reading.ts';
import { byText, compareLabels, Labels, METRIC_NAME } from '../labels.ts';
import type { NativeHistogram } from '../native-histogram.ts';
import { PromqlError } from '../promql-error.ts';
import { isHistogram, type InstantMs, type Sample } from '../series.ts';
import { ascending } from '../summation.ts';
import { CLOCK_FUNCTIONS } from './clock-functions.ts';
import { histogramFractions, histogramQuantiles } from './histogram-functions.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { withInfo } from './info.ts';
import { FLOAT_FUNCTIONS } from './float-functions.ts';

/** A function over instant vectors. */
export function callVector(evaluation: Evaluation, expr: CallExpr, atMs: InstantMs): readonly Sample[] {
  const { name, args } = expr;
  const float = FLOAT_FUNCTIONS.get(name);
  if (float !== undefined) return eachFloat(evaluation.vector(args[0] as Expr, atMs), float);
  const clock = CLOCK_FUNCTIONS.get(name);
  if (clock !== undefined) {
    if (args.length === 0) return [{ labels: Labels.none, value: clock(Math.floor(atMs / 1000)), dropName: false }];
    return eachFloat(evaluation.vector(args[0] as Expr, atMs), clock);
  }
  const histogram = HISTOGRAM_FUNCTIONS.get(name);
  if (histogram !== undefined) return eachHistogram(evaluation.vector(args[0] as Expr, atMs), histogram);
  const own = OTHERS.get(name);
  if (own === undefined) throw new PromqlError(`unknown function with name ${JSON.stringify(name)}`);
  return own(evaluation, expr, atMs);
}

function eachFloat(samples: readonly Sample[], change: (value: number) => number): Sample[] {
  const results: Sample[] = [];
  for (const { labels, value } of samples) {
    if (!isHistogram(value)) results.push({ labels, value: change(value), dropName: true });
  }
  return results;
}

function eachHistogram(samples: readonly Sample[], read: (histogram: NativeHistogram) => number): Sample[] {
  const results: Sample[] = [];
  for (const { labels, value } of samples) {
    if (isHistogram(value)) results.push({ labels, value: read(value), dropName: true });
  }
  return results;
}

const HISTOGRAM_FUNCTIONS: ReadonlyMap<string, (histogram: NativeHistogram) => number> = new Map([
  ['histogram_count', ({ count }: NativeHistogram) => count],
  ['histogram_sum', ({ sum }: NativeHistogram) => sum],
  ['histogram_avg', ({ sum, count }: NativeHistogram) => sum / count],
  ['histogram_stddev', (histogram: NativeHistogram) => Math.sqrt(histogramVariance(histogram))],
  ['histogram_stdvar', histogramVariance],
]);

type VectorFunction = (evaluation: Evaluation, expr: CallExpr, atMs: InstantMs) => readonly Sample[];

const OTHERS: ReadonlyMap<string, VectorFunction> = new Map<string, VectorFunction>([
  ['vector', (evaluation, { args }, atMs) => [{ labels: Labels.none, value: evaluation.scalar(args[0] as Expr, atMs), dropName: false }]],
  ['absent', (evaluation, { args }, atMs) => (evaluation.vector(args[0] as Expr, atMs).length > 0 ? [] : [{ labels: labelsOfAbsent(args[0] as Expr), value: 1, dropName: false }])],
  ['clamp', (evaluation, { args: [of, least, most] }, atMs) => clamp(evaluation.vector(of as Expr, atMs), evaluation.scalar(least as Expr, atMs), evaluation.scalar(most as Expr, atMs))],
  ['clamp_min', (evaluation, { args: [of, least] }, atMs) => clamp(evaluation.vector(of as Expr, atMs), evaluation.scalar(least as Expr, atMs), Infinity)],
  ['clamp_max', (evaluation, { args: [of, most] }, atMs) => clamp(evaluation.vector(of as Expr, atMs), -Infinity, evaluation.scalar(most as Expr, atMs))],
  ['round', (evaluation, { args: [of, nearest] }, atMs) => {
    const inverse = 1 / (nearest === undefined ? 1 : evaluation.scalar(nearest, atMs));
    return eachFloat(evaluation.vector(of as Expr, atMs), (value) => Math.floor(value * inverse + 0.5) / inverse);
  }],
  ['sort', (evaluation, expr, atMs) => byValue(evaluation, expr, atMs, 1)],
  ['sort_desc', (evaluation, expr, atMs) => byValue(evaluation, expr, atMs, -1)],
  ['sort_by_label', (evaluation, expr, atMs) => byLabel(evaluation, expr, atMs, 1)],
  ['sort_by_label_desc', (evaluation, expr, atMs) => byLabel(evaluation, expr, atMs, -1)],
  ['timestamp', timestamps],
  ['start_timestamp', startTimestamps],
  ['label_replace', labelReplace],
  ['label_join', labelJoin],
  ['histogram_quantile', histogramQuantiles],
  ['histogram_quantiles', histogramQuantiles],
  ['histogram_fraction', histogramFractions],
  ['info', withInfo],
]);

function clamp(samples: readonly Sample[], least: number, most: number): readonly Sample[] {
  if (most < least) return [];
  return eachFloat(samples, (value) => Math.max(least, Math.min(most, value)));
}

/** NaN comes last either way. */
function byValue(evaluation: Evaluation, expr: CallExpr, atMs: InstantMs, sign: 1 | -1): readonly Sample[] {
  warnOfRange(evaluation, expr);
  const floats = evaluation.vector(expr.args[0] as Expr, atMs).filter(({ value }) => !isHistogram(value));
  return floats.toSorted(({ value: one }, { value: other }) => (Number.isNaN(one) || Number.isNaN(other) ? -ascending(one as number, other as number) : sign * ((one as number) - (other as number))));
}

function byLabel(evaluation: Evaluation, expr: CallExpr, atMs: InstantMs, sign: 1 | -1): readonly Sample[] {
  warnOfRange(evaluation, expr);
  const [of, ...names] = expr.args as [Expr, ...Expr[]];
  const labels = names.map((name) => evaluation.text(name));
  return evaluation.vector(of, atMs).toSorted((one, other) => {
    for (const name of labels) {
      const order = naturalOrder(one.labels.get(name), other.labels.get(name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(one.labels, other.labels);
  });
}

function warnOfRange({ notes, setting }: Evaluation, expr: CallExpr): void {
  if (setting.fromMs !== setting.toMs) notes.warn('sort is ineffective for range queries since results are always ordered by labels', expr);
}

/** Digits by their number, everything else by text: `node2` before `node10`. */
function naturalOrder(one: string, other: string): number {
  const left = one.match(/\d+|\D+/g) ?? [];
  const right = other.match(/\d+|\D+/g) ?? [];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [a, b] = [left[at] as string, right[at] as string];
    const order = /^\d/.test(a) && /^\d/.test(b) ? Number(a) - Number(b) || byText(a, b) : byText(a, b);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function timestamps(evaluation: Evaluation, { args: [of] }: CallExpr, atMs: InstantMs): readonly Sample[] {
  const inner = withoutParens(of as Expr);
  if (inner.kind === 'selector') return evaluation.selected(inner, atMs).map(({ sample, takenMs }) => ({ labels: sample.labels, value: takenMs / 1000, dropName: true }));
  return evaluation.vector(inner, atMs).map(({ labels }) => ({ labels, value: atMs / 1000, dropName: true }));
}

function startTimestamps(evaluation: Evaluation, { args: [of] }: CallExpr, atMs: InstantMs): readonly Sample[] {
  const inner = withoutParens(of as Expr);
  if (inner.kind !== 'selector') return [];
  return evaluation.selected(inner, atMs).map(({ sample, startMs }) => ({ labels: sample.labels, value: startMs / 1000, dropName: true }));
}

/** What is known of a series that is not there: the labels that its selector asks for by `=`, each once. */
export function labelsOfAbsent(of: Expr): Labels {
  const inner = withoutParens(of);
  const selector: SelectorExpr | null = inner.kind === 'selector' ? inner : inner.kind === 'matrix' ? inner.selector : null;
  let labels = Labels.none;
  const seen = new Set<string>();
  for (const { name, op, value } of selector?.matchers ?? []) {
    if (name === METRIC_NAME) continue;
    const known = op === '=' && !seen.has(name);
    labels = labels.with(name, known ? value : '');
    if (known) seen.add(name);
  }
  return labels;
}
