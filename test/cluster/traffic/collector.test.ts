import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectingShare, collectorOf, fullnessOf, gogcOf } from '../../../src/cluster/traffic/collector.ts';
import { aCalmDay, type Night } from '../../support/a-drill.ts';

const told = (environment: Record<string, string>, limitMiB = 512): ReturnType<typeof collectorOf> => collectorOf(new Map(Object.entries(environment)), limitMiB);

test.each([
  [{ JAVA_OPTS: '-Xms64m -Xmx512m -XX:+UseG1GC' }, 512],
  [{ JAVA_TOOL_OPTIONS: '-Xmx1g' }, 1_024],
  [{ JAVA_OPTS: '-Xmx92774k' }, 92_774 / 1_024],
  [{ JDK_JAVA_OPTIONS: '-XX:MaxRAMPercentage=75.0' }, 384],
  [{ GOMEMLIMIT: '200MiB' }, 200],
  [{ NODE_OPTIONS: '--enable-source-maps --max-old-space-size=300' }, 300],
  [{ JAVA_OPTS: '-Xmx1g', NODE_OPTIONS: '--max-old-space-size=300' }, 300],
  [{ JAVA_OPTS: '', GOMEMLIMIT: 'off', NODE_OPTIONS: '--inspect' }, Infinity],
])('%j allows a heap of %d MiB', (environment, heapMiB) => {
  expect(told(environment).heapMiB).toBeCloseTo(heapMiB, 6);
});

test('a small GOGC collects all the time, the usual one and none do not', () => {
  expect([told({ GOGC: '100' }).busy, told({ GOGC: 'off' }).busy, told({ GOGC: '400' }).busy, told({}).busy]).toEqual([0, 0, 0, 0]);
  expect(told({ GOGC: '10' }).busy).toBeCloseTo(0.18, 6);
  expect(told({ GOGC: '1' }).busy).toBe(0.95);
});

test('the options that are to cost a share of the time do', () => {
  fc.assert(fc.property(fc.double({ min: 0.05, max: 0.94, noNaN: true }), (share) => {
    expect(collectingShare(fullnessOf(share))).toBeCloseTo(share, 6);
    expect(Math.abs(told({ GOGC: String(gogcOf(share)) }).busy - Math.min(0.95, share))).toBeLessThan(0.25);
  }));
});

function collecting(night: Night): number {
  return Math.max(...night.drill.cluster.traffic.flow.layout.pods.filter(({ workloadKey }) => workloadKey === 'shop/search').map(({ wear }) => wear.collecting));
}

test('a heap that is as large as what lives in it stops the program, and says so; with room for it, it is well', () => {
  const night = aCalmDay().until('1m');
  expect(collecting(night)).toBe(0);
  night.types('kubectl -n shop set env deploy/search JAVA_OPTS=-Xmx155m');
  night.wait('4m');
  expect(collecting(night)).toBeGreaterThan(0.5);
  expect(night.drill.command('responder-1', 'logs search').text.join('\n')).toMatch(/gc: collections took \d\d% of the last 15s/);
  night.types('kubectl -n shop set env deploy/search JAVA_OPTS=-Xmx512m');
  night.wait('4m');
  expect(collecting(night)).toBe(0);
});
