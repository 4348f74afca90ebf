import { describe, expect, test } from 'vitest';
import { Stages } from '../../src/scenario/statechart.ts';
import { stagesOf } from './stage-fixtures.ts';

const NIGHT = `
initial: calm
states:
  calm: {after: {2m: trouble}}
  trouble:
    entry: {begin: partner-hangs}
    always: {guard: {if: burning, for: 60s}, target: paged}
    after: {45m: timebox}
  paged:
    entry: [{page: slow}, {say: Good morning}]
    on: {MITIGATED: mitigated, CLAIMED: {actions: {inject: thanks}}}
    after: {45m: timebox}
  mitigated:
    always: {guard: {if: burning, for: 60s}, target: paged}
    after: {60m: quiet}
  quiet: {type: final}
  timebox: {type: final}
`;

const minute = 60_000;

describe('the night of the slow site', () => {
  test('two calm minutes, then trouble begins its fault', () => {
    const stages = new Stages(stagesOf(NIGHT), () => false);
    const start = stages.start(0);
    expect(start).toMatchObject({ entered: ['calm'], actions: [], schedule: [{ delayMs: 2 * minute }], done: false });
    const trouble = stages.due(start.schedule[0]?.id ?? '', 2 * minute);
    expect(trouble).toMatchObject({ entered: ['trouble'], actions: [{ do: 'begin', fault: 'partner-hangs' }], cancel: [start.schedule[0]?.id] });
    expect(stages.active).toEqual(['trouble']);
  });

  test('the page goes out only when the burn has lasted a minute without a break', () => {
    let burning = false;
    const stages = inTrouble(() => burning);
    burning = true;
    expect(stages.poll(3 * minute)).toBeNull();
    expect(stages.poll(3 * minute + 59_999)).toBeNull();
    burning = false;
    expect(stages.poll(4 * minute)).toBeNull();
    burning = true;
    expect(stages.poll(4 * minute + 1)).toBeNull();
    expect(stages.poll(5 * minute)).toBeNull();
    expect(stages.poll(5 * minute + 1)).toMatchObject({ entered: ['paged'], actions: [{ do: 'page', page: 'slow' }, { do: 'say' }] });
    expect(stages.poll(6 * minute)).toBeNull();
  });

  test('a mitigated site that burns again pages again, and waits its whole minute again', () => {
    let burning = true;
    const stages = inTrouble(() => burning);
    stages.poll(3 * minute);
    stages.poll(4 * minute);
    burning = false;
    stages.poll(5 * minute);
    expect(stages.send('MITIGATED', 6 * minute)).toMatchObject({ entered: ['mitigated'], schedule: [{ delayMs: 60 * minute }] });
    burning = true;
    expect(stages.poll(7 * minute)).toBeNull();
    expect(stages.poll(8 * minute)).toMatchObject({ entered: ['paged'] });
  });

  test('an event without a target acts and stays; one that nobody waits for does nothing', () => {
    const stages = inTrouble(() => true);
    stages.poll(3 * minute);
    stages.poll(4 * minute);
    expect(stages.send('CLAIMED', 4 * minute)).toMatchObject({ entered: [], actions: [{ do: 'inject', inject: 'thanks' }], schedule: [], cancel: [] });
    expect(stages.send('HELP', 4 * minute)).toEqual({ entered: [], actions: [], schedule: [], cancel: [], done: false, trouble: null });
  });

  test('after the end nothing moves', () => {
    const stages = inTrouble(() => false);
    expect(stages.due('xstate.after.2700000.stages.trouble', 47 * minute)).toMatchObject({ entered: ['timebox'], done: true });
    expect(stages.poll(48 * minute)).toBeNull();
    expect(stages.send('MITIGATED', 48 * minute)).toMatchObject({ entered: [], done: true });
  });

  test('a delay that was cancelled and comes all the same does nothing', () => {
    const stages = inTrouble(() => false);
    expect(stages.due('xstate.after.120000.stages.calm', 3 * minute)).toMatchObject({ entered: [], actions: [] });
  });
});

test('two things go wrong side by side, and history remembers how far one had come', () => {
  const stages = new Stages(
    stagesOf(`
type: parallel
states:
  site:
    initial: up
    states: {up: {on: {HELP: down}}, down: {on: {UPDATED: '#site.up'}}}
  night:
    initial: asleep
    states:
      asleep: {on: {ACKNOWLEDGED: awake, CLAIMED: awake.back}}
      awake:
        initial: one
        on: {RESOLVED: asleep}
        states: {one: {on: {CLAIMED: two}}, two: {exit: {say: leaving two}}, back: {type: history, target: .one}}
`),
    () => false,
  );
  expect(stages.start(0).entered).toEqual(['site', 'site.up', 'night', 'night.asleep']);
  expect(stages.send('HELP', 1).entered).toEqual(['site.down']);
  expect(stages.send('ACKNOWLEDGED', 2).entered).toEqual(['night.awake', 'night.awake.one']);
  stages.send('CLAIMED', 3);
  expect(stages.send('RESOLVED', 4)).toMatchObject({ entered: ['night.asleep'], actions: [{ do: 'say', text: 'leaving two' }] });
  expect(stages.active).toEqual(['site', 'site.down', 'night', 'night.asleep']);
  expect(stages.send('CLAIMED', 5).entered).toEqual(['night.awake', 'night.awake.two']);
});

test('a guard without `for` is asked in the moment of the event', () => {
  let sure = false;
  const stages = new Stages(stagesOf('{initial: a, states: {a: {on: {HELP: [{guard: sure, target: b}, {actions: {say: not yet}}]}}, b: {type: final}}}'), () => sure);
  stages.start(0);
  expect(stages.send('HELP', 1)).toMatchObject({ entered: [], actions: [{ do: 'say', text: 'not yet' }] });
  sure = true;
  expect(stages.send('HELP', 2)).toMatchObject({ entered: ['b'], done: true });
});

test('stages that chase each other stop with a sentence instead of hanging', () => {
  const stages = new Stages(stagesOf('{initial: a, states: {a: {on: {HELP: b}}, b: {always: {guard: x, target: c}}, c: {always: {guard: x, target: b}}}}'), () => true);
  stages.start(0);
  expect(stages.send('HELP', 1)).toMatchObject({ done: true, trouble: 'The stages go round in circles from a.' });
});

function inTrouble(burning: () => boolean): Stages {
  const stages = new Stages(stagesOf(NIGHT), burning);
  const start = stages.start(0);
  stages.due(start.schedule[0]?.id ?? '', 2 * minute);
  return stages;
}
