import { describe, expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

/** What helps and what does not while the address-check partner hangs. */

test('two minutes in the partner hangs; a minute of bad pages later both are paged at the same moment', () => {
  const night = aDrill('slow-site').untilPaged();
  night.expectTimeline(['00:00 stage-entered calm', '02:00 stage-entered trouble', '02:00 fault-began partner-hangs (external-latency external/address-check)', 'stage-entered paged', 'page-sent P1 to responder-1, responder-2: storefront p95 7 s, normal 5 s']);
  expect(night.facts('page-sent')).toHaveLength(1);
  expect(night.drill.nowMs).toBeGreaterThan(3 * 60_000);
  expect(night.drill.nowMs).toBeLessThan(5 * 60_000);
});

describe('cures', () => {
  test('the check is switched off by an environment variable: a roll-out, then it is well', () => {
    const night = aDrill('slow-site').until('6m');
    expect(night.bad).toBeGreaterThan(0.04);
    night.types('kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off');
    night.wait('4m');
    expect(night.bad).toBeLessThan(0.001);
    expect(night.metric('pool.used', 'checkout→postgres')).toBeLessThan(1);
    expect(night.metric('http.p95', 'storefront')).toBeLessThan(5_000);
  });

  test('the check is switched off by the live flag: the same without a roll-out, and sooner', () => {
    const byFlag = aDrill('slow-site').until('6m');
    const byEnv = aDrill('slow-site').until('6m');
    const pods = byFlag.podNames('checkout');
    byFlag.types('/flag ADDRESS_CHECK off');
    byEnv.types('kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off');
    byFlag.wait('2m');
    byEnv.wait('2m');
    expect(byFlag.podNames('checkout')).toEqual(pods);
    expect(byFlag.bad).toBeLessThan(byEnv.bad);
    byFlag.wait('1m');
    expect(byFlag.bad).toBeLessThan(0.0001);
    byFlag.types('/undo');
    byFlag.wait('3m');
    expect(byFlag.bad).toBeGreaterThan(0.02);
  });

  test('a shorter time-out helps nearly as much: whoever waits less holds less', () => {
    const night = aDrill('slow-site').until('6m');
    night.types('kubectl -n shop set env deploy/checkout ADDRESS_CHECK_TIMEOUT=2s');
    night.wait('5m');
    expect(night.bad).toBeLessThan(0.01);
    expect(night.metric('pool.used', 'checkout→postgres')).toBeLessThan(4);
  });
});

describe('what does not cure', () => {
  test('rolling the innocent deploy back changes nothing', () => {
    const night = aDrill('slow-site').until('6m');
    const without = aDrill('slow-site').until('6m');
    night.types('kubectl -n shop rollout undo deploy/storefront');
    night.until('12m');
    without.until('12m');
    expect(night.drill.cluster.plane.store.get('Deployment', 'shop', 'storefront')?.spec?.template.spec?.containers[0]?.image).toMatch(/:4\.1\.0$/);
    expect(night.bad / without.bad).toBeGreaterThan(0.7);
    expect(night.bad / without.bad).toBeLessThan(1.3);
    expect(night.metric('call.ms', 'storefront→checkout')).toBeGreaterThan(15_000);
  });

  test('a longer time-out makes it worse: connections are held longer, and orders fail', () => {
    const night = aDrill('slow-site').until('6m');
    const without = aDrill('slow-site').until('6m');
    night.types('kubectl -n shop set env deploy/checkout ADDRESS_CHECK_TIMEOUT=60s');
    night.until('12m');
    without.until('12m');
    expect(night.metric('pool.used', 'checkout→postgres')).toBeGreaterThan(1.4 * without.metric('pool.used', 'checkout→postgres'));
    expect(night.metric('call.errors', 'storefront→checkout')).toBeGreaterThan(0.5);
    expect(night.metric('http.errors', 'storefront')).toBeGreaterThan(1.5 * without.metric('http.errors', 'storefront'));
    expect(night.bad).toBeGreaterThan(2 * without.bad);
  });

  test('restarting the web servers does not last: the threads fill again', () => {
    const night = aDrill('slow-site').until('6m');
    night.types('kubectl -n shop rollout restart deploy/storefront');
    night.wait('6m');
    expect(night.bad).toBeGreaterThan(0.04);
  });

  test('whoever says too early that it is over is woken again', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/ack');
    night.types('/resolve');
    expect(night.drill.screen('responder-1').incident.state).toBe('resolved');
    night.wait('10m');
    expect(night.facts('page-sent').map(({ again }) => again)).toEqual([false, true]);
    expect(night.drill.screen('responder-1').incident.state).toBe('paged');
  });
});

describe('what needs two', () => {
  test('deleting the namespace waits for the partner, and nothing happens until then', () => {
    const night = aDrill('slow-site').until('30s');
    const asked = night.types('kubectl delete namespace shop').text;
    expect(asked).toEqual(["Nothing takes this back (delete namespaces/shop). It waits for your partner's /confirm."]);
    expect(night.refusal('/confirm')).toBe('Your partner has to confirm it, not you.');
    night.wait('20s');
    expect(night.readyPods('storefront')).toBe(3);
    expect(night.drill.screen('responder-2').awaitingConfirm).toBe('kubectl delete namespace shop');
    night.types('/confirm', 'responder-2');
    night.wait('50s');
    expect(night.podNames('storefront')).toEqual([]);
    expect(night.metric('http.errors', 'storefront', '15s')).toBe(1);
    expect(night.drill.screen('responder-2').awaitingConfirm).toBeNull();
  });

  test('where nobody confirms, nothing is ever done', () => {
    const night = aDrill('slow-site').until('30s');
    night.types('kubectl delete namespace shop');
    night.wait('60s');
    expect(night.readyPods('storefront')).toBe(3);
    expect(night.facts('api-written')).toEqual([]);
  });
});
