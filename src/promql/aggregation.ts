import type { AggregateExpr } from './ast.ts';
import { choose } from './aggregation-choice.ts';
import { reduce } from './aggregation-reduce.ts';
import type { Evaluation } from './evaluation.ts';
import { METRIC_NAME, type Labels } from './labels.ts';
import type { Group } from './group.ts';
import { quoted, signed } from './literals.ts';
import { histogramText } from './native-histogram.ts';
import { PromqlError } from './promql-error.ts';
import { isHistogram, type InstantMs, type Sample } from './series.ts';

/** One result for each group, or some elements of it. */
export function aggregate(evaluation: Evaluation, expr: AggregateExpr, atMs: InstantMs): readonly Sample[] {
  const { op } = expr;
  if (op === 'count_values') return countValues(evaluation, expr, atMs);
  const param = expr.param === null ? 0 : evaluation.scalar(expr.param, atMs);
  const samples = evaluation.vector(expr.expr, atMs);
  const groups = groupsOf(samples, expr);
  if (op === 'topk' || op === 'bottomk' || op === 'limitk' || op === 'limit_ratio') return choose(evaluation.notes, expr, op, param, groups, samples.length);
  const results: Sample[] = [];
  if (op === 'quantile' && !(param >= 0 && param <= 1)) evaluation.notes.warn(`quantile value should be between 0 and 1, got ${signed(param)}`, expr.param ?? expr);
  for (const group of groups) {
    const value = reduce(evaluation.notes, expr, op, param, group);
    if (value !== null) results.push({ labels: group.labels, value, dropName: group.samples.some(({ dropName }) => dropName) });
  }
  return results;
}

function groupsOf(samples: readonly Sample[], expr: AggregateExpr): Group[] {
  const groups = new Map<string, Group>();
  let known = groupLabels.get(expr);
  if (known === undefined) {
    known = new WeakMap();
    groupLabels.set(expr, known);
  }
  const names = expr.without ? [...expr.grouping, METRIC_NAME] : expr.grouping;
  for (const sample of samples) {
    let labels = known.get(sample.labels);
    if (labels === undefined) {
      labels = expr.without ? sample.labels.without(names) : sample.labels.only(names);
      known.set(sample.labels, labels);
    }
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, samples: [sample] });
    else group.samples.push(sample);
  }
  return [...groups.values()];
}

/** Which group labels belong to, worked out once for an expression. */
const groupLabels = new WeakMap<AggregateExpr, WeakMap<Labels, Labels>>();

function countValues(evaluation: Evaluation, expr: AggregateExpr, atMs: InstantMs): readonly Sample[] {
  const label = expr.param === null ? '' : evaluation.text(expr.param);
  if (label === '' || /[\uD800-\uDFFF]/u.test(label)) throw new PromqlError(`invalid label name ${quoted(label)}`);
  const counts = new Map<string, { labels: Labels; count: number }>();
  for (const { labels, value } of evaluation.vector(expr.expr, atMs)) {
    const text = isHistogram(value) ? histogramText(value) : signed(value);
    const own = labels.with(label, text);
    const group = expr.without ? own.without([...expr.grouping, METRIC_NAME]) : own.only([...expr.grouping, label]);
    const known = counts.get(group.key);
    if (known === undefined) counts.set(group.key, { labels: group, count: 1 });
    else known.count++;
  }
  return [...counts.values()].map(({ labels, count }) => ({ labels, value: count, dropName: false }));
}
