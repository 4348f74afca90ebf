import type { CallExpr, Expr, SelectorExpr, SubqueryExpr } from '../ast.ts';
import { durationMs } from '../durations.ts';
import type { Evaluation } from '../evaluation.ts';
import { Labels, METRIC_NAME } from '../labels.ts';
import { matcher, type Matcher } from '../matcher.ts';
import { PromqlError } from '../promql-error.ts';
import type { InstantMs, Sample, Series } from '../series.ts';
import { firstAfter } from '../window.ts';

/** By these a series and what is told about it find each other. */
const IDENTIFYING = ['instance', 'job'];

/** `info(v, {…})` adds the labels of info series, `target_info` unless others are named. Source: promql/info.go of Prometheus. */
export function withInfo(evaluation: Evaluation, expr: CallExpr, atMs: InstantMs): readonly Sample[] {
  const [of, about] = expr.args as [Expr, SelectorExpr | undefined];
  const wanted = (about?.matchers ?? []).filter(({ name }) => name !== METRIC_NAME);
  const names = nameMatchers(about);
  const isInfo = (labels: Labels): boolean => names.every(({ meets }) => meets(labels.get(METRIC_NAME)));
  const told = infoSamples(evaluation, expr, [...names, ...wanted], atMs);
  const results: Sample[] = [];
  for (const sample of evaluation.vector(of, atMs)) {
    if (isInfo(sample.labels)) {
      results.push(sample);
      continue;
    }
    const infos = told.get(identityOf(sample.labels)) ?? [];
    if (infos.length === 0 && wanted.some(({ meets }) => !meets(''))) continue;
    results.push({ ...sample, labels: joined(sample.labels, infos, wanted) });
  }
  return results;
}

/** Names of series that tell; those that are only excluded leave all whose name ends in `_info`. */
function nameMatchers(about: SelectorExpr | undefined): readonly Matcher[] {
  const own = (about?.matchers ?? []).filter(({ name }) => name === METRIC_NAME);
  if (own.some(({ op }) => op === '=' || op === '=~')) return own;
  return own.length > 0 ? [matcher(METRIC_NAME, '=~', '.+_info') as Matcher, ...own] : [matcher(METRIC_NAME, '=', 'target_info') as Matcher];
}

/** What identifies a series; empty where nothing does, and nothing is told about it. */
function identityOf(labels: Labels): string {
  return labels.only(IDENTIFYING).key;
}

/** The labels of the newest info series of each name, by what they are about. */
function infoSamples(evaluation: Evaluation, expr: CallExpr, matchers: readonly Matcher[], atMs: InstantMs): Map<string, Labels[]> {
  const lookAtMs = momentOf(evaluation, expr.args[0] as Expr, atMs);
  const newest = new Map<string, { readonly labels: Labels; readonly takenMs: InstantMs }>();
  for (const { labels, times, values } of seriesOf(evaluation, expr, matchers)) {
    const at = firstAfter(times, lookAtMs) - 1;
    const takenMs = times[at];
    if (takenMs === undefined || values[at] === null || takenMs <= lookAtMs - evaluation.setting.lookbackMs || identityOf(labels) === '') continue;
    if (typeof values[at] !== 'number') throw new PromqlError('info sample should be float');
    const key = labels.only([METRIC_NAME, ...IDENTIFYING]).key;
    const known = newest.get(key);
    if (known?.takenMs === takenMs) throw new PromqlError(`found duplicate series for info metric: existing ${known.labels.text} @ ${known.takenMs}, new ${labels.text} @ ${takenMs}`);
    if (known === undefined || known.takenMs < takenMs) newest.set(key, { labels, takenMs });
  }
  const told = new Map<string, Labels[]>();
  for (const { labels } of newest.values()) told.set(identityOf(labels), [...(told.get(identityOf(labels)) ?? []), labels]);
  return told;
}

/** Asked of the store once for a whole query. */
function seriesOf({ setting }: Evaluation, expr: CallExpr, matchers: readonly Matcher[]): readonly Series[] {
  let known = asked.get(setting);
  if (known === undefined) {
    known = new Map();
    asked.set(setting, known);
  }
  const series = known.get(expr) ?? setting.store.select(matchers, -Infinity, Infinity);
  known.set(expr, series);
  return series;
}

const asked = new WeakMap<Evaluation['setting'], Map<CallExpr, readonly Series[]>>();

/** Info series are looked at when the first selector of what they are about is. */
function momentOf(evaluation: Evaluation, of: Expr, atMs: InstantMs): InstantMs {
  const path = pathToSelector(of, []);
  const selector = path?.at(-1);
  if (path === null || selector === undefined) return atMs;
  const fixed = path.toReversed().find(({ at }) => at !== null);
  const { fromMs, toMs } = evaluation.setting;
  const base = fixed === undefined ? atMs : fixed.at === 'start' ? fromMs : fixed.at === 'end' ? toMs : (fixed.at as InstantMs);
  const shifting = selector.at === null ? path.slice(fixed === undefined ? 0 : path.indexOf(fixed)) : [selector];
  return shifting.reduce((moment, { offset }) => (offset === null ? moment : moment - durationMs(offset, evaluation.setting, true)), base);
}

/** The first selector of an expression, behind the subqueries that it is in. */
function pathToSelector(expr: Expr, before: readonly (SelectorExpr | SubqueryExpr)[]): readonly (SelectorExpr | SubqueryExpr)[] | null {
  switch (expr.kind) {
    case 'number':
    case 'string': return null;
    case 'selector': return [...before, expr];
    case 'matrix': return [...before, expr.selector];
    case 'subquery': return pathToSelector(expr.expr, [...before, expr]);
    case 'paren':
    case 'unary':
    case 'aggregate': return pathToSelector(expr.expr, before);
    case 'binary': return pathToSelector(expr.left, before) ?? pathToSelector(expr.right, before);
    case 'call': return expr.args.map((arg) => pathToSelector(arg, before)).find((path) => path !== null) ?? null;
  }
}

/** Labels that a series has itself stay as they are. Where labels are asked for, only those come along. */
function joined(own: Labels, infos: readonly Labels[], wanted: readonly Matcher[]): Labels {
  const added = new Map<string, string>();
  for (const info of infos) {
    for (const [name, value] of info.entries()) {
      if (name === METRIC_NAME || (wanted.length > 0 && !wanted.some((one) => one.name === name))) continue;
      const before = added.get(name);
      if (before !== undefined && before !== value) throw new PromqlError(`conflicting label: ${name}`);
      if (own.get(name) === '') added.set(name, value);
    }
  }
  return Labels.of([...own.entries(), ...added]);
}
