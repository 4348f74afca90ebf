import { describe, expect, test } from 'vitest';
import type { Night } from '../support/a-drill.ts';
import { aDrill } from '../support/a-drill.ts';

/** Nothing in the slow site's file speaks of any of this: it is what the model makes of what was typed. */

const BYSTANDERS = ['cart', 'catalog', 'inventory', 'recommendations', 'search', 'sessions'];

describe('the service payments is deleted', () => {
  const both = (): { with: Night; without: Night } => {
    const night = { with: aDrill('slow-site').until('10s'), without: aDrill('slow-site') };
    night.with.types('kubectl -n shop delete service payments');
    night.with.until('1m50s');
    night.without.until('1m50s');
    return night;
  };

  test('nobody can check out', () => {
    const night = both().with;
    expect(night.metric('http.errors', 'checkout')).toBeGreaterThan(0.99);
    expect(night.metric('call.errors', 'checkout→payments')).toBe(1);
    const logs = night.types('kubectl -n shop logs deploy/checkout --tail=20').text.join('\n');
    expect(logs).toMatch(/peer=payments\.shop\.svc error="dial tcp/);
  });

  test('nothing else is the worse for it, but what checkout adds to the storefront', () => {
    const { with: night, without } = both();
    for (const service of BYSTANDERS) {
      expect(night.metric('http.errors', service), service).toBeCloseTo(without.metric('http.errors', service), 3);
      const before = without.metric('http.p50', service);
      const now = night.metric('http.p50', service);
      expect(Math.abs(now - before) / before, `${service} ${before} ${now}`).toBeLessThan(0.4);
    }
    const orders = without.metric('http.rate', 'checkout') / without.metric('http.rate', 'storefront');
    expect(night.metric('http.errors', 'storefront')).toBeLessThan(3 * orders);
    expect(night.metric('http.p50', 'storefront')).toBeLessThan(1.1 * without.metric('http.p50', 'storefront'));
  });

  test('what comes after the payment is not asked for any more', () => {
    const { with: night, without } = both();
    expect(without.metric('http.rate', 'shipping')).toBeGreaterThan(0.5);
    expect(night.metric('call.rate', 'checkout→shipping')).not.toBeGreaterThan(0.01);
    expect(night.metric('http.rate', 'shipping', '30s')).not.toBeGreaterThan(0.01);
  });

  test('/undo makes it again, and people can check out', () => {
    const night = aDrill('slow-site').until('10s');
    const before = night.drill.cluster.plane.store.get('Service', 'shop', 'payments');
    night.types('kubectl -n shop delete service payments');
    night.wait('30s').types('/undo');
    const again = night.drill.cluster.plane.store.get('Service', 'shop', 'payments');
    expect(again?.spec?.selector).toEqual(before?.spec?.selector);
    expect(again?.metadata.uid).not.toBe(before?.metadata.uid);
    night.until('1m45s');
    expect(night.metric('http.errors', 'checkout', '15s')).toBeLessThan(0.01);
    expect(night.refusal('/undo')).toBe('There is nothing to undo.');
  });
});

describe('the database is rebooted', () => {
  test('all connections drop while it starts, and its clients fail', () => {
    const night = aDrill('slow-site').until('10s');
    night.types('kubectl -n shop delete pod postgres-0');
    night.wait('30s');
    expect(night.metric('db.connections', 'postgres', '15s')).toBe(0);
    expect(night.metric('http.errors', 'inventory', '15s')).toBeGreaterThan(0.9);
    expect(night.metric('http.errors', 'storefront', '15s')).toBeGreaterThan(0.5);
  });

  test('its cache is cold afterwards: queries are slower for minutes, then as ever', () => {
    const night = aDrill('slow-site').until('10s');
    night.types('kubectl -n shop delete pod postgres-0');
    const calm = aDrill('slow-site').until('10s');
    const slower = (): number => night.metric('db.cpu', 'postgres', '30s') / calm.metric('db.cpu', 'postgres', '30s');
    night.until('3m');
    calm.until('3m');
    expect(night.metric('db.connections', 'postgres', '15s')).toBe(calm.metric('db.connections', 'postgres', '15s'));
    expect(slower()).toBeGreaterThan(3);
    night.until('30m');
    calm.until('30m');
    expect(slower()).toBeLessThan(1.1);
  });
});

test('without redis the database does the work', () => {
  const night = aDrill('slow-site').until('10s');
  night.types('kubectl -n shop delete deploy redis');
  night.until('1m50s');
  expect(night.metric('cache.hit', 'redis')).toBe(0);
  expect(night.metric('db.cpu', 'postgres')).toBeGreaterThan(4 * night.normal('db.cpu', 'postgres'));
  expect(night.metric('http.p50', 'catalog')).toBeGreaterThan(2 * night.normal('http.p50', 'catalog'));
  expect(night.metric('http.errors', 'catalog')).toBeLessThan(0.001);
});

test('a wrong image tag stalls the roll-out while the old pods serve', () => {
  const night = aDrill('slow-site').until('10s');
  night.types('kubectl -n shop set image deploy/checkout checkout=registry.webshop.example/checkout:9.9.9');
  night.until('1m50s');
  const pods = night.types('kubectl -n shop get pods -l app=checkout').text;
  expect(pods.filter((line) => /ImagePullBackOff|ErrImagePull/.test(line))).toHaveLength(1);
  expect(pods.filter((line) => /Running/.test(line))).toHaveLength(3);
  expect(night.metric('http.errors', 'checkout')).toBeLessThan(0.005);
  night.types('/undo');
  night.wait('10s');
  expect(night.podNames('checkout')).toHaveLength(3);
});
