/** How many observations were at most `upper`. */
export interface ClassicBucket {
  readonly upper: number;
  readonly count: number;
}

/** How far counts had to be raised so that they grow with their bounds; null where they did. */
export type Correction = { readonly lowest: number; readonly highest: number; readonly most: number } | null;

/** The value that `share` of all observations stay below. Source: BucketQuantile of promql/quantile.go. */
export function bucketQuantile(share: number, own: readonly ClassicBucket[]): { readonly value: number; readonly corrected: Correction } {
  if (Number.isNaN(share)) return { value: Number.NaN, corrected: null };
  if (share < 0 || share > 1) return { value: share < 0 ? -Infinity : Infinity, corrected: null };
  const ordered = coalesced(own);
  if (ordered.at(-1)?.upper !== Infinity) return { value: Number.NaN, corrected: null };
  const { buckets, corrected } = grown(ordered);
  const observations = buckets.at(-1)?.count as number;
  if (buckets.length < 2 || observations === 0) return { value: Number.NaN, corrected };
  const rank = share * observations;
  const found = buckets.findIndex(({ count }) => count >= rank);
  const at = found === -1 ? buckets.length - 1 : found;
  if (at === buckets.length - 1) return { value: (buckets.at(-2) as ClassicBucket).upper, corrected };
  const bucket = buckets[at] as ClassicBucket;
  if (at === 0 && bucket.upper <= 0) return { value: bucket.upper, corrected };
  const before = at === 0 ? { upper: 0, count: 0 } : (buckets[at - 1] as ClassicBucket);
  return { value: before.upper + (bucket.upper - before.upper) * ((rank - before.count) / (bucket.count - before.count)), corrected };
}

/** The share of observations between two values. Source: BucketFraction of promql/quantile.go. */
export function bucketFraction(lower: number, upper: number, own: readonly ClassicBucket[]): number {
  const buckets = coalesced(own);
  const all = buckets.at(-1);
  if (all?.upper !== Infinity || all.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets, all.count) - rankOf(lower, buckets, all.count)) / all.count;
}

function rankOf(value: number, buckets: readonly ClassicBucket[], all: number): number {
  let rank = 0;
  let from = (buckets[0] as ClassicBucket).upper <= 0 ? -Infinity : 0;
  for (const { upper, count } of buckets) {
    if (from >= value) return rank;
    if (upper > value) return Math.min(all, from === -Infinity ? count : rank + ((count - rank) * (value - from)) / (upper - from));
    rank = count;
    from = upper;
  }
  return all;
}

/** Ordered by bound, counts of the same bound put together. */
function coalesced(own: readonly ClassicBucket[]): ClassicBucket[] {
  const buckets: ClassicBucket[] = [];
  for (const bucket of own.toSorted((one, other) => (one.upper < other.upper ? -1 : one.upper > other.upper ? 1 : 0))) {
    const last = buckets.at(-1);
    if (last?.upper === bucket.upper) buckets[buckets.length - 1] = { upper: last.upper, count: last.count + bucket.count };
    else buckets.push(bucket);
  }
  return buckets;
}

/** Differences as small as this come from calculating. */
const TOLERANCE = 1e-12;

function grown(buckets: readonly ClassicBucket[]): { readonly buckets: ClassicBucket[]; readonly corrected: Correction } {
  let before = (buckets[0] as ClassicBucket).count;
  let corrected: { lowest: number; highest: number; most: number } | null = null;
  const results = buckets.map(({ upper, count }) => {
    if (Math.abs(count - before) <= TOLERANCE * (Math.abs(count) + Math.abs(before))) return { upper, count: before };
    if (count < before) {
      corrected = { lowest: Math.min(corrected?.lowest ?? Infinity, upper), highest: Math.max(corrected?.highest ?? -Infinity, upper), most: Math.max(corrected?.most ?? 0, before - count) };
      return { upper, count: before };
    }
    before = count;
    return { upper, count };
  });
  return { buckets: results, corrected };
}
