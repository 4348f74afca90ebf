import { describe, expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

describe('what a cache holds needs no database', () => {
  test('while the database reboots, the catalog fails only where its cache misses', () => {
    const night = aDrill('slow-site').until('1m');
    night.types('kubectl delete pod postgres-0');
    night.wait('45s');
    expect(night.worst('http.errors', 'inventory', '45s')).toBeGreaterThan(0.9);
    expect(night.worst('http.errors', 'catalog', '45s')).toBeGreaterThan(0.02);
    expect(night.worst('http.errors', 'catalog', '45s')).toBeLessThan(0.2);
  });

  test('an emptied cache sends everybody to the source, and costs the CPU that misses cost', () => {
    const night = aDrill('slow-site').until('1m');
    const usual = { cpu: night.metric('cpu.cores', 'sessions'), connections: night.metric('pool.used', 'catalog→postgres') };
    night.drill.cluster.beginFault('cache-flush', 'shop/redis', {});
    night.wait('15s');
    expect(night.metric('cpu.cores', 'sessions', '15s')).toBeGreaterThan(1.5 * usual.cpu);
    expect(night.metric('pool.used', 'catalog→postgres', '15s')).toBeGreaterThan(5 * usual.connections);
  });
});

describe('the way to a database', () => {
  test('that is slow makes every query slow', () => {
    const night = aDrill('slow-site').until('1m');
    const usual = night.metric('http.p50', 'cart');
    const end = night.drill.cluster.beginFault('network-latency', 'shop/postgres', { latency: 200 });
    night.wait('1m');
    expect(night.metric('http.p50', 'cart')).toBeGreaterThan(usual + 150);
    end();
    night.wait('2m');
    expect(night.metric('http.p50', 'cart')).toBeLessThan(usual * 1.5);
  });

  test('that loses packets loses queries', () => {
    const night = aDrill('slow-site').until('1m');
    night.drill.cluster.beginFault('network-loss', 'shop/postgres', { share: 0.1 });
    night.wait('1m');
    expect(night.metric('http.errors', 'cart', '30s')).toBeCloseTo(0.1, 1);
  });
});
