import { Annotations } from './annotations.ts';
import { Evaluation } from './evaluation.ts';
import { withoutParens, type Expr } from './ast.ts';
import { compareLabels, type Labels } from './labels.ts';
import { parse } from './parse.ts';
import { named } from './named.ts';
import { PromqlError } from './promql-error.ts';
import type { InstantMs, Points, SeriesStore, Value } from './series.ts';
import { typeOf } from './type-check.ts';

/** How queries are to be understood where they do not say it themselves. */
export interface QueryOptions {
  /** For so long before the time of the question a sample still counts. */
  readonly lookbackMs?: number;
  /** The step of subqueries that name none. */
  readonly subqueryStepMs?: number;
}

/** What a query answers. Series are ordered by their labels, but for an instant vector that was sorted. */
export type Answer =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly { readonly labels: Labels; readonly value: Value }[] }
  | { readonly type: 'matrix'; readonly series: readonly Points[] };

export interface Answered {
  readonly answer: Answer;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Prometheus' own defaults. */
const LOOKBACK_MS = 300_000;
const SUBQUERY_STEP_MS = 60_000;

/** What a query answers at one time. Throws a `PromqlError`. */
export function instantQuery(text: string, store: SeriesStore, atMs: InstantMs, options: QueryOptions = {}): Answered {
  const expr = parse(text);
  const { evaluation, answered } = begin(text, expr, store, { fromMs: atMs, toMs: atMs, stepMs: 0 }, options);
  switch (typeOf(expr)) {
    case 'scalar': return answered({ type: 'scalar', value: evaluation.scalar(expr, atMs) });
    case 'string': return answered({ type: 'string', value: evaluation.text(expr) });
    case 'range vector': return answered({ type: 'matrix', series: evaluation.rangeVector(expr, atMs).toSorted((one, other) => compareLabels(one.labels, other.labels)) });
    case 'instant vector': {
      const samples = named(evaluation.vector(expr, atMs));
      const sorted = SORTING.has(nameOf(expr)) ? samples : samples.toSorted((one, other) => compareLabels(one.labels, other.labels));
      return answered({ type: 'vector', samples: sorted });
    }
  }
}

/** What a query answers at every step from one time to another, both included. Throws a `PromqlError`. */
export function rangeQuery(text: string, store: SeriesStore, range: { readonly fromMs: InstantMs; readonly toMs: InstantMs; readonly stepMs: number }, options: QueryOptions = {}): Answered {
  const expr = parse(text);
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'instant vector') throw new PromqlError(`invalid expression type "${type}" for range query, must be Scalar or instant Vector`, true);
  const { evaluation, answered } = begin(text, expr, store, range, options);
  const series = new Map<string, Points>();
  for (let atMs = range.fromMs; atMs <= range.toMs; atMs += range.stepMs) {
    for (const { labels, value } of evaluation.at(expr, atMs)) {
      let points = series.get(labels.key);
      if (points === undefined) {
        points = { labels, times: [], values: [] };
        series.set(labels.key, points);
      }
      points.times.push(atMs);
      points.values.push(value);
    }
  }
  return answered({ type: 'matrix', series: [...series.values()].toSorted((one, other) => compareLabels(one.labels, other.labels)) });
}

function begin(text: string, expr: Expr, store: SeriesStore, range: { readonly fromMs: InstantMs; readonly toMs: InstantMs; readonly stepMs: number }, options: QueryOptions): { readonly evaluation: Evaluation; readonly answered: (answer: Answer) => Answered } {
  const annotations = new Annotations();
  const evaluation = new Evaluation({ expr, store, ...range, lookbackMs: options.lookbackMs ?? LOOKBACK_MS, subqueryStepMs: options.subqueryStepMs ?? SUBQUERY_STEP_MS, annotations });
  return { evaluation, answered: (answer) => ({ answer, warnings: annotations.texts('warning', text), infos: annotations.texts('info', text) }) };
}

/** Whose order is the answer's order. */
const SORTING: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc', 'topk', 'bottomk']);

function nameOf(expr: Expr): string {
  const inner = withoutParens(expr);
  return inner.kind === 'call' ? inner.name : inner.kind === 'aggregate' ? inner.op : '';
}
