import { describe, expect, test } from 'vitest';
import { Alerts } from '../../../src/cluster/signals/alerts.ts';
import { Metrics } from '../../../src/cluster/signals/metrics.ts';
import type { AlertSpec } from '../../../src/cluster/spec.ts';
import { WINDOW_MS } from '../../../src/cluster/traffic/traffic.ts';
import { SmallCluster } from '../../support/small-cluster.ts';

const SLOW: AlertSpec = { name: 'Slow', service: 'shop/web', metric: 'p95-ms', above: 6_000, forMs: 60_000, severity: 'page', text: 'web is slow' };

/** Feeds one p95 a window; what changed at each, such as `+Slow@60`. */
function watch(p95s: readonly number[], rule = SLOW): string[] {
  const metrics = new Metrics(0);
  const alerts = new Alerts([rule], metrics, new SmallCluster().plane.store);
  return p95s.flatMap((p95, nth) => {
    if (!Number.isNaN(p95)) metrics.series('http.p95', 'shop/web').set(metrics.windows, p95);
    metrics.closeWindow();
    return alerts.evaluate(nth * WINDOW_MS).map(({ firing, rule: { name } }) => `${firing ? '+' : '-'}${name}@${(nth * WINDOW_MS) / 1_000}`);
  });
}

describe('an alert', () => {
  test('fires after it was pending for long enough, once', () => {
    expect(watch([5_000, 7_000, 7_000, 7_000, 7_000, 7_000, 7_000])).toEqual(['+Slow@75']);
  });

  test('begins anew where it was well for one window', () => {
    expect(watch([7_000, 7_000, 7_000, 7_000, 5_000, 7_000, 7_000, 7_000, 7_000])).toEqual([]);
  });

  test('clears when it has been well for a minute, and does not flap around its threshold', () => {
    expect(watch([7_000, 7_000, 7_000, 7_000, 7_000, 6_000, 7_000, 6_000, 6_000, 6_000, 6_000, 6_000])).toEqual(['+Slow@60', '-Slow@165']);
  });

  test('without `for` fires at once', () => {
    expect(watch([7_000], { ...SLOW, forMs: 0 })).toEqual(['+Slow@0']);
  });

  test('does not fire for what is not measured', () => {
    expect(watch([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN])).toEqual([]);
  });

  test('exactly at its threshold is well', () => {
    expect(watch([6_000, 6_000, 6_000, 6_000, 6_000, 6_000])).toEqual([]);
  });
});
