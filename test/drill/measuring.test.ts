import { describe, expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

describe('what is measured every thirty seconds', () => {
  test('holds thirty seconds of requests, also where a fault begins at the same moment', () => {
    const night = aDrill('slow-site').until('5m');
    night.expectTimeline(['02:00 fault-began partner-hangs']);
    // Users send 19.5 requests a second, more or less by the noise of their rates.
    for (const { slo, atMs } of night.facts('service-level-measured')) expect(slo.total / 30, `at ${atMs / 1000} s`).toSatisfy((rate: number) => rate > 18.5 && rate < 20.5);
  });

  test('windows of the metrics are fifteen seconds long', () => {
    const night = aDrill('slow-site').until('5m');
    const ends = night.drill.cluster.windows.all.map(({ endMs }) => endMs);
    expect(ends.slice(1).map((endMs, at) => endMs - (ends[at] as number))).toEqual(ends.slice(1).map(() => 15_000));
  });
});
