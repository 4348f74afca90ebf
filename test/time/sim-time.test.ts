import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatClock, formatDurationMs, formatElapsed, formatInstant, parseDurationMs } from '../../src/time/sim-time.ts';

test('every whole number of milliseconds survives being written and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }), (ms) => {
      expect(parseDurationMs(formatDurationMs(ms)) === ms).toBe(true);
    }),
  );
});

test('durations are read as people write them', () => {
  const read = { '90s': 90_000, '5m30s': 330_000, '-3h': -10_800_000, '1.5h': 5_400_000, '250ms': 250, '1d': 86_400_000, '0s': 0 };
  for (const [text, ms] of Object.entries(read)) expect(parseDurationMs(text), text).toBe(ms);
});

test('what is no duration is none', () => {
  for (const text of ['', ' ', '5', 's', '5 m', '5m ', '--5m', '5m-3s', '1e3s', '5M', '٥m', 'soon']) expect(parseDurationMs(text), text).toBeNull();
});

test('the shortest text names only the units it needs', () => {
  expect([0, 330_000, 250, 86_400_000, -90_000, 3_661_001].map(formatDurationMs)).toEqual(['0s', '5m30s', '250ms', '1d', '-1m30s', '1h1m1s1ms']);
});

test('time since the drill began is mm:ss, with hours from the first on, and what was before has its sign', () => {
  expect([0, 59_999, 330_000, 3_599_999, 3_600_000, 36_061_000].map(formatElapsed)).toEqual(['00:00', '00:59', '05:30', '59:59', '1:00:00', '10:01:01']);
  expect([-90_000, -3_600_000, -5 * 3_600_000].map(formatElapsed)).toEqual(['-01:30', '-1:00:00', '-5:00:00']);
});

test('instants are written as Kubernetes writes them', () => {
  const epochMs = Date.UTC(2026, 1, 10, 3, 10, 0, 987);
  expect(formatInstant(epochMs)).toBe('2026-02-10T03:10:00Z');
  expect(formatClock(epochMs)).toBe('03:10:00');
});
