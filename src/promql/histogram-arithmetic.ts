import {
  bucketCounts, CUSTOM_BUCKETS, isCustom, negativeBuckets, positiveBuckets, sameBounds, upperBound,
  type BucketCounts, type NativeHistogram, type ResetHint,
} from './native-histogram.ts';

/** Two histograms put together, or null where one has custom buckets and the other has not. */
export interface Combined {
  readonly histogram: NativeHistogram;
  /** Whether one of them says that its counter was reset and the other that it was not. */
  readonly collision: boolean;
  /** Whether their custom bounds differed, so that only those of both were kept. */
  readonly reconciled: boolean;
}

/** The sum of two histograms, in the coarser of their resolutions. */
export function add(one: NativeHistogram, other: NativeHistogram): Combined | null {
  return combine(one, other, 1);
}

/** What the first holds more than the other. */
export function subtract(one: NativeHistogram, other: NativeHistogram): Combined | null {
  return combine(one, other, -1);
}

export function multiply(histogram: NativeHistogram, by: number): NativeHistogram {
  return mapped(histogram, (count) => count * by, by < 0);
}

export function divide(histogram: NativeHistogram, by: number): NativeHistogram {
  const divided = mapped(histogram, (count) => count / by, by < 0);
  return by === 0 ? { ...divided, positive: new Map(), negative: new Map() } : divided;
}

function mapped(histogram: NativeHistogram, change: (count: number) => number, negative: boolean): NativeHistogram {
  const each = (counts: BucketCounts): BucketCounts => bucketCounts([...counts].map(([index, count]) => [index, change(count)] as const));
  return {
    ...histogram, zeroCount: change(histogram.zeroCount), count: change(histogram.count), sum: change(histogram.sum),
    positive: each(histogram.positive), negative: each(histogram.negative), hint: negative ? 'gauge' : histogram.hint,
  };
}

function combine(one: NativeHistogram, other: NativeHistogram, sign: 1 | -1): Combined | null {
  if (isCustom(one) !== isCustom(other)) return null;
  const { hint, collision } = hintOf(one.hint, other.hint);
  const totals = { hint, count: one.count + sign * other.count, sum: one.sum + sign * other.sum };
  if (isCustom(one)) {
    const reconciled = !sameBounds(one.bounds, other.bounds);
    const bounds = reconciled ? one.bounds.filter((bound) => other.bounds.includes(bound)) : one.bounds;
    const left = reconciled ? rebucketed(one, bounds) : one.positive;
    const right = reconciled ? rebucketed(other, bounds) : other.positive;
    return { histogram: { ...one, ...totals, bounds, positive: sumOf(left, right, sign) }, collision, reconciled };
  }
  const [left, right] = withOneZeroBucket(one, other);
  const schema = Math.min(left.schema, right.schema);
  const coarseLeft = toSchema(left, schema);
  const coarseRight = toSchema(right, schema);
  const histogram = {
    ...coarseLeft, ...totals, zeroCount: left.zeroCount + sign * right.zeroCount,
    positive: sumOf(coarseLeft.positive, coarseRight.positive, sign), negative: sumOf(coarseLeft.negative, coarseRight.negative, sign),
  };
  return { histogram, collision, reconciled: false };
}

function hintOf(one: ResetHint, other: ResetHint): { readonly hint: ResetHint; readonly collision: boolean } {
  if (one === other) return { hint: one, collision: false };
  if (one === 'gauge' || other === 'gauge') return { hint: 'gauge', collision: false };
  return { hint: 'unknown', collision: one !== 'unknown' && other !== 'unknown' };
}

function sumOf(one: BucketCounts, other: BucketCounts, sign: 1 | -1): BucketCounts {
  const sums = new Map(one);
  for (const [index, count] of other) sums.set(index, (sums.get(index) ?? 0) + sign * count);
  return bucketCounts(sums);
}

/** Counts by the buckets of fewer bounds: each goes where its upper bound is reached. */
function rebucketed(histogram: NativeHistogram, bounds: readonly number[]): BucketCounts {
  const counts = new Map<number, number>();
  for (const [index, count] of histogram.positive) {
    const upper = upperBound(histogram, index);
    const at = bounds.findIndex((bound) => bound >= upper);
    const target = at === -1 ? bounds.length : at;
    counts.set(target, (counts.get(target) ?? 0) + count);
  }
  return bucketCounts(counts);
}

