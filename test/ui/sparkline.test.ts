import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantity } from '../../src/ui/quantity.ts';
import { chart, sparkline, standing, trend } from '../../src/ui/sparkline.ts';
import type { Span } from '../../src/ui/rows.ts';
import { aPanel } from '../support/a-screen.ts';

const drawn = (spans: readonly Span[]): string => spans.map(([, text]) => text).join('');

describe('a series in one row', () => {
  it('rises from left to right', () =>
    expect(drawn(sparkline(aPanel({ values: [0, 1, 2, 3, 4, 5, 6, 7, 8], baseline: null, limit: null }), 9))).toBe('▁▁▂▃▄▅▆▇█'));
  it('leaves a gap where nothing was measured', () =>
    expect(drawn(sparkline(aPanel({ values: [8, null, 8], baseline: null, limit: null }), 3))).toBe('█ █'));
  it('keeps the worst of many values', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i === 42 ? 9_000 : 500));
    expect(drawn(sparkline(aPanel({ values, limit: null }), 10))).toBe('▁▁▁▁█▁▁▁▁▁');
  });
});

describe('a series as a chart', () => {
  it('marks the normal value and the limit', () => {
    const rows = chart(aPanel({ values: [1_000], baseline: 500, limit: 2_000 }), 10, 4).map(drawn);
    expect(rows[0]).toContain('╌');
    expect(rows[2]).toContain('┈');
  });

  it('is always exactly as large as asked for, whatever was measured', () => {
    const value = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 130 }),
        fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (values, baseline, columns, height) => {
          const panel = aPanel({ values, baseline });
          const rows = chart(panel, columns, height).map(drawn);
          expect(rows.length).toBe(height);
          for (const row of [...rows, drawn(sparkline(panel, columns))]) expect(row.length).toBe(columns);
        },
      ),
    );
  });
});

describe('how a value stands', () => {
  it.each([
    [aPanel({ values: [7_200] }), 'bad'],
    [aPanel({ values: [900] }), 'warn'],
    [aPanel({ values: [500] }), 'good'],
    [aPanel({ values: [10], unit: '/s', baseline: 120, limit: null, worse: 'down' }), 'warn'],
    [aPanel({ values: [300], unit: '/s', baseline: 120, limit: null, worse: 'down' }), 'good'],
    [aPanel({ values: [null] }), 'good'],
  ])('%#: %s', (panel, stands) => expect(standing(panel, panel.values[0] ?? null)).toBe(stands));

  it('knows where it goes', () => {
    expect(trend(aPanel({ values: [5, 5, 5, 5, 5, 5, 50, 60, 70] }))).toBe('▲');
    expect(trend(aPanel({ values: [500, 500, 500, 20, 20, 20] }))).toBe('▼');
    expect(trend(aPanel({ values: [500, 510, 505, 500, 503, 507] }))).toBe('→');
  });

  it.each([
    [482, 'ms', '482 ms'],
    [7_200, 'ms', '7.2 s'],
    [90_000, 'ms', '1.5 min'],
    [0.2, '%', '0.2 %'],
    [12_400, '/s', '12.4k/s'],
    [1_200, '', '1200'],
    [1_536, 'MiB', '1.5 GiB'],
    [null, 'ms', '–'],
    [0, '', '0'],
    [100, '', '100'],
  ] as const)('%s %s reads %s', (value, unit, text) => expect(quantity(value, unit)).toBe(text));
});
