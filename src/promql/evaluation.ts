import type { Annotations } from './annotations.ts';
import { aggregate } from './aggregation.ts';
import { withoutParens, type Expr, type MatrixExpr, type SelectorExpr, type SubqueryExpr } from './ast.ts';
import { binary, scalarBinary } from './binary.ts';
import { durationMs, type QueryClock } from './durations.ts';
import { callRange, isRangeFunction } from './functions/range-functions.ts';
import { callVector } from './functions/vector-functions.ts';
import { multiply } from './histogram-arithmetic.ts';
import { Labels } from './labels.ts';
import { named } from './named.ts';
import { PromqlError } from './promql-error.ts';
import { selections } from './selection.ts';
import { isHistogram, type InstantMs, type Points, type Sample, type Series, type SeriesStore, type Window } from './series.ts';
import { smoothedAt } from './smoothed.ts';
import { typeOf } from './type-check.ts';
import { extendedPoints, windowOf } from './window.ts';

/** More samples than this are not looked at for one query. */
const MOST_SAMPLES = 20_000_000;

/** A step of a subquery costs as much as so many samples, whatever it finds. */
const STEP_COST = 8;

export interface EvaluationSetting extends QueryClock {
  readonly expr: Expr;
  readonly store: SeriesStore;
  readonly lookbackMs: number;
  readonly subqueryStepMs: number;
  readonly annotations: Annotations;
}

/** One query being answered, step by step. Every step is evaluated on its own, so that a range is its instants. */
export class Evaluation {
  readonly setting: EvaluationSetting;
  readonly notes: Annotations;
  readonly #selected: ReadonlyMap<SelectorExpr, readonly Series[]>;
  /** Of subqueries, what their inner expression answered at a time. */
  readonly #inner = new Map<SubqueryExpr, Map<InstantMs, readonly Sample[]>>();
  #samples = 0;

  constructor(setting: EvaluationSetting) {
    this.setting = setting;
    this.notes = setting.annotations;
    this.#selected = selections(setting);
  }

  /** A scalar or vector at one time, with the names that are left in the end. */
  at(expr: Expr, atMs: InstantMs): readonly Sample[] {
    if (typeOf(expr) === 'scalar') return [{ labels: Labels.none, value: this.scalar(expr, atMs), dropName: false }];
    return named(this.vector(expr, atMs));
  }

  scalar(expr: Expr, atMs: InstantMs): number {
    switch (expr.kind) {
      case 'number': return expr.value;
      case 'paren': return this.scalar(expr.expr, atMs);
      case 'unary': return expr.op === '-' ? -this.scalar(expr.expr, atMs) : this.scalar(expr.expr, atMs);
      case 'binary': return scalarBinary(expr.op, this.scalar(expr.left, atMs), this.scalar(expr.right, atMs));
      case 'call': return this.#scalarCall(expr.name, expr.args, atMs);
      case 'string':
      case 'selector':
      case 'matrix':
      case 'subquery':
      case 'aggregate': throw new PromqlError(`expected a scalar, got ${typeOf(expr)}`);
    }
  }

  text(expr: Expr): string {
    const inner = withoutParens(expr);
    if (inner.kind !== 'string') throw new PromqlError(`expected a string, got ${typeOf(expr)}`);
    return inner.value;
  }

  vector(expr: Expr, atMs: InstantMs): readonly Sample[] {
    switch (expr.kind) {
      case 'paren': return this.vector(expr.expr, atMs);
      case 'selector': return this.selected(expr, atMs).map(({ sample }) => sample);
      case 'unary': return expr.op === '+' ? this.vector(expr.expr, atMs) : this.vector(expr.expr, atMs).map(negative);
      case 'aggregate': return aggregate(this, expr, atMs);
      case 'binary': return binary(this, expr, atMs);
      case 'call': return isRangeFunction(expr.name) ? callRange(this, expr, atMs) : callVector(this, expr, atMs);
      case 'number':
      case 'string':
      case 'matrix':
      case 'subquery': throw new PromqlError(`expected an instant vector, got ${typeOf(expr)}`);
    }
  }

  /** The newest samples of a selector, each with the time at which it was taken. */
  selected(expr: SelectorExpr, atMs: InstantMs): { readonly sample: Sample; readonly takenMs: InstantMs; readonly startMs: InstantMs }[] {
    const lookAtMs = this.momentOf(expr, atMs);
    const found: { sample: Sample; takenMs: InstantMs; startMs: InstantMs }[] = [];
    for (const series of this.#selected.get(expr) ?? []) {
      this.#count(1);
      if (expr.extended === 'smoothed') {
        const value = smoothedAt(series, lookAtMs, this.setting.lookbackMs, this.notes, expr);
        if (value !== null) found.push({ sample: { labels: series.labels, value, dropName: false }, takenMs: lookAtMs, startMs: 0 });
        continue;
      }
      const at = newest(series.times, lookAtMs);
      const takenMs = series.times[at];
      const value = series.values[at];
      if (takenMs === undefined || value === undefined || value === null || takenMs <= lookAtMs - this.setting.lookbackMs) continue;
      found.push({ sample: { labels: series.labels, value, dropName: false }, takenMs, startMs: series.starts?.[at] ?? 0 });
    }
    return found;
  }