/** The same histogram in a coarser (lower) schema. */
export function toSchema(histogram: NativeHistogram, schema: number): NativeHistogram {
  if (schema === histogram.schema || isCustom(histogram)) return histogram;
  const merged = (counts: BucketCounts): BucketCounts => {
    const sums = new Map<number, number>();
    for (const [index, count] of counts) {
      const target = Math.ceil(index / doublings(histogram.schema - schema));
      sums.set(target, (sums.get(target) ?? 0) + count);
    }
    return bucketCounts(sums);
  };
  return { ...histogram, schema, positive: merged(histogram.positive), negative: merged(histogram.negative) };
}

function doublings(times: number): number {
  let result = 1;
  for (let left = times; left > 0; left--) result *= 2;
  return result;
}

/** Both with the wider of their zero buckets, what lies in it moved there. */
function withOneZeroBucket(one: NativeHistogram, other: NativeHistogram): [NativeHistogram, NativeHistogram] {
  let left = one;
  let right = other;
  while (left.zeroThreshold !== right.zeroThreshold) {
    if (left.zeroThreshold > right.zeroThreshold) right = widened(right, left.zeroThreshold);
    else left = widened(left, right.zeroThreshold);
  }
  return [left, right];
}

/** With a wider zero bucket: at least to `threshold`, and further where a bucket would be cut. */
function widened(histogram: NativeHistogram, threshold: number): NativeHistogram {
  let reach = threshold;
  for (let grew = true; grew;) {
    grew = false;
    for (const { lower, upper } of [...positiveBuckets(histogram), ...negativeBuckets(histogram)]) {
      const [near, far] = lower >= 0 ? [lower, upper] : [-upper, -lower];
      if (near < reach && far > reach) {
        reach = far;
        grew = true;
      }
    }
  }
  let zeroCount = histogram.zeroCount;
  const outside = (counts: BucketCounts): BucketCounts => bucketCounts([...counts].filter(([index, count]) => {
    if (upperBound(histogram, index) > reach) return true;
    zeroCount += count;
    return false;
  }));
  const positive = outside(histogram.positive);
  const negative = outside(histogram.negative);
  return { ...histogram, positive, negative, zeroCount, zeroThreshold: reach };
}

/** Whether the counter behind a histogram was reset since the one before. Source: DetectReset of float_histogram.go. */
export function wasReset(histogram: NativeHistogram, before: NativeHistogram): boolean {
  if (histogram.hint === 'reset') return true;
  if (histogram.hint === 'not_reset') return false;
  if (histogram.count < before.count) return true;
  if (isCustom(histogram) !== isCustom(before)) return isCustom(histogram) || histogram.schema > before.schema;
  if (histogram.schema === CUSTOM_BUCKETS) {
    const bounds = histogram.bounds.filter((bound) => before.bounds.includes(bound));
    return lost(rebucketed(histogram, bounds), rebucketed(before, bounds));
  }
  if (histogram.schema > before.schema || histogram.zeroThreshold < before.zeroThreshold) return true;
  const old = histogram.zeroThreshold === before.zeroThreshold ? before : widened(before, histogram.zeroThreshold);
  if (old.zeroThreshold !== histogram.zeroThreshold || histogram.zeroCount < old.zeroCount) return true;
  const coarse = toSchema(old, histogram.schema);
  return lost(histogram.positive, coarse.positive) || lost(histogram.negative, coarse.negative);
}

function lost(now: BucketCounts, before: BucketCounts): boolean {
  return [...before].some(([index, count]) => (now.get(index) ?? 0) < count);
}

/** Whether any of its numbers grew beyond what can be written. */
export function overflows({ zeroCount, count, sum, positive, negative }: NativeHistogram): boolean {
  const infinite = (value: number): boolean => value === Infinity || value === -Infinity;
  return infinite(zeroCount) || infinite(count) || infinite(sum) || [...positive.values()].some(infinite) || [...negative.values()].some(infinite);
}
