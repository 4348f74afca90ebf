import { fractionBelow } from './histogram-reading.ts';
import { bucketCounts, isCustom, negativeBuckets, positiveBuckets, type Bucket, type BucketCounts, type NativeHistogram } from './native-histogram.ts';

/** What is kept of a bucket: how many observations, and around which value. */
interface Kept {
  readonly count: number;
  readonly middle: number;
}

/** Only the observations below (`upper`) or above a value, estimated within buckets. Source: TrimBuckets of float_histogram.go. */
export function trimmed(histogram: NativeHistogram, at: number, upper: boolean): NativeHistogram {
  const linear = isCustom(histogram);
  let count = 0;
  let sum = 0;
  let changed = false;
  const side = (counts: BucketCounts, buckets: readonly Bucket[], positive: boolean): BucketCounts => bucketCounts([...counts.keys()].map((index, nth) => {
    const bucket = buckets[nth] as Bucket;
    const kept = keptOf(bucket, at, upper, positive, linear);
    count += kept.count;
    sum += kept.middle * kept.count;
    if (kept.count !== bucket.count) changed = true;
    return [index, kept.count] as const;
  }));
  const positive = side(histogram.positive, positiveBuckets(histogram), true);
  const negative = side(histogram.negative, negativeBuckets(histogram), false);
  let { zeroCount } = histogram;
  if (zeroCount > 0) {
    const kept = keptOfZero(histogram, at, upper);
    if (kept.count !== zeroCount) changed = true;
    zeroCount = kept.count;
    count += kept.count;
    sum += kept.middle * kept.count;
  }
  return changed ? { ...histogram, positive, negative, zeroCount, count, sum } : histogram;
}

function keptOf(bucket: Bucket, at: number, upper: boolean, positive: boolean, linear: boolean): Kept {
  const whole = upper ? bucket.upper <= at : bucket.lower >= at;
  if (whole) return { count: bucket.count, middle: middleOf(bucket.lower, bucket.upper, positive, linear) };
  const cut = upper ? bucket.lower < at : bucket.upper > at;
  if (!cut) return { count: 0, middle: 0 };
  if (bucket.lower === -Infinity || bucket.upper === Infinity) return keptOfEndless(bucket, at, upper);
  const below = at <= bucket.lower ? 0 : at >= bucket.upper ? bucket.count : bucket.count * fractionBelow(bucket, at, linear);
  return upper
    ? { count: below, middle: middleOf(bucket.lower, at, positive, linear) }
    : { count: bucket.count - below, middle: middleOf(at, bucket.upper, positive, linear) };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/** Buckets without end are taken to begin at zero where that is within them. */
function keptOfEndless({ lower, upper: end, count }: Bucket, at: number, upper: boolean): Kept {
  if (lower === -Infinity) {
    if (upper) {
      if (at >= end) return { count, middle: 0 };
      if (at > 0 && end > 0 && end !== Infinity) return { count: (count * at) / end, middle: at / 2 };
      return end <= 0 ? { count, middle: at } : { count: 0, middle: finite(end) };
    }
    if (at <= lower) return { count, middle: 0 };
    if (at >= 0 && end > at && end !== Infinity) return { count: count * (1 - at / end), middle: (at + end) / 2 };
    return { count: 0, middle: finite(end) };
  }
  if (upper) return { count: 0, middle: finite(lower) };
  return at >= lower ? { count, middle: at } : { count: 0, middle: finite(lower) };
}

function keptOfZero({ zeroThreshold, zeroCount, positive, negative }: NativeHistogram, at: number, upper: boolean): Kept {
  const low = positive.size > 0 && negative.size === 0 ? 0 : -zeroThreshold;
  const high = negative.size > 0 && positive.size === 0 ? 0 : zeroThreshold;
  const whole = { count: zeroCount, middle: (low + high) / 2 };
  if (at <= low) return upper ? { count: 0, middle: 0 } : whole;
  if (at >= high) return upper ? whole : { count: 0, middle: 0 };
  return upper
    ? { count: (zeroCount * (at - low)) / (high - low), middle: (low + at) / 2 }
    : { count: (zeroCount * (high - at)) / (high - low), middle: (at + high) / 2 };
}

function middleOf(lower: number, upper: number, positive: boolean, linear: boolean): number {
  if (!Number.isFinite(lower)) return Number.isFinite(upper) ? (upper > 0 ? upper / 2 : upper) : 0;
  if (!Number.isFinite(upper)) return lower;
  if (linear) return (lower + upper) / 2;
  const middle = Math.sqrt(Math.abs(lower * upper));
  return positive ? middle : -middle;
}
