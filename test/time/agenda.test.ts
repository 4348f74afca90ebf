import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Agenda } from '../../src/time/agenda.ts';

/** What the agenda has to do, done the slow way: a list that is searched from the front. */
class SortedList {
  entries: { atMs: number; order: number; what: number }[] = [];
  nowMs = 0;

  add(atMs: number, what: number, order: number): void {
    this.entries.push({ atMs, order, what });
    this.entries.sort((one, other) => one.atMs - other.atMs || one.order - other.order);
  }

  cancel(order: number): boolean {
    const at = this.entries.findIndex((entry) => entry.order === order);
    if (at !== -1) this.entries.splice(at, 1);
    return at !== -1;
  }

  take(untilMs: number): number | null {
    const [first] = this.entries;
    if (first === undefined || first.atMs > untilMs) return null;
    this.entries.shift();
    this.nowMs = first.atMs;
    return first.what;
  }
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), delay: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(200) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), within: fc.nat(12) }) },
);

test('it does what a sorted list does, whatever is added, cancelled and taken', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const agenda = new Agenda<number>();
      const list = new SortedList();
      const tickets: number[] = [];
      steps.forEach((one, nth) => {
        if (one.do === 'add') {
          list.add(agenda.nowMs + one.delay, nth, tickets.length);
          tickets.push(agenda.addAfter(one.delay, nth));
        } else if (one.do === 'cancel') {
          const ticket = tickets[one.nth];
          if (ticket !== undefined) expect(agenda.cancel(ticket)).toBe(list.cancel(one.nth));
        } else {
          const untilMs = agenda.nowMs + one.within;
          expect(agenda.take(untilMs)).toBe(list.take(untilMs));
          expect(agenda.nowMs).toBe(list.nowMs);
        }
        expect(agenda.length).toBe(list.entries.length);
        expect(agenda.peekMs()).toBe(list.entries[0]?.atMs ?? null);
      });
    }),
    { numRuns: 300 },
  );
});

describe('entries of one moment', () => {
  test('leave in the order in which they were added, however many there are', () => {
    const agenda = new Agenda<number>();
    const numbers = Array.from({ length: 1_000 }, (_, nth) => nth);
    for (const nth of numbers) agenda.add(50, nth);
    expect(numbers.map(() => agenda.take(50))).toEqual(numbers);
  });

  test('that are added while that moment is lived come last', () => {
    const agenda = new Agenda<string>();
    agenda.add(10, 'first');
    agenda.add(10, 'second');
    expect(agenda.take(10)).toBe('first');
    agenda.add(10, 'third');
    expect([agenda.take(10), agenda.take(10), agenda.take(10)]).toEqual(['second', 'third', null]);
  });
});

describe('a ticket', () => {
  test('cancels once, and never the entry that came into its place', () => {
    const agenda = new Agenda<string>();
    const ticket = agenda.add(5, 'a');
    expect(agenda.cancel(ticket)).toBe(true);
    expect(agenda.take(5)).toBeNull();
    agenda.add(5, 'b');
    expect(agenda.cancel(ticket)).toBe(false);
    expect(agenda.take(5)).toBe('b');
  });

  test('of what has been taken cancels nothing', () => {
    const agenda = new Agenda<string>();
    const ticket = agenda.add(5, 'a');
    agenda.take(5);
    expect(agenda.cancel(ticket)).toBe(false);
  });
});

describe('time', () => {
  test('does not go back, and is whole', () => {
    const agenda = new Agenda<string>(100);
    expect(() => agenda.add(99, 'too late')).toThrow(/99 is no integer time from 100 on/);
    expect(() => agenda.add(100.5, 'between')).toThrow(/no integer time/);
  });

  test('may begin before zero, for clusters are older than drills', () => {
    const agenda = new Agenda<string>(-1_000);
    agenda.add(-1_000, 'born');
    expect(agenda.take(0)).toBe('born');
    expect(agenda.nowMs).toBe(-1_000);
  });

  test('is not moved past what waits', () => {
    const agenda = new Agenda<string>();
    agenda.add(10, 'a');
    expect(() => agenda.moveTo(11)).toThrow(/past 10/);
    agenda.moveTo(10);
    expect(agenda.nowMs).toBe(10);
  });

  test('stays where nothing is due', () => {
    const agenda = new Agenda<string>();
    agenda.add(10, 'a');
    expect(agenda.take(9)).toBeNull();
    expect(agenda.nowMs).toBe(0);
  });
});
