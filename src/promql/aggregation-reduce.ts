import type { Annotations } from './annotations.ts';
import type { AggregateExpr, AggregateOp } from './ast.ts';
import type { Group } from './group.ts';
import { meanOfHistograms, sumOfHistograms } from './histogram-sum.ts';
import { METRIC_NAME } from './labels.ts';
import type { NativeHistogram } from './native-histogram.ts';
import { isHistogram, type Value } from './series.ts';
import { meanOf, quantileOf, sumOf, varianceOf } from './summation.ts';

type Reduction = Exclude<AggregateOp, 'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'count_values'>;

/** The one value of a group; null where it has none. */
export function reduce(notes: Annotations, expr: AggregateExpr, op: Reduction, param: number, { samples }: Group): Value | null {
  if (op === 'count') return samples.length;
  if (op === 'group') return 1;
  const floats: number[] = [];
  const histograms: NativeHistogram[] = [];
  for (const { value } of samples) {
    if (isHistogram(value)) histograms.push(value);
    else floats.push(value);
  }
  if (op === 'sum' || op === 'avg') {
    if (histograms.length === 0) return op === 'sum' ? sumOf(floats) : meanOf(floats);
    if (floats.length > 0) {
      notes.warn('encountered a mix of histograms and floats for aggregation', expr.expr);
      return null;
    }
    const metric = samples.find((sample) => isHistogram(sample.value))?.labels.get(METRIC_NAME) ?? '';
    return op === 'sum' ? sumOfHistograms(notes, histograms, metric, expr.expr) : meanOfHistograms(notes, histograms, metric, expr.expr);
  }
  if (histograms.length > 0) notes.inform(`ignored histogram in ${op} aggregation`, expr.expr);
  return floats.length === 0 ? null : OF_FLOATS[op](floats, param);
}

const OF_FLOATS: Readonly<Record<Exclude<Reduction, 'count' | 'group' | 'sum' | 'avg'>, (floats: readonly number[], param: number) => number>> = {
  max: (floats) => extreme(floats, (value, most) => value > most),
  min: (floats) => extreme(floats, (value, least) => value < least),
  stddev: (floats) => Math.sqrt(varianceOf(floats)),
  stdvar: (floats) => varianceOf(floats),
  quantile: (floats, share) => quantileOf(share, floats),
};

/** The first value that beats all others; NaN only where there is nothing else. */
export function extreme(values: readonly number[], beats: (value: number, best: number) => boolean): number {
  let best = values[0] as number;
  for (const value of values) {
    if (beats(value, best) || Number.isNaN(best)) best = value;
  }
  return best;
}
