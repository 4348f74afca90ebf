import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Die, digest } from '../../src/time/dice.ts';

const rolls = (die: Die, count: number): number[] => Array.from({ length: count }, () => die.fraction());

test('the same seed and name give these numbers, for ever: recorded drills rely on them', () => {
  const die = new Die(7, 'payments/latency');
  expect(Array.from({ length: 6 }, () => die.nextUint32())).toMatchInlineSnapshot(`
    [
      3722272964,
      4294955213,
      3193151409,
      1489144732,
      4179853571,
      572241660,
    ]
  `);
  const big = new Die(2 ** 52 + 7, 'payments/latency');
  expect(Array.from({ length: 3 }, () => big.nextUint32())).toMatchInlineSnapshot(`
    [
      2664767011,
      765748776,
      2610650988,
    ]
  `);
  expect(digest('the shop is slow')).toMatchInlineSnapshot(`"88755039864b102d"`);
  expect(digest('')).toMatchInlineSnapshot(`"c4c53f6b92ca2f0e"`);
});

describe('a die', () => {
  test('rolls the same, whatever other dice roll between', () => {
    const alone = rolls(new Die(7, 'a'), 50);
    const die = new Die(7, 'a');
    const other = new Die(7, 'b');
    const between = Array.from({ length: 50 }, () => {
      other.fraction();
      return die.fraction();
    });
    expect(between).toEqual(alone);
  });

  test('is even: each of twenty parts gets its share of 100,000 rolls', () => {
    for (const name of ['traffic/tracer', 'log/shop/checkout-1/15000', '']) {
      const parts = Array.from({ length: 20 }, () => 0);
      const die = new Die(1, name);
      for (let nth = 0; nth < 100_000; nth++) {
        const part = die.roll(20);
        parts[part] = (parts[part] as number) + 1;
      }
      // Chi squared with 19 degrees of freedom is above 43.8 once in a thousand.
      const chiSquared = parts.reduce((sum, count) => sum + (count - 5_000) ** 2 / 5_000, 0);
      expect(chiSquared, name).toBeLessThan(43.8);
    }
  });

  test('has nothing in common with a die of another name or seed', () => {
    const correlation = (one: Die, other: Die): number => {
      let sum = 0;
      for (let nth = 0; nth < 20_000; nth++) sum += (one.fraction() - 0.5) * (other.fraction() - 0.5);
      return sum / 20_000 / (1 / 12);
    };
    expect(Math.abs(correlation(new Die(7, 'load/0'), new Die(7, 'load/1')))).toBeLessThan(0.03);
    expect(Math.abs(correlation(new Die(7, 'load/0'), new Die(8, 'load/0')))).toBeLessThan(0.03);
    expect(Math.abs(correlation(new Die(0, 'load/0'), new Die(2 ** 32, 'load/0')))).toBeLessThan(0.03);
  });

  test('has no memory from one roll to the next', () => {
    const die = new Die(3, 'memory');
    let before = die.fraction();
    let sum = 0;
    for (let nth = 0; nth < 20_000; nth++) {
      const now = die.fraction();
      sum += (before - 0.5) * (now - 0.5);
      before = now;
    }
    expect(Math.abs(sum / 20_000 / (1 / 12))).toBeLessThan(0.03);
  });

  test('keeps within its bounds', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string(), fc.integer({ min: 1, max: 1_000 }), (seed, name, sides) => {
        const die = new Die(seed, name);
        const fraction = die.fraction();
        expect(fraction >= 0 && fraction < 1).toBe(true);
        const roll = die.roll(sides);
        expect(Number.isInteger(roll) && roll >= 0 && roll < sides).toBe(true);
        const between = die.between(-2, 3);
        expect(between >= -2 && between < 3).toBe(true);
        expect(['a', 'b']).toContain(die.pick(['a', 'b']));
      }),
    );
    expect(() => new Die(1, 'none').pick([])).toThrow('nothing to pick from');
  });
});

test('digests of texts that differ a little differ', () => {
  const digests = new Set(Array.from({ length: 20_000 }, (_, nth) => digest(`line ${nth}`)));
  expect(digests.size).toBe(20_000);
  expect([...digests].every((one) => /^[0-9a-f]{16}$/.test(one))).toBe(true);
});
