import { describe, expect, test } from 'vitest';
import { agreement, GOALS, measuredShop, measuredStorm } from './measurements.ts';

/** A slice of what ACCURACY.md tells of: `npm run accuracy` measures all of it. */

describe('shops that nobody thought of, below a utilisation of 0.85', { timeout: 60_000 }, () => {
  test.each([[5, 'calm'], [10, 'calm'], [19, 'calm'], [6, 'troubled'], [17, 'troubled'], [22, 'troubled']] as const)('shop %i, %s', (seed, kind) => {
    for (const { name, meanOff, p99Off, failed } of measuredShop(seed, kind, 15_000)) {
      expect(Math.abs(meanOff), `${name}: mean`).toBeLessThan(GOALS.mean);
      expect(Math.abs(p99Off), `${name}: p99`).toBeLessThan(GOALS.p99);
      expect(Math.abs(failed.model - failed.oracle), `${name}: failures`).toBeLessThan(0.01);
    }
  });
});

test('what a spike leaves behind recovers, or stays stuck in its own retries, as request by request', { timeout: 60_000 }, () => {
  const storms = Array.from({ length: 14 }, (_, seed) => measuredStorm(seed));
  expect(new Set(storms.map(({ oracle }) => oracle)).size).toBe(2);
  const { asked, agreed } = agreement(storms);
  expect(asked).toBeGreaterThan(7);
  expect(agreed).toBe(asked);
});
