import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../../src/cluster/faults/catalogue.ts';
import { aCalmDay, type Night } from '../../support/a-drill.ts';

/** For each kind of fault: where it strikes the web shop, what shows, and how much worse it is than in the same night without. */
const CASES: Readonly<Record<string, { readonly target: string; readonly settings: Readonly<Record<string, number>>; readonly sign: (night: Night) => number; readonly above: number }>> = {
  'cache-flush': { target: 'shop/redis', settings: {}, sign: (night) => 1.1 - night.worst('cache.hit', 'redis', '30s'), above: 1.5 },
  'connection-leak': { target: 'shop/cart', settings: { perMinute: 8 }, sign: (night) => night.metric('http.errors', 'cart') + 0.01, above: 20 },
  'external-errors': { target: 'external/card-network', settings: { share: 0.9 }, sign: (night) => night.metric('call.errors', 'checkout→payments') + 0.01, above: 20 },
  'external-latency': { target: 'external/media-store', settings: { latency: 1_000 }, sign: (night) => night.metric('http.p50', 'storefront'), above: 2 },
  'load-spike': { target: 'shop/storefront', settings: { factor: 3 }, sign: (night) => night.metric('queue.length', 'storefront') + 1, above: 20 },
  'lock-held': { target: 'shop/postgres/stock', settings: {}, sign: (night) => night.metric('call.errors', 'checkout→inventory') + 0.01, above: 50 },
  'network-latency': { target: 'shop/catalog', settings: { latency: 400 }, sign: (night) => night.metric('call.ms', 'storefront→catalog'), above: 5 },
  'network-loss': { target: 'shop/cart', settings: { share: 0.5 }, sign: (night) => night.metric('call.errors', 'storefront→cart') + 0.01, above: 20 },
};

test('every kind of fault has a case here', () => {
  expect([...FAULTS.keys()].toSorted(byText)).toEqual(Object.keys(CASES).toSorted(byText));
});

describe.each([...FAULTS.values()])('$word', (fault) => {
  const { target, settings, sign, above } = CASES[fault.word] as (typeof CASES)[string];
  /** Begins at 10 s and lasts one minute; looked at before it ends, and half an hour later. */
  const nights = (): { sick: Night; well: Night; end: () => void } => {
    const sick = aCalmDay().until('10s');
    const well = aCalmDay().until('10s');
    const end = sick.drill.cluster.beginFault(fault.word, target, settings);
    return { sick, well, end };
  };

  test('is described in a sentence', () => {
    expect(fault.summary).toMatch(/^[A-Z].*\.$/);
  });

  test('shows while it lasts, and is gone without a trace after it', () => {
    const { sick, well, end } = nights();
    const shows = fault.word === 'cache-flush' ? '20s' : '70s';
    sick.wait(shows);
    well.wait(shows);
    expect(sign(sick) / sign(well), `${sign(sick)} to ${sign(well)}`).toBeGreaterThan(above);
    end();
    end();
    // What a leak took is given back by a restart alone.
    if (fault.word === 'connection-leak') sick.types('kubectl -n shop rollout restart deploy/cart');
    if (fault.word === 'connection-leak') well.types('kubectl -n shop rollout restart deploy/cart');
    // A cache fills as it is asked, the rarest keys last.
    const later = fault.word === 'cache-flush' ? '2h50m' : '35m';
    sick.until(later);
    well.until(later);
    const now = sign(sick) / sign(well);
    expect(now, `${sign(sick)} to ${sign(well)}`).toBeLessThan(1.15);
    expect(now).toBeGreaterThan(0.85);
  });

  test('names itself in nothing that responders can read', () => {
    const { sick } = nights();
    sick.wait('80s');
    const read = ['changes', 'logs checkout', 'logs cart', 'logs storefront', 'kubectl -n shop get events', 'trace storefront', 'dash postgres'].flatMap((line) => sick.drill.command('responder-1', line).text);
    expect(read.join('\n')).not.toMatch(new RegExp(`${fault.word}|\\bfaults?\\b|inject|scenario|gameday|simulat`, 'i'));
  });
});

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
