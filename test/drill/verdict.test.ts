import { describe, expect, test } from 'vitest';
import { aDrill, type Night } from '../support/a-drill.ts';

const REDIS = 'registry.webshop.example/redis:7.2.4';

/** Everything that the scenario's solutions say and file, but for what they change in the cluster. */
function afterwards(night: Night, tickets: readonly string[]): Night {
  for (const to of tickets) night.types(`/ticket ${to} what we did and why`);
  night.types('/update It works again.');
  night.types('/resolve');
  return night.until('3h');
}

function outcome(night: Night): string {
  return night.facts('drill-ended')[0]?.outcome ?? 'not ended';
}

function missed(night: Night): string {
  return night.facts('verdict-missed').flatMap(({ checks }) => checks).join('\n');
}

describe('a right answer passes whichever lever it pulls', () => {
  test.each([
    ['the flag', ['/flag ADDRESS_CHECK off']],
    ['the environment', ['kubectl set env deploy/checkout ADDRESS_CHECK=off']],
    ['a patch', [`kubectl patch deploy checkout -p '{"spec":{"template":{"spec":{"containers":[{"name":"checkout","env":[{"name":"ADDRESS_CHECK","value":"off"}]}]}}}}'`]],
    ['a short time-out instead of the switch', ['kubectl set env deploy/checkout ADDRESS_CHECK_TIMEOUT=300ms']],
  ])('the slow site by %s', (_, lines) => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/ack');
    for (const line of lines) night.types(line);
    afterwards(night.wait('9m'), ['address-check', 'developers']);
    expect([outcome(night), missed(night)]).toEqual(['resolved', '']);
  });

  test.each([
    ['rolling it back', ['kubectl rollout undo deploy/catalog']],
    ['naming the version before', ['kubectl set image deploy/catalog catalog=registry.webshop.example/catalog:3.7.2']],
    ['naming an older version', ['kubectl set image deploy/catalog catalog=registry.webshop.example/catalog:3.7.1']],
    ['deleting it and making it again as it was', ['kubectl rollout undo deploy/catalog', 'kubectl delete deploy/catalog', '/undo']],
  ])('one bad deploy by %s', (_, lines) => {
    const night = aDrill('one-bad-deploy').untilPaged();
    night.types('/ack');
    for (const line of lines) night.types(line);
    afterwards(night.wait('6m'), ['catalog']);
    expect([outcome(night), missed(night)]).toEqual(['resolved', '']);
  });

  test.each([
    ['fewer pods', ['kubectl scale deploy/cart --replicas=3']],
    ['smaller pools', ['kubectl set env deploy/cart DB_POOL=1']],
  ])('the last connections by %s', (_, lines) => {
    const night = aDrill('last-connections').untilPaged();
    night.types('/ack');
    for (const line of lines) night.types(line);
    afterwards(night.wait('9m'), ['capacity', 'database']);
    expect([outcome(night), missed(night)]).toEqual(['resolved', '']);
  });
});

describe('what only looks well does not pass, and the verdict says why', () => {
  test('a program that answers 200 to everything', () => {
    const night = aDrill('one-bad-deploy').untilPaged();
    night.types(`kubectl set image deploy/catalog catalog=${REDIS}`);
    const verify = night.wait('4m').types('/verify').text.join('\n');
    expect(verify).toContain('Meets the objective.');
    expect(verify).toContain('Not yet: catalog is answered by its own program: pods of redis answer, where catalog is meant to');
    afterwards(night, ['catalog']);
    expect(outcome(night)).toBe('timebox');
    expect(missed(night)).toContain('catalog is answered by its own program');
  });

  test('a route that is given up so that the others are fast', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('kubectl set env deploy/storefront CHECKOUT_TIMEOUT=1ms');
    expect(night.wait('9m').types('/verify').text.join('\n')).toMatch(/Not yet: users are served on every route: of what they ask is answered well: checkout-page \d%/);
  });

  test('a feature that stays off', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/flag ADDRESS_CHECK off');
    night.types('kubectl set env deploy/storefront RECOMMENDATIONS=off');
    afterwards(night.wait('9m'), ['address-check', 'developers']);
    expect(missed(night)).toContain('RECOMMENDATIONS stays on: it is off in storefront');
    expect(outcome(night)).not.toBe('resolved');
  });

  test('a workload that pages can do without, and is gone', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/flag ADDRESS_CHECK off');
    night.types('kubectl scale deploy/recommendations --replicas=0');
    afterwards(night.wait('9m'), ['address-check', 'developers']);
    expect([outcome(night), missed(night)]).toEqual(['mitigated', expect.stringMatching(/^recommendations is there: no ready pod has answered it for \d+ min$/)]);
  });

  test('hands that do not leave it alone', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/ack');
    night.types('/flag ADDRESS_CHECK off');
    night.wait('9m').types('/ticket address-check it hangs');
    night.types('/ticket developers it waits');
    night.types('/resolve');
    for (let minute = 0; minute < 55; minute += 5) {
      night.types('kubectl rollout restart deploy/checkout');
      night.wait('5m');
    }
    night.until('3h');
    expect(outcome(night)).toBe('mitigated');
    expect(missed(night)).toMatch(/it stays well for 30 min without anybody's hands: patch deployments\/checkout, \d+ min before the end\ncheckout runs without being restarted: its containers started \d+ times in the last 30 min/);
  });
});

test('looking at how it stands changes nothing', () => {
  const play = (looks: boolean): string => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/flag ADDRESS_CHECK off');
    for (let at = 0; at < 60; at++) {
      night.wait('7s');
      if (looks) night.drill.screen('responder-1');
      if (looks) night.types('/verify');
    }
    return night.facts('verdict-reached').map(({ atMs, verdict }) => `${atMs} ${verdict}`).join();
  };
  expect(play(true)).toBe(play(false));
  expect(play(true)).toMatch(/mitigated/);
});

test('the dungeon master reads on the timeline why it was missed; players do not while it runs', () => {
  const seats = [
    { seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' },
    { seat: 'dm', role: 'dm', name: 'Dan', driver: 'person' },
  ] as const;
  const night = aDrill('slow-site', { seats }).until('46m');
  const told = (seat: string): string => night.drill.screen(seat).timeline.map(({ text }) => text).join('\n');
  expect(told('dm')).toContain('the verdict is not reached: the service came back; slo.burn < 1.0 for 5m: slo.burn is ');
  expect(told('responder-1')).not.toContain('verdict');
});
