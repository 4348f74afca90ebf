import { Labels } from '../promql/labels.ts';
import type { Matcher } from '../promql/matcher.ts';
import type { InstantMs, Series, SeriesStore } from '../promql/series.ts';
import type { LabelSet } from './page.ts';

/** Samples older than this are forgotten. */
const KEPT_MS = 2 * 3_600_000;
/** So many more than that may stand at the beginning of a series before it is cut. */
const SLACK = 240;

interface Kept {
  readonly labels: Labels;
  times: InstantMs[];
  values: (number | null)[];
  /** The scrape in which it was last written. */
  seenIn: number;
}

/** Series of two hours. What was there at one scrape and not at the next gets a stale marker, as Prometheus does it. */
export class SampleStore implements SeriesStore {
  readonly #series = new Map<string, Kept>();
  readonly #byName = new Map<string, Kept[]>();
  #scrape = 0;
  #atMs: InstantMs = 0;

  /** How many series there are. */
  get size(): number {
    return this.#series.size;
  }

  /** Begins a scrape of everything at that time (Unix ms). */
  begin(atMs: InstantMs): void {
    this.#scrape++;
    this.#atMs = atMs;
  }

  /** One sample of this scrape; of two with the same labels the first counts. */
  add(name: string, labels: LabelSet, target: LabelSet, value: number): void {
    let key = name;
    for (const one in labels) key += `\u0000${one}\u0000${labels[one] as string}`;
    key += '\u0001';
    for (const one in target) key += `\u0000${one}\u0000${target[one] as string}`;
    let kept = this.#series.get(key);
    if (kept === undefined) {
      kept = { labels: joined(name, labels, target), times: [], values: [], seenIn: 0 };
      this.#series.set(key, kept);
      const named = this.#byName.get(name);
      if (named === undefined) this.#byName.set(name, [kept]);
      else named.push(kept);
    }
    if (kept.seenIn === this.#scrape) return;
    kept.seenIn = this.#scrape;
    kept.times.push(this.#atMs);
    kept.values.push(value);
  }

  /** Ends a scrape: marks what is gone, forgets what is old. */
  end(): void {
    const oldest = this.#atMs - KEPT_MS;
    for (const [key, kept] of this.#series) {
      if (kept.seenIn === this.#scrape - 1) {
        kept.times.push(this.#atMs);
        kept.values.push(null);
      }
      if ((kept.times.at(-1) as number) < oldest) {
        this.#series.delete(key);
        const name = kept.labels.get('__name__');
        const rest = (this.#byName.get(name) ?? []).filter((one) => one !== kept);
        if (rest.length === 0) this.#byName.delete(name);
        else this.#byName.set(name, rest);
      } else if (kept.times.length > SLACK && (kept.times[SLACK] as number) < oldest) {
        kept.times = kept.times.slice(SLACK);
        kept.values = kept.values.slice(SLACK);
      }
    }
  }

  select(matchers: readonly Matcher[], fromMs: InstantMs, toMs: InstantMs): readonly Series[] {
    const name = matchers.find((one) => one.name === '__name__' && one.op === '=');
    const candidates = name === undefined ? this.#series.values() : (this.#byName.get(name.value) ?? []);
    const found: Series[] = [];
    for (const { labels, times, values } of candidates) {
      if ((times.at(-1) ?? -Infinity) < fromMs || (times[0] ?? Infinity) > toMs) continue;
      if (matchers.every((one) => one.meets(labels.get(one.name)))) found.push({ labels, times, values });
    }
    return found;
  }

  /** Every series with all that is kept of it. */
  *all(): Generator<Series> {
    yield* this.#series.values();
  }
}

/** A target's own labels win; what a page says under the same name is kept as `exported_…`. */
function joined(name: string, labels: LabelSet, target: LabelSet): Labels {
  const own = Object.entries(labels).map(([label, value]) => [Object.hasOwn(target, label) ? `exported_${label}` : label, value] as const);
  return Labels.of([['__name__', name], ...own, ...Object.entries(target)]);
}
