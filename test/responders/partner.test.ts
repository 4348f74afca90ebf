import { describe, expect, test } from 'vitest';
import { Drill } from '../../src/drill/drill.ts';
import type { SeatRecord } from '../../src/journal/timeline.ts';
import { castPartner } from '../../src/responders/cast.ts';
import { Driver } from '../../src/responders/driver.ts';
import { parseDurationMs } from '../../src/time/sim-time.ts';
import { theScenario } from '../support/a-drill.ts';

const SEATS: readonly SeatRecord[] = [
  { seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' },
  { seat: 'responder-2', role: 'responder', name: 'Robin', driver: 'john' },
];

/** Ana plays alone; Robin is the scripted second. */
class WithRobin {
  readonly drill = new Drill({ scenario: theScenario('slow-site'), seed: 7, seats: SEATS, onFact: () => undefined });
  readonly #driver = new Driver(this.drill, new Map([['responder-2', castPartner('john', 7)]]));

  wait(duration: string): this {
    this.#driver.advance(this.drill.nowMs + (parseDurationMs(duration) as number));
    return this;
  }

  untilPaged(): this {
    while (this.drill.state.pages.length === 0) this.wait('5s');
    return this;
  }

  /** Lines that Robin typed so far. */
  get robin(): string[] {
    return this.drill.facts.flatMap((fact) => (fact.type === 'command-given' && fact.seat === 'responder-2' ? [fact.line] : []));
  }
}

describe('the scripted partner', () => {
  test('sleeps until paged, then acknowledges within a minute and a half, says so, and takes a role of their own', () => {
    const night = new WithRobin().untilPaged();
    expect(night.robin).toEqual([]);
    night.wait('2m');
    expect(night.robin[0]).toBe('/ack P1');
    expect(night.robin[1]).toMatch(/I'm up/);
    expect(night.drill.state.roles.get('responder-2')).toBe('communications');
    const [page] = night.drill.state.pages;
    expect((page?.acknowledged[0]?.atMs ?? Infinity) - (page?.sentAtMs ?? 0)).toBeLessThan(90_000);
  });

  test('acts on nothing unasked', () => {
    const night = new WithRobin().untilPaged().wait('20m');
    expect(night.drill.facts.filter(({ type }) => type === 'api-written' || type === 'flag-flipped')).toEqual([]);
    expect(night.robin.length).toBeLessThan(6);
  });

  test('looks where asked and tells what they see', () => {
    const night = new WithRobin().untilPaged().wait('3m');
    night.drill.command('responder-1', '@Robin please look at the checkout');
    night.wait('1m');
    expect(night.robin).toContain('dash checkout');
    expect(night.robin.at(-1)).toMatch(/^I see: /);
  });

  test.each([
    ['Robin, what do you see on checkout?', 'dash checkout'],
    ['robin can you look at the database', 'dash database'],
    ['Robin please run kubectl get pods', 'kubectl get pods'],
    ['hey Robin: changes', 'changes'],
  ])('is spoken to as people speak to one another: %s', (said, done) => {
    const night = new WithRobin().untilPaged().wait('3m');
    night.drill.command('responder-1', said);
    night.wait('1m');
    expect(night.robin).toContain(done);
    expect(night.robin.at(-1)).toMatch(/^I see: /);
  });

  test.each(['Robin is asleep, I think', 'Pages: 7 s, normal is 5 s', 'Checkout can not get connections', 'Ana, look at checkout'])('is not spoken to: %s', (said) => {
    const night = new WithRobin().untilPaged().wait('3m');
    const before = night.robin.length;
    night.drill.command('responder-1', said);
    expect(night.wait('1m').robin.length).toBe(before);
  });

  test('tells what is far from its normal on a dashboard', () => {
    const night = new WithRobin().untilPaged().wait('3m');
    night.drill.command('responder-1', '@Robin look at checkout');
    night.wait('1m');
    expect(night.robin.at(-1)).toMatch(/^I see: calls to address-check 20\.0 s, normally 140 ms; |^I see: failed to address-check 100%, normally 0\.1%; /);
    night.drill.command('responder-1', '@Robin look at shipping');
    night.wait('1m');
    expect(night.robin.at(-1)).toBe('I see: nothing far from its normal');
  });

  test('says what does not work as what it is', () => {
    const night = new WithRobin().untilPaged().wait('3m');
    night.drill.command('responder-1', '@Robin look at the moon');
    night.wait('1m');
    expect(night.robin.at(-1)).toMatch(/^That did not work here\. There is no dashboard called moon\..* …$/);
  });

  test('confirms nothing in their sleep', () => {
    const night = new WithRobin().wait('20s');
    night.drill.command('responder-1', 'kubectl delete namespace shop');
    expect(night.wait('90s').robin).toEqual([]);
    expect(night.drill.facts.some(({ type }) => type === 'confirmed')).toBe(false);
  });

  test('runs what they are told to run', () => {
    const night = new WithRobin().untilPaged().wait('3m');
    night.drill.command('responder-1', '@Robin run kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off');
    night.wait('4m');
    expect(night.drill.facts.some((fact) => fact.type === 'api-written' && fact.seat === 'responder-2' && fact.name === 'checkout')).toBe(true);
    expect(night.drill.level.bad).toBeLessThan(0.03);
  });

  test('confirms what waits for them, and only then does it happen', () => {
    const night = new WithRobin().untilPaged().wait('3m');
    expect(night.drill.command('responder-1', 'kubectl delete namespace shop').status).toBe('ok');
    const confirmed = (): boolean => night.drill.facts.some(({ type }) => type === 'confirmed');
    expect(confirmed()).toBe(false);
    night.wait('30s');
    expect(confirmed()).toBe(true);
    expect(night.robin).toContain('/confirm');
  });

  test('does the talking to stakeholders when asked', () => {
    const night = new WithRobin().untilPaged().wait('3m');
    night.drill.command('responder-1', '@robin tell the customers something');
    night.wait('1m');
    expect(night.drill.facts.filter(({ type }) => type === 'update-posted')).toHaveLength(1);
  });
});
