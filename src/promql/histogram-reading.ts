import { exp2, log2 } from './exact-functions.ts';
import { bucketsOf, isCustom, type Bucket, type NativeHistogram } from './native-histogram.ts';

/** What is to be remarked on a quantile or fraction of observations that were no numbers. */
export type NanRemark = 'result' | 'skew' | 'fraction' | null;

/** The value that `share` of a histogram's observations stay below. Source: HistogramQuantile of promql/quantile.go. */
export function histogramQuantile(share: number, histogram: NativeHistogram): { readonly value: number; readonly remark: NanRemark } {
  if (share < 0) return { value: -Infinity, remark: null };
  if (share > 1) return { value: Infinity, remark: null };
  if (histogram.count === 0 || Number.isNaN(share)) return { value: Number.NaN, remark: null };
  const hasNan = Number.isNaN(histogram.sum);
  const upwards = hasNan || share < 0.5;
  const buckets = upwards ? bucketsOf(histogram) : bucketsOf(histogram).toReversed();
  const wanted = (upwards ? share : 1 - share) * histogram.count;
  let count = 0;
  let at = 0;
  let bucket: Bucket = { lower: 0, upper: 0, count: 0 };
  for (; at < buckets.length; at++) {
    bucket = buckets[at] as Bucket;
    count += bucket.count;
    if (count >= wanted) break;
  }
  const edge = atEdge(histogram, bucket);
  if (typeof edge === 'number') return { value: edge, remark: null };
  count = Math.min(count, histogram.count);
  if (count < wanted) return hasNan ? { value: Number.NaN, remark: 'result' } : { value: edge.upper, remark: null };
  const rank = upwards ? wanted - (count - bucket.count) : count - wanted;
  let all = count;
  for (const { count: more } of buckets.slice(at + 1)) all += more;
  const remark = hasNan && all < histogram.count ? 'skew' : null;
  const fraction = rank / bucket.count;
  if (isCustom(histogram) || (edge.lower <= 0 && edge.upper >= 0)) return { value: edge.lower + (edge.upper - edge.lower) * fraction, remark };
  const lower = log2(Math.abs(edge.lower));
  const upper = log2(Math.abs(edge.upper));
  return { value: edge.lower > 0 ? exp2(lower + (upper - lower) * fraction) : -exp2(upper + (lower - upper) * (1 - fraction)), remark };
}

/** The bucket with what is known of its bounds, or the value itself where there is nothing to interpolate. */
function atEdge(histogram: NativeHistogram, bucket: Bucket): Bucket | number {
  if (isCustom(histogram)) {
    if (bucket.lower === -Infinity) return bucket.upper <= 0 ? bucket.upper : { ...bucket, lower: 0 };
    return bucket.upper === Infinity ? bucket.lower : bucket;
  }
  return bucket.lower < 0 && bucket.upper > 0 ? oneSided(histogram, bucket) : bucket;
}

/** A zero bucket reaches only to zero where nothing is on its other side. */
function oneSided({ positive, negative }: NativeHistogram, bucket: Bucket): Bucket {
  if (negative.size === 0 && positive.size > 0) return { ...bucket, lower: 0 };
  return positive.size === 0 && negative.size > 0 ? { ...bucket, upper: 0 } : bucket;
}

/** The share of a histogram's observations between two values. Source: HistogramFraction of promql/quantile.go. */
export function histogramFraction(lower: number, upper: number, histogram: NativeHistogram): { readonly value: number; readonly remark: NanRemark } {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return { value: Number.NaN, remark: null };
  if (lower >= upper) return { value: 0, remark: null };
  const buckets = bucketsOf(histogram);
  let counted = histogram.count;
  let remark: NanRemark = null;
  if (Number.isNaN(histogram.sum)) {
    counted = 0;
    for (const { count } of buckets) counted += count;
    if (counted < histogram.count) remark = 'fraction';
  }
  const below = (value: number): number => Math.min(counted, rankOf(value, buckets, histogram, counted));
  return { value: (below(upper) - below(lower)) / histogram.count, remark };
}

/** How many observations lie below a value. */
function rankOf(value: number, buckets: readonly Bucket[], histogram: NativeHistogram, all: number): number {
  let rank = 0;
  for (const own of buckets) {
    const aroundZero = own.lower <= 0 && own.upper >= 0;
    const bucket = aroundZero ? oneSided(histogram, own) : own;
    if (bucket.lower >= value) return rank;
    if (bucket.upper > value) {
      const linear = isCustom(histogram) || aroundZero;
      return linear && bucket.lower === -Infinity ? bucket.count : rank + bucket.count * fractionBelow(bucket, value, linear);
    }
    rank += bucket.count;
  }
  return all;
}

/** The share of a bucket below a value within it; along a logarithmic scale unless `linear`. */
export function fractionBelow({ lower, upper }: Bucket, value: number, linear: boolean): number {
  if (linear) return (value - lower) / (upper - lower);
  const low = log2(Math.abs(lower));
  const high = log2(Math.abs(upper));
  const at = log2(Math.abs(value));
  return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
}

/** The variance of a histogram's observations, each taken for the middle of its bucket. */
export function histogramVariance(histogram: NativeHistogram): number {
  const mean = histogram.sum / histogram.count;
  let variance = 0;
  for (const { lower, upper, count } of bucketsOf(histogram)) {
    const middle = isCustom(histogram) ? (upper + lower) / 2 : lower <= 0 && upper >= 0 ? 0 : Math.sqrt(upper * lower) * (upper < 0 ? -1 : 1);
    variance += count * (middle - mean) * (middle - mean);
  }
  return variance / histogram.count;
}
