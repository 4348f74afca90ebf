import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Conditions, type Lever } from '../../../src/cluster/traffic/conditions.ts';

const lever = fc.constantFrom<Lever>('external-latency', 'external-errors', 'load', 'network-loss');
const target = fc.constantFrom('address-check', 'shop/postgres', 'shop/storefront');
const adjustment = fc.record({ lever, target, amount: fc.double({ min: 0.001, max: 0.999, noNaN: true }) });

test('whatever is adjusted and taken away in whatever order, nothing is left of it', () => {
  fc.assert(
    fc.property(fc.array(adjustment, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (adjustments, order) => {
      const conditions = new Conditions(() => undefined);
      const ends = adjustments.map((one) => ({ ...one, end: conditions.adjust(one.lever, one.target, one.amount) }));
      while (ends.length > 0) {
        const [gone] = ends.splice((order.next().value as number) % ends.length, 1);
        gone?.end();
        gone?.end(); // ending twice is ending once
      }
      for (const one of adjustments) {
        expect(conditions.sum(one.lever, one.target)).toBe(0);
        expect(conditions.product(one.lever, one.target)).toBe(1);
        expect(conditions.share(one.lever, one.target)).toBe(0);
      }
    }),
  );
});

test('what lasts is the same, whatever came and went between', () => {
  fc.assert(
    fc.property(adjustment, fc.array(adjustment, { maxLength: 8 }), (lasting, passing) => {
      const conditions = new Conditions(() => undefined);
      const before = passing.slice(0, 4).map((one) => conditions.adjust(one.lever, one.target, one.amount));
      conditions.adjust(lasting.lever, lasting.target, lasting.amount);
      const after = passing.slice(4).map((one) => conditions.adjust(one.lever, one.target, one.amount));
      for (const end of [...before, ...after]) end();
      expect(conditions.sum(lasting.lever, lasting.target)).toBe(lasting.amount);
      expect(conditions.product(lasting.lever, lasting.target)).toBe(lasting.amount);
      expect(conditions.share(lasting.lever, lasting.target)).toBeCloseTo(lasting.amount, 12);
    }),
  );
});

test('adjustments of one lever add up, multiply, or hit independently', () => {
  const conditions = new Conditions(() => undefined);
  conditions.adjust('external-latency', 'x', 100);
  conditions.adjust('external-latency', 'x', 30);
  conditions.adjust('load', 'y', 2);
  conditions.adjust('load', 'y', 1.5);
  conditions.adjust('network-loss', 'z', 0.5);
  conditions.adjust('network-loss', 'z', 0.2);
  expect(conditions.sum('external-latency', 'x')).toBe(130);
  expect(conditions.product('load', 'y')).toBe(3);
  expect(conditions.share('network-loss', 'z')).toBeCloseTo(0.6, 12);
  expect(conditions.sum('external-latency', 'y')).toBe(0);
});

test('everybody is told of each change once', () => {
  const told: string[] = [];
  const conditions = new Conditions((changed, of) => told.push(`${changed} ${of}`));
  const end = conditions.adjust('load', 'shop/storefront', 2);
  end();
  end();
  expect(told).toEqual(['load shop/storefront', 'load shop/storefront']);
});
