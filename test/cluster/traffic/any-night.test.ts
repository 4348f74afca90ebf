import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAULTS } from '../../../src/cluster/faults/catalogue.ts';
import { aCalmDay, type Night } from '../../support/a-drill.ts';

/** Whatever people and fate do to the shop, its numbers stay numbers. */

const app = fc.constantFrom('storefront', 'catalog', 'cart', 'checkout', 'payments', 'inventory', 'search', 'redis', 'postgres', 'email');
const act = fc.oneof(
  fc.tuple(app, fc.nat(30)).map(([name, replicas]) => `kubectl -n shop scale deploy/${name} --replicas=${replicas}`),
  app.map((name) => `kubectl -n shop delete pods -l app=${name}`),
  app.map((name) => `kubectl -n shop delete service ${name}`),
  app.map((name) => `kubectl -n shop rollout restart deploy/${name}`),
  app.map((name) => `kubectl -n shop rollout undo deploy/${name}`),
  fc.tuple(app, fc.constantFrom('THREADS', 'DB_POOL', 'ADDRESS_CHECK_TIMEOUT', 'ADDRESS_CHECK_RETRIES', 'MAX_CONNECTIONS', 'CHECKOUT_TIMEOUT', 'DATABASE_URL-'), fc.constantFrom('0', '1', '1000', '-5', '0s', '10m', '', 'off', 'many', '1e9'))
    .map(([name, variable, value]) => `kubectl -n shop set env deploy/${name} ${variable.endsWith('-') ? variable : `${variable}=${value}`}`),
  app.map((name) => `kubectl -n shop set env statefulset/postgres MAX_CONNECTIONS=${name.length}`),
  fc.constantFrom('/flag ADDRESS_CHECK off', '/flag ADDRESS_CHECK on', '/flag RECOMMENDATIONS off', '/undo', 'kubectl cordon worker-1', 'kubectl delete node worker-2'),
);
const trouble = fc.constantFrom(
  ['cache-flush', 'shop/redis', {}], ['connection-leak', 'shop/checkout', { perMinute: 40 }], ['external-errors', 'external/card-network', { share: 1 }], ['external-latency', 'external/media-store', { latency: 120_000 }],
  ['load-spike', 'shop/storefront', { factor: 40 }], ['lock-held', 'shop/postgres/stock', {}], ['network-latency', 'shop/postgres', { latency: 5_000 }], ['network-loss', 'shop/catalog', { share: 1 }],
) as fc.Arbitrary<[string, string, Record<string, number>]>;
const step = fc.oneof({ weight: 3, arbitrary: act.map((line) => ({ line })) }, { weight: 2, arbitrary: trouble.map((fault) => ({ fault })) }, { weight: 1, arbitrary: fc.constant({ end: true as const }) });
const story = fc.array(fc.tuple(step, fc.constantFrom('1s', '7s', '40s', '3m')), { minLength: 1, maxLength: 12 });

const SHARES = new Set(['http.errors', 'call.errors', 'cache.hit', 'cpu.share', 'db.cpu', 'threads.busy']);
const METRICS = [
  'http.rate', 'http.errors', 'http.p50', 'http.p95', 'http.p99', 'threads.busy', 'queue.length', 'cpu.cores', 'cpu.share', 'pods.ready', 'pool.used', 'pool.size', 'pool.wait',
  'db.connections', 'db.limit', 'db.busy', 'db.wait', 'db.cpu', 'call.rate', 'call.ms', 'call.errors', 'cache.hit',
] as const;

function expectSane(night: Night): void {
  const { metrics } = night.drill.cluster;
  for (const metric of METRICS) {
    for (const subject of metrics.subjects(metric)) {
      for (const value of metrics.recent(metric, subject, 60)) {
        if (value === null) continue;
        expect(Number.isFinite(value) && value >= -1e-9, `${metric} ${subject}: ${value}`).toBe(true);
        if (SHARES.has(metric)) expect(value, `${metric} ${subject}`).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  }
  for (const { slo, burn, services } of night.facts('service-level-measured')) {
    for (const level of [slo, ...services]) {
      expect(level.total >= 0 && level.bad >= 0 && level.bad <= level.total + 1e-3, JSON.stringify(level)).toBe(true);
      for (const ms of [level.p50Ms, level.p95Ms]) expect(ms === null || (Number.isFinite(ms) && ms >= 0)).toBe(true);
    }
    expect(Number.isFinite(burn) && burn >= 0).toBe(true);
  }
  for (const database of metrics.subjects('db.connections')) {
    expect(metrics.latest('db.connections', database)).toBeLessThanOrEqual(metrics.latest('db.limit', database) + 1e-9);
  }
}

test('no metric is ever less than nothing, endless or no number, and no share above one', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(story, (steps) => {
      const night = aCalmDay().until('5s');
      const ends: (() => void)[] = [];
      for (const [what, pause] of steps) {
        if ('line' in what) night.drill.command('responder-1', what.line);
        else if ('fault' in what) {
          const [kind, target, settings] = what.fault;
          expect(FAULTS.has(kind)).toBe(true);
          ends.push(night.drill.cluster.beginFault(kind, target, settings));
        } else ends.pop()?.();
        night.wait(pause);
      }
      night.wait('1m');
      expectSane(night);
      for (const line of ['logs checkout', 'trace storefront', 'curl storefront', 'dash postgres', 'dash', 'kubectl top pods', '/verify']) {
        expect(night.drill.command('responder-1', line).text.join('\n'), line).not.toMatch(/NaN|Infinity|undefined/);
      }
    }),
    { numRuns: 60 },
  );
});

test('what users send arrives: with nobody failing, the rates of all services follow from the graph', () => {
  const night = aCalmDay().until('10m');
  const rate = (service: string): number => night.metric('http.rate', service, '5m');
  const within = (one: number, other: number): void => expect(Math.abs(one - other) / other, `${one} to ${other}`).toBeLessThan(0.02);
  within(rate('checkout'), rate('payments'));
  within(rate('checkout'), rate('shipping'));
  within(rate('recommendations'), night.metric('call.rate', 'storefront→recommendations', '5m'));
  within(rate('catalog'), night.metric('call.rate', 'storefront→catalog', '5m') + night.metric('call.rate', 'search→catalog', '5m') + night.metric('call.rate', 'recommendations→catalog', '5m'));
});
