import type { SimMs } from '../time/sim-time.ts';

const BARS = '▁▂▃▄▅▆▇█';

/** One sign per value, from 0 to `most`; a space where there is none. */
export function spark(values: readonly (number | null)[], most: number): string {
  const bar = (value: number): string => BARS[Math.max(0, Math.min(7, Math.round((most > 0 ? value / most : 0) * 7)))] ?? '';
  return values.map((value) => (value === null ? ' ' : bar(value))).join('');
}

export interface Sampled {
  readonly atMs: SimMs;
  readonly value: number | null;
}

/** The mean of each of `count` equal slices from `fromMs` to `toMs`; null where a slice holds no sample. */
export function slices(samples: readonly Sampled[], fromMs: SimMs, toMs: SimMs, count: number): readonly (number | null)[] {
  const sums = Array.from({ length: count }, () => 0);
  const counts = Array.from({ length: count }, () => 0);
  for (const { atMs, value } of samples) {
    if (value === null || atMs < fromMs || atMs >= toMs) continue;
    const at = Math.min(count - 1, Math.floor(((atMs - fromMs) * count) / (toMs - fromMs)));
    sums[at] = (sums[at] ?? 0) + value;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return sums.map((sum, at) => (counts[at] ? sum / counts[at] : null));
}
