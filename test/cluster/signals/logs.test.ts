import { describe, expect, test } from 'vitest';
import { aCalmDay, aDrill } from '../../support/a-drill.ts';

describe('logs', () => {
  test('are the same lines whoever reads them, and whenever', () => {
    const read = aCalmDay().until('5m');
    const pod = read.podNames('checkout')[0] as string;
    const early = read.drill.cluster.podLogs('shop', pod);
    const unread = aCalmDay().until('9m');
    read.types('logs checkout');
    read.until('9m');
    const late = read.drill.cluster.podLogs('shop', pod);
    expect(unread.drill.cluster.podLogs('shop', pod)).toEqual(late);
    expect(late.slice(0, early.length)).toEqual(early);
    expect(late.length).toBeGreaterThan(early.length);
  });

  test('of a window do not change with what happens after it', () => {
    const night = aDrill('slow-site').until('1m50s');
    night.types('kubectl -n shop delete service payments');
    night.until('3m');
    const pod = night.podNames('checkout')[0] as string;
    const before = night.drill.cluster.podLogs('shop', pod).filter(({ atMs }) => atMs < 165_000);
    expect(before.some(({ text }) => text.includes('payments.shop.svc'))).toBe(true);
    night.types('/undo');
    night.until('8m');
    expect(night.drill.cluster.podLogs('shop', pod).filter(({ atMs }) => atMs < 165_000)).toEqual(before);
  });

  test('are in order of time and say who hangs', () => {
    const night = aDrill('slow-site').until('6m');
    const lines = night.drill.cluster.workloadLogs('shop/checkout');
    expect(lines.map(({ atMs }) => atMs)).toEqual(lines.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
    expect(lines.filter(({ text }) => text.includes('api.postcheck.example')).length).toBeGreaterThan(20);
    expect(night.drill.cluster.workloadLogs('shop/catalog').some(({ text }) => text.includes('postcheck'))).toBe(false);
  });

  test('call refused what is not there, and late what does not answer in time', () => {
    const night = aDrill('slow-site').until('1m');
    night.types('kubectl -n shop delete service payments');
    night.until('6m');
    const lines = night.drill.cluster.workloadLogs('shop/checkout').map(({ text }) => text);
    expect(lines.filter((text) => text.includes('peer=payments.shop.svc')).every((text) => text.includes('refused'))).toBe(true);
    expect(lines.some((text) => text.includes('peer=api.postcheck.example') && text.includes('context deadline exceeded'))).toBe(true);
  });

  test('tell of no order as placed while none can be', () => {
    const night = aDrill('slow-site').until('10s');
    night.types('kubectl -n shop delete service payments');
    night.until('1m50s');
    const placed = night.drill.cluster.workloadLogs('shop/checkout').filter(({ atMs, text }) => atMs > 45_000 && text.includes('placed'));
    expect(placed).toEqual([]);
  });

  test('of a database that is down speak of refused connections, not of locks', () => {
    const night = aCalmDay().until('10s');
    night.types('kubectl -n shop delete pod postgres-0');
    night.wait('45s');
    const lines = night.drill.cluster.workloadLogs('shop/inventory').filter(({ atMs }) => atMs > 15_000).map(({ text }) => text);
    expect(lines.some((text) => text.includes('lock timeout'))).toBe(false);
    expect(lines.length).toBeGreaterThan(0);
  });

  test('of a run that crashed end with its last words, and --previous shows them', () => {
    const night = aCalmDay().until('50m');
    const crashed = night.types('kubectl -n shop get pods -l app=search').text.slice(1).find((line) => /\s[1-9]\d*\s+\(/.test(line) || /\s[1-9]\s/.test(line)) as string;
    const name = crashed.split(/\s+/)[0] as string;
    expect(night.types(`kubectl -n shop logs ${name} --previous`).text.at(-1)).toMatch(/panic: runtime error/);
    expect(night.drill.cluster.podLogs('shop', name).some(({ text }) => text.includes('panic'))).toBe(false);
  });
});
