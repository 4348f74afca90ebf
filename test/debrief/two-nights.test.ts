import { expect, test } from 'vitest';
import { debriefOf } from '../../src/debrief/debrief.ts';
import { measure } from '../../src/debrief/measures.ts';
import type { RubricId } from '../../src/debrief/rubric.ts';
import { johnnysNight, johnsNight, pagedNight, theSlowSite } from '../support/the-slow-site.ts';

const john = debriefOf(johnsNight().build(), theSlowSite());
const johnny = debriefOf(johnnysNight().build(), theSlowSite());

test.each(['B2', 'B4', 'B5', 'B6', 'B8', 'B14'] as const)('John scores 4 on %s', (id) => {
  expect(levelOf(john, id)).toBe(4);
});

test.each(['B2', 'B4', 'B5', 'B8', 'B14'] as const)('Johnny scores 0 on %s', (id) => {
  expect(levelOf(johnny, id)).toBe(0);
});

test('the score tells the two apart', () => {
  expect(john.scores.skill.value).toBeGreaterThanOrEqual(0.9);
  expect(john.scores.durability.value).toBe(1);
  expect(john.scores.harm.value).toBe(0);
  expect(johnny.scores.skill.value).toBeLessThan(0);
  expect(johnny.scores.durability.value).toBe(0);
  expect(johnny.scores.harm.value).toBeGreaterThan(0);
});

test('John’s night in numbers', () => {
  const { outcome, measures } = measure(johnsNight().build(), theSlowSite());
  expect(outcome).toBe('resolved');
  // 40% bad from 2:30 to 7:00; the alert at 3:00; the /resolve at 12:30.
  expect(measures.ttdMs).toBe(30_000);
  expect(measures.ttaMs).toBe(20_000);
  expect(measures.ttmMs).toBe(270_000);
  expect(measures.ttrMs).toBe(600_000);
  expect(measures.badMinutes).toBeCloseTo(0.4 * 4.5, 9);
  expect(measures.budgetUsed).toBeCloseTo((0.4 * 4.5) / (0.005 * 30 * 24 * 60), 9);
});

test('every item says what it saw and where', () => {
  for (const result of [...john.rubric, ...johnny.rubric]) {
    expect(result.why).toMatch(/./);
    if (result.level !== null && result.level > 0) expect(result.evidence.length, result.id).toBeGreaterThan(0);
  }
});

test('nothing done leaves the durations censored at the time box', () => {
  const { intervals, scores, rubric } = debriefOf(pagedNight().ends('45m', 'timebox').build(), theSlowSite());
  expect(intervals.ttm).toMatchObject({ state: 'censored', ms: 42.5 * 60_000 });
  expect(intervals.tta).toMatchObject({ state: 'censored', ms: 42 * 60_000 });
  expect(scores.durability).toMatchObject({ value: null, reason: 'it was not declared resolved' });
  expect(rubric.find(({ id }) => id === 'B8')?.level).toBeNull();
});

test('five minutes inside the objective are needed to count as mitigated', () => {
  const relapse = pagedNight().badShare('6m', 0).badShare('9m', 0.4).badShare('12m', 0).ends('45m', 'mitigated');
  expect(debriefOf(relapse.build(), theSlowSite()).anchors.mitigation?.atMs).toBe(12 * 60_000);
});

test('a single bad request before the fault is no impact', () => {
  const noisy = pagedNight().badShare('30s', 0.006).badShare('1m', 0);
  expect(debriefOf(noisy.ends('45m', 'timebox').build(), theSlowSite()).anchors.impact?.atMs).toBe(150_000);
});

test('an effect is seen beside what else happened in the same minutes', () => {
  const [restart] = johnny.effects;
  expect(restart?.direction).toBe('worse');
  expect(restart?.after).toBeGreaterThan(0.8);
  const set = john.effects[0];
  expect(set?.direction).toBe('better');
});

test('a ghost that costs what the reference costs leaves the skill undefined, with the reason', () => {
  const { scores } = debriefOf(pagedNight().ends('45m', 'timebox', { noop: 5, golden: 5 }).build(), theSlowSite());
  expect(scores.skill).toMatchObject({ value: null, reason: 'doing nothing costs as much as the reference response' });
});

function levelOf(debrief: ReturnType<typeof debriefOf>, id: RubricId): number | null | undefined {
  return debrief.rubric.find((result) => result.id === id)?.level;
}