  /** The time a selector or subquery looks at, for an evaluation at `atMs`. */
  momentOf({ at, offset }: SelectorExpr | SubqueryExpr, atMs: InstantMs): InstantMs {
    const base = at === 'start' ? this.setting.fromMs : at === 'end' ? this.setting.toMs : (at ?? atMs);
    return offset === null ? base : base - durationMs(offset, this.setting, true);
  }

  /** The samples of a range vector's every series, for functions over them. */
  windows(expr: Expr, atMs: InstantMs): { readonly windows: readonly Window[]; readonly fromMs: InstantMs; readonly toMs: InstantMs } {
    const range = withoutParens(expr);
    if (range.kind === 'subquery') return this.#subquery(range, atMs);
    if (range.kind !== 'matrix') throw new PromqlError(`expected a range vector, got ${typeOf(expr)}`);
    const { selector } = range;
    const toMs = this.momentOf(selector, atMs);
    const fromMs = toMs - durationMs(range.range, this.setting, false);
    const before = selector.extended === null ? 0 : this.setting.lookbackMs;
    const after = selector.extended === 'smoothed' ? this.setting.lookbackMs : 0;
    const windows: Window[] = [];
    for (const series of this.#selected.get(selector) ?? []) {
      const window = windowOf(series, fromMs - before, toMs + after);
      this.#count(window.times.length + window.histogramTimes.length + 1);
      if (window.times.length + window.histogramTimes.length > 0) windows.push(window);
    }
    return { windows, fromMs, toMs };
  }

  /** A range vector as an answer of its own. */
  rangeVector(expr: Expr, atMs: InstantMs): Points[] {
    const { windows, fromMs, toMs } = this.windows(expr, atMs);
    const range = withoutParens(expr) as MatrixExpr | SubqueryExpr;
    const extended = range.kind === 'matrix' ? range.selector.extended : null;
    return windows.map((window) => extendedPoints(window, extended, fromMs, toMs)).filter(({ times }) => times.length > 0);
  }

  #subquery(expr: SubqueryExpr, atMs: InstantMs): { readonly windows: readonly Window[]; readonly fromMs: InstantMs; readonly toMs: InstantMs } {
    const toMs = this.momentOf(expr, atMs);
    const fromMs = toMs - durationMs(expr.range, this.setting, false);
    const stepMs = expr.step === null ? this.setting.subqueryStepMs : durationMs(expr.step, this.setting, false);
    const windows = new Map<string, Window>();
    // Steps are aligned with the epoch, whatever the query's own times are.
    for (let stepAtMs = (Math.floor(fromMs / stepMs) + 1) * stepMs; stepAtMs <= toMs; stepAtMs += stepMs) {
      for (const { labels, value, dropName } of this.#innerAt(expr, stepAtMs)) {
        const key = dropName ? `\u0001${labels.key}` : labels.key;
        let window = windows.get(key);
        if (window === undefined) {
          window = { labels, dropName, times: [], floats: [], starts: [], histogramTimes: [], histograms: [], histogramStarts: [] };
          windows.set(key, window);
        }
        if (!isHistogram(value)) {
          window.times.push(stepAtMs);
          window.floats.push(value);
        } else {
          window.histogramTimes.push(stepAtMs);
          window.histograms.push(value.hint === 'gauge' ? value : { ...value, hint: 'unknown' });
        }
      }
    }
    return { windows: [...windows.values()], fromMs, toMs };
  }

  #innerAt(expr: SubqueryExpr, atMs: InstantMs): readonly Sample[] {
    let known = this.#inner.get(expr);
    if (known === undefined) {
      known = new Map();
      this.#inner.set(expr, known);
    }
    let samples = known.get(atMs);
    if (samples === undefined) {
      samples = this.vector(expr.expr, atMs);
      known.set(atMs, samples);
    }
    this.#count(samples.length + STEP_COST);
    return samples;
  }

  #scalarCall(name: string, args: readonly Expr[], atMs: InstantMs): number {
    const { fromMs, toMs, stepMs } = this.setting;
    switch (name) {
      case 'time': return atMs / 1000;
      case 'pi': return Math.PI;
      case 'start': return fromMs / 1000;
      case 'end': return toMs / 1000;
      case 'step': return stepMs / 1000;
      case 'range': return (toMs - fromMs) / 1000;
      case 'min_of': return Math.min(this.scalar(args[0] as Expr, atMs), this.scalar(args[1] as Expr, atMs));
      case 'max_of': return Math.max(this.scalar(args[0] as Expr, atMs), this.scalar(args[1] as Expr, atMs));
      case 'scalar': {
        const floats = this.vector(args[0] as Expr, atMs).filter(({ value }) => !isHistogram(value));
        return floats.length === 1 ? ((floats[0] as Sample).value as number) : Number.NaN;
      }
      default: throw new PromqlError(`unknown function with name ${JSON.stringify(name)}`);
    }
  }

  #count(samples: number): void {
    this.#samples += samples;
    if (this.#samples > MOST_SAMPLES) throw new PromqlError('query processing would load too many samples into memory in query execution');
  }
}

function negative({ labels, value }: Sample): Sample {
  return { labels, value: isHistogram(value) ? multiply(value, -1) : -value, dropName: true };
}

/** The place of the last time that is not after `atMs`, -1 where there is none. */
function newest(times: readonly InstantMs[], atMs: InstantMs): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
