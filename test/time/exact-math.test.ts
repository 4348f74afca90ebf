import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { exp, ln } from '../../src/time/exact-math.ts';

const apart = (ours: number, theirs: number): number => (ours === theirs ? 0 : Math.abs(ours - theirs) / Math.abs(theirs));

test('ln is within 1e-13 of the engine, from the smallest to the greatest number', () => {
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (value) => {
      const theirs = Math.log(value);
      // Around 1 the logarithm itself is next to nothing: there the absolute error counts.
      if (Math.abs(theirs) < 1e-3) expect(Math.abs(ln(value) - theirs)).toBeLessThan(1e-16);
      else expect(apart(ln(value), theirs)).toBeLessThan(1e-13);
    }),
    { numRuns: 5_000 },
  );
});

test('exp is within 1e-13 of the engine wherever its result is no subnormal number', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 709.7, noNaN: true }), (value) => {
      expect(apart(exp(value), Math.exp(value))).toBeLessThan(1e-13);
    }),
    { numRuns: 5_000, examples: [[709.7], [-700]] },
  );
});

test('they undo each other', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-200, max: 1e200, noNaN: true }), (value) => {
      expect(apart(exp(ln(value)), value)).toBeLessThan(2e-13);
    }),
  );
});

test('at the edges they say what the engine says', () => {
  for (const value of [0, -1, Infinity, Number.NaN, 1]) expect(ln(value), `ln ${value}`).toBe(Math.log(value));
  for (const value of [0, -Infinity, Infinity, Number.NaN, 1_000, -1_000]) expect(exp(value), `exp ${value}`).toBe(Math.exp(value));
});

test('these bits are the same on every machine', () => {
  expect([ln(10), ln(0.3), exp(1), exp(-12.5)]).toMatchInlineSnapshot(`
    [
      2.3025850929940455,
      -1.203972804325936,
      2.7182818284590455,
      0.00000372665317207867,
    ]
  `);
});
