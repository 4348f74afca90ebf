import { expect, test } from 'vitest';
import { budgetUsed, burnRate, impactOf } from '../../src/debrief/impact.ts';
import { readRecord } from '../../src/debrief/record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time/sim-time.ts';
import { aTimeline } from '../support/a-timeline.ts';
import { johnnysNight, theSlowSite } from '../support/the-slow-site.ts';

const MONTH_MS = 30 * DAY_MS;

// Google SRE workbook, "Alerting on SLOs".
test.each([
  [14.4, HOUR_MS, 0.02],
  [6, 6 * HOUR_MS, 0.05],
  [1, 3 * DAY_MS, 0.1],
])('a burn rate of %s for %s ms uses %s of a 30-day budget', (burn, forMs, share) => {
  const objective = 0.999;
  const badShare = burn * (1 - objective);
  expect(burnRate(badShare, objective)).toBeCloseTo(burn, 9);
  expect(budgetUsed(badShare * forMs, objective, MONTH_MS)).toBeCloseTo(share, 9);
});

test('99.9% over 30 days leaves 43.2 bad minutes', () => {
  expect(budgetUsed(43.2 * MINUTE_MS, 0.999, MONTH_MS)).toBeCloseTo(1, 9);
});

test('bad minutes count up to the time box and no further', () => {
  const halfBad = aTimeline().fault('1m').badShare('40m', 0.5).ends('100m', 'timebox').build();
  expect(impactOf(readRecord(halfBad, theSlowSite())).badMinutes).toBeCloseTo(2.5, 9);
});

test('the peak is the worst interval, with its burn rate', () => {
  const { peak } = impactOf(readRecord(johnnysNight().build(), theSlowSite()));
  expect(peak?.badShare).toBe(1);
  expect(peak?.burn).toBeCloseTo(200, 6);
});

test('a service that was well until the first change and unwell after it is collateral; one that was unwell before is not', () => {
  const night = aTimeline().fault().badShare('2m30s', 0.4).page().write('5m', 'kubectl -n shop delete deploy/search', 'deployments/search').ends('45m', 'timebox').build();
  const hurt = {
    ...night,
    facts: night.facts.map((fact) =>
      fact.type === 'service-level-measured' && fact.atMs > 300_000 && fact.atMs <= 420_000
        ? Object.assign({}, fact, { services: [...fact.services, { service: 'shop/search', total: 600, bad: 300, p50Ms: 20, p95Ms: 90 }] })
        : fact,
    ),
  };
  const { collateral } = impactOf(readRecord(hurt, theSlowSite()));
  expect(collateral.map(({ service }) => service)).toEqual(['shop/search']);
  expect(collateral[0]?.badMinutes).toBeCloseTo(1, 9);
});
