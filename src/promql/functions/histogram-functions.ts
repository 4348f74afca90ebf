import type { CallExpr, Expr } from '../ast.ts';
import type { Annotations } from '../annotations.ts';
import { forMetric } from '../annotations.ts';
import { bucketFraction, bucketQuantile, type ClassicBucket } from '../classic-buckets.ts';
import type { Evaluation } from '../evaluation.ts';
import { histogramFraction, histogramQuantile, type NanRemark } from '../histogram-reading.ts';
import { METRIC_NAME, type Labels } from '../labels.ts';
import { numberOf, signed } from '../literals.ts';
import type { NativeHistogram } from '../native-histogram.ts';
import { isHistogram, type InstantMs, type Sample } from '../series.ts';

/** `histogram_quantile(φ, v)`, and `histogram_quantiles(v, label, φ…)`, which tells them apart by a label. */
export function histogramQuantiles(evaluation: Evaluation, { name, args }: CallExpr, atMs: InstantMs): readonly Sample[] {
  const many = name === 'histogram_quantiles';
  const of = (many ? args[0] : args[1]) as Expr;
  const shares = many ? args.slice(2) : args.slice(0, 1);
  const label = many ? evaluation.text(args[1] as Expr) : null;
  const { notes } = evaluation;
  const wanted = shares.map((share) => {
    const value = evaluation.scalar(share, atMs);
    if (!(value >= 0 && value <= 1)) notes.warn(`quantile value should be between 0 and 1, got ${signed(value)}`, share);
    return value;
  });
  const { natives, classics } = histogramsOf(evaluation, of, atMs);
  const results: Sample[] = [];
  for (const share of wanted) {
    const labelled = (labels: Labels): Labels => (label === null ? labels : labels.with(label, openMetricsNumber(share)));
    for (const { labels, histogram } of natives) {
      const { value, remark } = histogramQuantile(share, histogram);
      remarkOn(notes, remark, labels, of);
      results.push({ labels: labelled(labels), value, dropName: true });
    }
    for (const { labels, buckets } of classics) {
      const { value, corrected } = bucketQuantile(share, buckets);
      if (corrected !== null) notes.corrected(labels.get(METRIC_NAME), of, atMs, corrected);
      results.push({ labels: labelled(labels), value, dropName: true });
    }
  }
  return results;
}

/** `histogram_fraction(lower, upper, v)`. */
export function histogramFractions(evaluation: Evaluation, { args: [from, to, of] }: CallExpr, atMs: InstantMs): readonly Sample[] {
  const lower = evaluation.scalar(from as Expr, atMs);
  const upper = evaluation.scalar(to as Expr, atMs);
  const { natives, classics } = histogramsOf(evaluation, of as Expr, atMs);
  const results: Sample[] = [];
  for (const { labels, histogram } of natives) {
    const { value, remark } = histogramFraction(lower, upper, histogram);
    remarkOn(evaluation.notes, remark, labels, of as Expr);
    results.push({ labels, value, dropName: true });
  }
  for (const { labels, buckets } of classics) results.push({ labels, value: bucketFraction(lower, upper, buckets), dropName: true });
  return results;
}

function remarkOn(notes: Annotations, remark: NanRemark, labels: Labels, of: Expr): void {
  if (remark === null) return;
  const about = {
    result: 'input to histogram_quantile has NaN observations, result is NaN',
    skew: 'input to histogram_quantile has NaN observations, result is skewed higher',
    fraction: 'input to histogram_fraction has NaN observations, which are excluded from all fractions',
  } satisfies Record<Exclude<NanRemark, null>, string>;
  notes.inform(`${about[remark]}${forMetric(labels.get(METRIC_NAME))}`, of);
}

/** A number as a label's value: always with a point or an exponent. */
function openMetricsNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : signed(value);
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? `${value}.0` : String(value);
}

interface Histograms {
  readonly natives: readonly { readonly labels: Labels; readonly histogram: NativeHistogram }[];
  readonly classics: readonly { readonly labels: Labels; readonly buckets: ClassicBucket[] }[];
}

/** The histograms of a vector: native ones, and those whose buckets are series apart. Where both mean the same, neither counts. */
function histogramsOf(evaluation: Evaluation, of: Expr, atMs: InstantMs): Histograms {
  const natives = new Map<string, { labels: Labels; histogram: NativeHistogram }>();
  const classics = new Map<string, { labels: Labels; buckets: ClassicBucket[] }>();
  for (const { labels, value } of evaluation.vector(of, atMs)) {
    if (isHistogram(value)) {
      natives.set(labels.key, { labels, histogram: value });
      continue;
    }
    const le = labels.get('le');
    const upper = le === '' ? null : numberOf(le);
    if (upper === null) {
      evaluation.notes.warn(`bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)}${forMetric(labels.get(METRIC_NAME))}`, of);
      continue;
    }
    const own = withoutBound(labels);
    const known = classics.get(own.key);
    if (known === undefined) classics.set(own.key, { labels: own, buckets: [{ upper, count: value }] });
    else known.buckets.push({ upper, count: value });
  }
  for (const [key, { labels }] of natives) {
    if (!classics.delete(key)) continue;
    natives.delete(key);
    evaluation.notes.warn(`vector contains a mix of classic and native histograms${forMetric(labels.get(METRIC_NAME))}`, of);
  }
  return { natives: [...natives.values()], classics: [...classics.values()] };
}

function withoutBound(labels: Labels): Labels {
  let own = boundless.get(labels);
  if (own === undefined) {
    own = labels.without(['le']);
    boundless.set(labels, own);
  }
  return own;
}

const boundless = new WeakMap<Labels, Labels>();
