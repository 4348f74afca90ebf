import type { Annotations } from './annotations.ts';
import type { AggregateExpr } from './ast.ts';
import type { Group } from './group.ts';
import { signed } from './literals.ts';
import { PromqlError } from './promql-error.ts';
import { isHistogram, type Sample } from './series.ts';
import { ascending } from './summation.ts';
import { hashShare } from './label-hash.ts';

/** Beyond these no number of elements can be. */
const MOST = 9_223_372_036_854_775_808;

/** Some elements of each group, as they are: the greatest, the least, the first, or a share by the hash of their labels. */
export function choose(notes: Annotations, expr: AggregateExpr, op: 'topk' | 'bottomk' | 'limitk' | 'limit_ratio', param: number, groups: readonly Group[], all: number): readonly Sample[] {
  if (op === 'limit_ratio') return byRatio(notes, expr, param, groups);
  if (param < 1) return [];
  if (Number.isNaN(param)) throw new PromqlError('Parameter value is NaN');
  if (param >= MOST) throw new PromqlError(`Scalar value ${signed(param)} overflows int64`);
  const most = Math.min(Math.trunc(param), all);
  return groups.flatMap(({ samples }) => {
    if (op === 'limitk') return samples.slice(0, most);
    const floats = samples.filter(({ value }) => !isHistogram(value));
    if (floats.length < samples.length) notes.inform(`ignored histogram in ${op} aggregation`, expr);
    const order = op === 'topk' ? (one: number, other: number) => -ascending(one, other) : leastFirst;
    return floats.toSorted((one, other) => order(one.value as number, other.value as number)).slice(0, most);
  });
}

/** Least first, NaN last. */
function leastFirst(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return -ascending(one, other);
  return one - other;
}

function byRatio(notes: Annotations, expr: AggregateExpr, param: number, groups: readonly Group[]): readonly Sample[] {
  if (param === 0) return [];
  if (Number.isNaN(param)) throw new PromqlError('Ratio value is NaN');
  const ratio = Math.max(-1, Math.min(1, param));
  if (ratio !== param) notes.warn(`ratio value should be between -1 and 1, got ${signed(param)}, capping to ${ratio}`, expr.param ?? expr);
  return groups.flatMap(({ samples }) => samples.filter(({ labels }) => {
    const share = hashShare(labels);
    return ratio >= 0 ? share < ratio : share >= 1 + ratio;
  }));
}
