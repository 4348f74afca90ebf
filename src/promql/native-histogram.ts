import { power } from './exact-functions.ts';

/** The schema of histograms whose bounds are written out. */
export const CUSTOM_BUCKETS = -53;

/** Whether a counter was reset before a histogram, as far as the one who wrote it knew; `gauge` where it is no counter. */
export type ResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** Counts by the index of their bucket, lowest first; none of them is 0. */
export type BucketCounts = ReadonlyMap<number, number>;

/** A histogram as one sample's value. Immutable. Source of the model: model/histogram/float_histogram.go of Prometheus. */
export interface NativeHistogram {
  /** Each bucket is 2^(2^-schema) as wide as the one below, or {@link CUSTOM_BUCKETS}. */
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: BucketCounts;
  readonly negative: BucketCounts;
  /** Upper bounds of the custom buckets but for the last, which ends at infinity; else empty. */
  readonly bounds: readonly number[];
  readonly hint: ResetHint;
}

export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

const NO_BUCKETS: BucketCounts = new Map();

export const EMPTY_HISTOGRAM: NativeHistogram = {
  schema: 0, zeroThreshold: 0, zeroCount: 0, count: 0, sum: 0, positive: NO_BUCKETS, negative: NO_BUCKETS, bounds: [], hint: 'unknown',
};

export function isCustom({ schema }: NativeHistogram): boolean {
  return schema === CUSTOM_BUCKETS;
}

/** Counts in order of their index, those of 0 left out. */
export function bucketCounts(counts: Iterable<readonly [number, number]>): BucketCounts {
  const kept = [...counts].filter(([, count]) => count !== 0);
  return new Map(kept.toSorted(([one], [other]) => one - other));
}

/** All buckets with anything in them, from the lowest value to the highest. */
export function bucketsOf(histogram: NativeHistogram): Bucket[] {
  const { zeroThreshold, zeroCount } = histogram;
  const buckets = negativeBuckets(histogram).toReversed().map((bucket) => ({ ...bucket, upper: bucket.upper < 0 && bucket.upper > -zeroThreshold ? -zeroThreshold : bucket.upper }));
  if (zeroCount > 0 && !isCustom(histogram)) buckets.push({ lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount });
  for (const bucket of positiveBuckets(histogram)) {
    buckets.push({ ...bucket, lower: bucket.lower > 0 && bucket.lower < zeroThreshold ? zeroThreshold : bucket.lower });
  }
  return buckets;
}

/** The buckets above zero, lowest first. */
export function positiveBuckets(histogram: NativeHistogram): Bucket[] {
  return [...histogram.positive].map(([index, count]) => ({ lower: lowerBound(histogram, index), upper: upperBound(histogram, index), count }));
}

/** The buckets below zero, that next to zero first. */
export function negativeBuckets(histogram: NativeHistogram): Bucket[] {
  return [...histogram.negative].map(([index, count]) => ({ lower: -upperBound(histogram, index), upper: -lowerBound(histogram, index), count }));
}

export function upperBound({ schema, bounds }: NativeHistogram, index: number): number {
  if (schema === CUSTOM_BUCKETS) return bounds[index] ?? Infinity;
  return exponentialBound(schema, index);
}

function lowerBound(histogram: NativeHistogram, index: number): number {
  if (isCustom(histogram)) return index <= 0 ? -Infinity : (histogram.bounds[index - 1] ?? Infinity);
  return exponentialBound(histogram.schema, index - 1);
}

/** 2^(index · 2^-schema). The last finite bucket ends at the largest number there is. */
function exponentialBound(schema: number, index: number): number {
  if (schema <= 0) {
    const exponent = index * power(2, -schema);
    return exponent === 1024 ? Number.MAX_VALUE : power(2, exponent);
  }
  const perDoubling = power(2, schema);
  const whole = Math.floor(index / perDoubling);
  const rest = index - whole * perDoubling;
  if (rest === 0 && whole === 1024) return Number.MAX_VALUE;
  let bound = 1;
  let root = 2;
  for (let bit = perDoubling / 2; bit >= 1; bit /= 2) {
    root = Math.sqrt(root);
    if (Math.floor(rest / bit) % 2 === 1) bound *= root;
  }
  return bound * power(2, whole);
}

/** Whether two histograms say the same, their hints aside. */
export function sameHistogram(one: NativeHistogram, other: NativeHistogram): boolean {
  return one.schema === other.schema && sameNumber(one.count, other.count) && sameNumber(one.sum, other.sum)
    && one.zeroThreshold === other.zeroThreshold && sameNumber(one.zeroCount, other.zeroCount)
    && sameBounds(one.bounds, other.bounds) && sameCounts(one.positive, other.positive) && sameCounts(one.negative, other.negative);
}

export function sameBounds(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((bound, at) => bound === other[at]);
}

function sameCounts(one: BucketCounts, other: BucketCounts): boolean {
  return one.size === other.size && [...one].every(([index, count]) => other.get(index) === count);
}

function sameNumber(one: number, other: number): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}

/** As Prometheus prints it: `{count:3, sum:5, (0.5,1]:1, (1,2]:2}`. */
export function histogramText(histogram: NativeHistogram): string {
  const { zeroThreshold } = histogram;
  const parts = [`count:${histogram.count}`, `sum:${histogram.sum}`];
  for (const { lower, upper, count } of negativeBuckets(histogram).toReversed()) parts.push(`[${lower},${upper}):${count}`);
  if (histogram.zeroCount !== 0) parts.push(`[${-zeroThreshold},${zeroThreshold}]:${histogram.zeroCount}`);
  positiveBuckets(histogram).forEach(({ lower, upper, count }) => {
    parts.push(`${lower === -Infinity ? '[-Inf' : `(${lower}`},${upper === Infinity ? '+Inf' : upper}]:${count}`);
  });
  return `{${parts.join(', ')}}`;
}
