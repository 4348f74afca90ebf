import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/promql/labels.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';
import { instantQuery, rangeQuery } from '../../src/promql/query.ts';
import type { Series, SeriesStore, Value } from '../../src/promql/series.ts';

const QUERIES = [
  'up', 'rate(up[1m])', 'sum(up) by (a)', 'up - up offset 1m', 'max_over_time(up[2m:30s])', 'count_values("v", up)', 'up > 2 or vector(7)',
  'topk(1, up)', 'quantile(0.5, up)', 'absent(up)', 'time() - timestamp(up)', 'stddev(up) / scalar(avg(up))', 'up * on(a) group_left up', 'irate(up[1m]) @ 100', 'changes(up[90s])',
];

test('a range answers at each step what an instant there does', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null), fc.constant(Number.NaN));
  fc.assert(fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 }), fc.constantFrom(...QUERIES), (columns, query) => {
    const store = storeOf(columns);
    const whole = outcome(() => rangeQuery(query, store, { fromMs: 0, toMs: 300_000, stepMs: 20_000 }));
    const parts = outcome(() => Array.from({ length: 16 }, (_, at) => ({ atMs: at * 20_000, answered: instantQuery(query, store, at * 20_000) })));
    if ('failed' in whole || 'failed' in parts) {
      expect('failed' in whole).toBe('failed' in parts);
      return;
    }
    const points = whole.value.answer.type === 'matrix' ? whole.value.answer.series.flatMap(({ labels, times, values }) => times.map((atMs, at) => `${atMs} ${labels.text} ${textOf(values[at] as Value)}`)) : [];
    const instants = parts.value.flatMap(({ atMs, answered: { answer } }) => (answer.type === 'vector' ? answer.samples.map(({ labels, value: one }) => `${atMs} ${labels.text} ${textOf(one)}`) : []));
    expect(points.toSorted(byText)).toEqual(instants.toSorted(byText));
  }), { numRuns: 300 });
});

function textOf(value: Value): string {
  return typeof value === 'number' ? String(value) : 'a histogram';
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}

function outcome<T>(ask: () => T): { readonly value: T } | { readonly failed: string } {
  try {
    return { value: ask() };
  } catch (error) {
    if (error instanceof PromqlError) return { failed: error.message };
    throw error;
  }
}

function storeOf(columns: readonly (readonly (number | null)[])[]): SeriesStore {
  const series: Series[] = columns.map((values, at) => ({ labels: Labels.of([['__name__', 'up'], ['a', String(at)]]), times: values.map((_, nth) => nth * 15_000), values }));
  return { select: () => series };
}
