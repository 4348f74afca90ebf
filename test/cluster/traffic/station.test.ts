import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { erlangTable } from '../../../src/cluster/traffic/erlang.ts';
import { Station } from '../../../src/cluster/traffic/station.ts';

/** Stands for a wait without end. */
const LONGEST_WAIT_MS = 600_000;

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Ticks of a station: what arrives by class, how long each holds a place, how many places there are. */
const ticks = fc.array(
  fc.record({
    tickMs: fc.constantFrom(100, 1_000, 5_000),
    arriving: fc.tuple(fc.double({ min: 0, max: 400, noNaN: true }), fc.double({ min: 0, max: 50, noNaN: true })),
    holdMs: fc.tuple(fc.double({ min: 0.1, max: 20_000, noNaN: true }), fc.double({ min: 0.1, max: 60_000, noNaN: true })),
    places: fc.nat(80),
    room: fc.nat(600),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('a station', () => {
  test('loses nobody: who arrived is inside, waits, has left, or was turned away', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const station = new Station(10, 2);
        let arrived = 0;
        let left = 0;
        let turnedAway = 0;
        for (const { tickMs, arriving, holdMs, places, room } of all) {
          station.resize(places);
          turnedAway += station.step(tickMs, Float64Array.from(arriving), Float64Array.from(holdMs), room);
          arrived += sum(arriving);
          left += sum(station.left);
          const here = sum(station.inside) + station.backlog;
          expect(Math.abs(arrived - left - turnedAway - here)).toBeLessThan(1e-6 * (1 + arrived));
          expect(station.backlog).toBeLessThanOrEqual(room + 1e-6);
        }
        expect(Math.abs(station.clear() + left + turnedAway - arrived)).toBeLessThan(1e-6 * (1 + arrived));
        expect(station.clear()).toBe(0);
      }),
    );
  });

  test('never holds or waits for less than nothing, and no number goes astray', () => {
    fc.assert(
      fc.property(ticks, (all) => {
        const station = new Station(10, 2);
        for (const { tickMs, arriving, holdMs, places, room } of all) {
          station.resize(places);
          station.step(tickMs, Float64Array.from(arriving), Float64Array.from(holdMs), room);
          for (const value of [...station.inside, ...station.waiting, ...station.left, ...station.admitted, station.backlogWaitMs, station.chanceWaitMs, station.chanceWaitShare, station.utilisation]) {
            expect(Number.isFinite(value) && value >= -1e-9, String(value)).toBe(true);
          }
          expect(station.backlogWaitMs).toBeLessThanOrEqual(LONGEST_WAIT_MS);
        }
      }),
    );
  });

  test('serves no more than its places can, however much arrives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 5, max: 5_000, noNaN: true }), fc.double({ min: 1.05, max: 20, noNaN: true }), (places, holdMs, overload) => {
        const station = new Station(places, 1);
        const capacity = (places * 1_000) / holdMs;
        const hold = new Float64Array([holdMs]);
        let left = 0;
        for (let second = 0; second < 200; second++) {
          station.step(1_000, new Float64Array([capacity * overload]), hold, 1e9);
          if (second >= 100) left += sum(station.left);
        }
        expect(left / 100).toBeLessThanOrEqual(capacity * 1.0001);
        expect(left / 100).toBeGreaterThan(capacity * 0.99);
      }),
    );
  });

  test("keeps Little's law: as many are inside as arrive in the time that one stays", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 200, noNaN: true }), fc.double({ min: 5, max: 8_000, noNaN: true }), (ratePerS, holdMs) => {
        const offered = (ratePerS * holdMs) / 1_000;
        const station = new Station(Math.ceil(offered / 0.7) + 1, 1);
        for (let second = 0; second < 300; second++) station.step(1_000, new Float64Array([ratePerS]), new Float64Array([holdMs]), 1e9);
        expect(station.backlog).toBeLessThan(1e-6);
        expect(Math.abs(station.inside[0] as number - offered) / offered).toBeLessThan(0.01);
      }),
    );
  });

  test('without places serves nobody, and says that the wait has no end', () => {
    const station = new Station(0, 1);
    expect(station.step(1_000, new Float64Array([5]), new Float64Array([100]), 3)).toBe(2);
    expect(station.backlog).toBe(3);
    expect(station.backlogWaitMs).toBe(LONGEST_WAIT_MS);
  });
});

describe('waiting by chance', () => {
  /** P(wait) in M/M/c by its textbook sum: (a^c / c!) / ((1 − ρ) Σ a^k/k! + a^c/c!). */
  function textbook(servers: number, offered: number): number {
    let term = 1;
    let below = 0;
    for (let k = 0; k < servers; k++) {
      below += term;
      term *= offered / (k + 1);
    }
    return term / ((1 - offered / servers) * below + term);
  }

  test('is Erlang C, as closely as a table needs to be', () => {
    for (const servers of [1, 2, 8, 36, 100]) {
      const table = erlangTable(servers);
      for (let load = 0.013; load < 0.98; load += 0.0171) {
        const exact = textbook(servers, servers * load);
        expect(Math.abs(table.waitProbability(load) - exact)).toBeLessThan(0.001);
        const wait = exact / (servers * (1 - load));
        expect(Math.abs(table.meanWait(load) - wait)).toBeLessThan(0.02 * wait + 1e-4);
      }
      expect(table.meanWait(5)).toBe(table.meanWait(0.98));
      expect(table.meanWait(-1)).toBe(0);
      expect(table.meanWait(Number.NaN)).toBe(0);
    }
  });

  test('grows with the load and shrinks with the number of servers', () => {
    for (let load = 0.1; load < 0.97; load += 0.05) {
      expect(erlangTable(8).meanWait(load + 0.02)).toBeGreaterThan(erlangTable(8).meanWait(load));
      expect(erlangTable(16).meanWait(load)).toBeLessThan(erlangTable(8).meanWait(load));
    }
  });
});

test('a number of threads that somebody mistyped by nine zeros costs no time', () => {
  const station = new Station(1e9, 1);
  station.step(1_000, Float64Array.of(100), Float64Array.of(50), 512);
  expect(station.chanceWaitMs).toBe(0);
  expect(station.utilisation).toBeLessThan(1e-6);
});
