import { describe, expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

describe('a drill ends', () => {
  test('at its time box where nobody acknowledges, and the last interval still counts', () => {
    const night = aDrill('slow-site').until('46m');
    night.expectTimeline(['page-sent', '45:00 page-resolved P1', '45:00 drill-ended timebox']);
    expect(night.facts('page-acknowledged')).toEqual([]);
    expect(night.facts('service-level-measured').at(-1)?.atMs).toBe(45 * 60_000);
  });

  test('at once where those who went to bed are woken after the time box', () => {
    const night = aDrill('slow-site').untilPaged();
    night.until('44m').types('/resolve');
    night.until('2h');
    const [first, again, ...more] = night.facts('page-sent');
    expect([first?.again, again?.again, more.length]).toEqual([false, true, 0]);
    expect(again?.atMs).toBeGreaterThan(45 * 60_000);
    expect(night.facts('drill-ended')).toMatchObject([{ atMs: again?.atMs, outcome: 'timebox' }]);
    expect(night.drill.facts.at(-1)?.type).toBe('drill-ended');
  });

  test('at its time box where they are woken before it, however often they resolve', () => {
    const night = aDrill('slow-site').untilPaged();
    night.until('10m').types('/resolve');
    expect(night.refusal('/resolve')).toBe('It is resolved already; you will be woken if it is not.');
    night.until('20m').types('/resolve');
    night.until('2h').expectTimeline(['page-sent P1', '10:00 Ana resolve-claimed', 'page-sent P2', '20:00 Ana resolve-claimed', 'page-sent P3', '45:00 drill-ended']);
  });

  test('and nothing is written after its end', () => {
    const night = aDrill('one-bad-deploy').until('3h');
    const facts = night.drill.facts.length;
    expect(night.refusal('/ack')).toBe('The drill is over.');
    night.drill.pagerAnswered('P1', 'Ana');
    night.drill.pause('quit');
    night.drill.resume();
    night.wait('1h');
    expect(night.drill.facts.length).toBe(facts);
    expect(night.drill.screen('responder-1').outputs.at(-1)).toMatchObject({ line: '/ack', status: 'refused' });
  });
});

test('what is mitigated, comes back and is mitigated again is noted each time', () => {
  const night = aDrill('slow-site').untilPaged();
  night.types('/flag ADDRESS_CHECK off');
  night.wait('12m').types('/resolve');
  night.wait('5s').types('/flag ADDRESS_CHECK on');
  night.wait('8m').types('/flag ADDRESS_CHECK off');
  night.until('44m').expectTimeline(['verdict-reached mitigated', 'stage-entered mitigated', 'page-sent P2', 'verdict-reached mitigated', 'stage-entered mitigated']);
});

test('a hint is given once, asked for or not', () => {
  const night = aDrill('slow-site').untilPaged();
  night.types('changes');
  night.wait('13m');
  const given = night.facts('hint-given').map(({ text }) => text);
  expect(given).toEqual(['Which requests are the slow ones, and whom do they wait for?']);
  night.types('/hint');
  night.types('/hint');
  night.types('/hint');
  expect(night.refusal('/hint')).toBe('There are no more hints.');
  const all = night.facts('hint-given').map(({ text }) => text);
  expect(new Set(all).size).toBe(4);
});

test('what was deleted is made again where it was, and the change log says so', () => {
  const night = aDrill('slow-site').until('1m');
  const line = 'kubectl -n shop delete service payments';
  night.types(line);
  night.types('/undo');
  expect(night.facts('api-written').at(-1)).toMatchObject({ verb: 'create', resource: 'services', namespace: 'shop', name: 'payments' });
  expect(night.types('changes').text.at(-1)).toMatch(/Ana\s+services\/payments: made again$/);
});
