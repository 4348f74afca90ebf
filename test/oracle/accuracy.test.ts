import { describe, expect, test } from 'vitest';
import { agreement, GOALS, isCourseWithin, measuredCourses, measuredShop, measuredStorm, measuredUpset, upsetAgreement } from './measurements.ts';

/** A slice of what ACCURACY.md tells of: `npm run accuracy` measures all of it. */

describe('shops that nobody thought of, below a utilisation of 0.85', { timeout: 60_000 }, () => {
  test.each([[10, 'calm'], [6, 'troubled'], [1002, 'equipped'], [1011, 'equipped']] as const)('shop %i, %s', (seed, kind) => {
    for (const { name, meanOff, p99Off, failed } of measuredShop(seed, kind, 10_000)) {
      expect(Math.abs(meanOff), `${name}: mean`).toBeLessThan(GOALS.mean);
      expect(Math.abs(p99Off), `${name}: p99`).toBeLessThan(GOALS.p99);
      expect(Math.abs(failed.model - failed.oracle), `${name}: failures`).toBeLessThan(0.01);
    }
  });
});

test('what a spike leaves behind recovers, or stays stuck in its own retries, as request by request', { timeout: 60_000 }, () => {
  const storms = Array.from({ length: 10 }, (_, seed) => measuredStorm(seed));
  expect(new Set(storms.map(({ oracle }) => oracle)).size).toBe(2);
  const { asked, agreed } = agreement(storms);
  expect(asked).toBeGreaterThan(5);
  // One in so few may lie on the other side: all of them are held to 95%.
  expect(agreed).toBeGreaterThanOrEqual(asked - 1);
});

test('each kind of upset recovers, or stays stuck, as request by request', { timeout: 60_000 }, () => {
  const rows = [200, 201, 203, 204].map(measuredUpset);
  const { asked, agreed } = upsetAgreement(rows);
  expect(asked).toBeGreaterThan(2);
  expect(agreed).toBe(asked);
});

test('consumers lag and catch up, an emptied cache fills, and breakers open as request by request', { timeout: 60_000 }, () => {
  for (const course of measuredCourses(4)) expect(isCourseWithin(course), `${course.name}: ${course.model}, by the oracle ${course.oracle}`).toBe(true);
});
