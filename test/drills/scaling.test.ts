import { expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

/** Nothing in the slow site's file speaks of any of this: it is what the model makes of what was typed. */

test('forty web servers take the last connections of the database, and wait for more', () => {
  const night = aDrill('slow-site').until('1m');
  expect(night.metric('db.wait', 'postgres')).toBeLessThan(1);
  night.types('kubectl -n shop scale deploy storefront --replicas=40');
  night.until('5m');
  expect(night.readyPods('storefront')).toBeGreaterThan(25);
  expect(night.metric('db.connections', 'postgres')).toBe(night.metric('db.limit', 'postgres'));
  expect(night.metric('db.wait', 'postgres')).toBeGreaterThan(1_000);
  expect(night.metric('pool.wait', 'storefront→postgres')).toBeGreaterThan(1_000);
  expect(night.metric('http.errors', 'storefront')).toBeGreaterThan(0.2);
});

test('the nodes have no room for all forty: the rest waits to be scheduled, and says why', () => {
  const night = aDrill('slow-site').until('10s');
  night.types('kubectl -n shop scale deploy storefront --replicas=40');
  night.until('1m50s');
  const pending = night.types('kubectl -n shop get pods -l app=storefront').text.filter((line) => line.includes('Pending'));
  expect(pending.length).toBe(40 - night.readyPods('storefront'));
  expect(pending.length).toBeGreaterThan(0);
  const [name] = (pending[0] as string).split(' ');
  expect(night.types(`kubectl -n shop describe pod ${name}`).text.join('\n')).toMatch(/nodes are available: .*Insufficient cpu/);
});

test('back at three the database has room again and the site is well', () => {
  const night = aDrill('slow-site').until('10s');
  night.types('kubectl -n shop scale deploy storefront --replicas=40');
  night.until('60s');
  night.types('/undo');
  night.until('1m55s');
  expect(night.readyPods('storefront')).toBe(3);
  expect(night.metric('db.wait', 'postgres', '15s')).toBeLessThan(1);
  expect(night.metric('http.errors', 'storefront', '15s')).toBeLessThan(0.001);
});

test('no web servers for a minute are an outage of more than a minute, for they have to start', () => {
  const night = aDrill('slow-site').until('10s');
  night.types('kubectl -n shop scale deploy storefront --replicas=0');
  night.until('70s');
  expect(night.metric('http.errors', 'storefront', '30s')).toBe(1);
  night.types('kubectl -n shop scale deploy storefront --replicas=3');
  night.wait('15s');
  expect(night.readyPods('storefront')).toBe(0);
  expect(night.metric('http.errors', 'storefront', '15s')).toBe(1);
  night.wait('35s');
  expect(night.readyPods('storefront')).toBe(3);
  expect(night.bad).toBeGreaterThan(0.6);
  night.expectTimeline([
    '01:10 Ana command-given kubectl -n shop scale deploy storefront --replicas=3',
    '01:10 Ana api-written patch deployments/storefront 200 U1, undo: kubectl -n shop scale deployment/storefront --replicas=0',
    '01:15 workload-ready-changed shop/storefront 0/3',
    '01:30 shop/storefront 100% bad',
    '01:45 workload-ready-changed shop/storefront 3/3',
  ]);
});

test('losing one web server of three hurts for as long as its successor takes to start, and less than half as much as losing all', () => {
  const one = aDrill('slow-site').until('10s');
  one.types(`kubectl -n shop delete pod ${one.podNames('storefront')[0]}`);
  const all = aDrill('slow-site').until('10s');
  all.types('kubectl -n shop delete pods -l app=storefront');
  one.wait('15s');
  expect(one.metric('pods.ready', 'storefront', '15s')).toBe(2);
  one.until('1m50s');
  all.until('1m50s');
  expect(one.readyPods('storefront')).toBe(3);
  expect(one.bad).toBeGreaterThan(0);
  expect(one.bad).toBeLessThan(all.bad / 2);
  expect(one.metric('http.errors', 'storefront', '2m')).toBeLessThan(0.01);
  expect(one.metric('http.p50', 'storefront', '15s')).toBeLessThan(1.1 * one.normal('http.p50', 'storefront'));
});
