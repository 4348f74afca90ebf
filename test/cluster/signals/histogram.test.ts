import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../../src/cluster/signals/histogram.ts';

const latency = fc.double({ min: 0.6, max: 500_000, noNaN: true });

test('a quantile is within a bucket of the true one', () => {
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (latencies, share) => {
      const histogram = new Histogram();
      for (const ms of latencies) histogram.add(ms, 1);
      const ordered = latencies.toSorted((one, other) => one - other);
      const exact = ordered[Math.max(0, Math.ceil(share * ordered.length - 1e-9) - 1)] as number;
      const told = histogram.quantile(share);
      expect(told).toBeGreaterThan(exact / 1.26);
      expect(told).toBeLessThan(exact * 1.26);
    }),
  );
});

test('a weight of three is three times the same', () => {
  const weighted = new Histogram();
  const thrice = new Histogram();
  for (const ms of [3, 70, 900, 12_000]) {
    weighted.add(ms, 3);
    for (let nth = 0; nth < 3; nth++) thrice.add(ms, 1);
  }
  for (const share of [0.1, 0.5, 0.9, 0.99]) expect(weighted.quantile(share)).toBe(thrice.quantile(share));
  expect(weighted.total).toBe(12);
});

test('higher shares are never faster', () => {
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 50 }), (latencies) => {
      const histogram = new Histogram();
      for (const ms of latencies) histogram.add(ms, 1);
      let before = 0;
      for (let share = 0.05; share <= 1; share += 0.05) {
        const now = histogram.quantile(share);
        expect(now).toBeGreaterThanOrEqual(before);
        before = now;
      }
    }),
  );
});

test('where nothing was added there is no quantile', () => {
  const histogram = new Histogram();
  expect(histogram.quantile(0.5)).toBeNaN();
  expect(histogram.total).toBe(0);
});

test('what was added before counts for less and less', () => {
  const histogram = new Histogram();
  for (let nth = 0; nth < 100; nth++) histogram.add(5_000, 1);
  for (let window = 0; window < 3; window++) {
    histogram.halve();
    for (let nth = 0; nth < 100; nth++) histogram.add(50, 1);
  }
  expect(histogram.quantile(0.9)).toBeLessThan(60);
  expect(histogram.quantile(0.97)).toBeGreaterThan(4_000);
});

test('what is off its scale counts as its ends', () => {
  const histogram = new Histogram();
  histogram.add(0, 1);
  expect(histogram.quantile(1)).toBeLessThanOrEqual(0.5);
  const endless = new Histogram();
  endless.add(1e12, 1);
  expect(endless.quantile(1)).toBeGreaterThan(600_000);
});
