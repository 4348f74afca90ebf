import { expect, test } from 'vitest';
import { checkExpression } from '../../src/scenario/cel-check.ts';
import type { ConditionFacts } from '../../src/scenario/condition-facts.ts';
import { ConditionTimer, Expressions } from '../../src/scenario/conditions.ts';

const troubles: string[] = [];

function asking(expression: string, facts: Partial<ConditionFacts> = {}): boolean {
  return new Expressions({ ...QUIET, ...facts }, (sentence) => troubles.push(sentence)).holds(expression);
}

const QUIET: ConditionFacts = {
  burn: () => 0, bad: () => 0, p95Ms: () => 0, alert: () => false, said: () => false, read: () => false, ticketed: () => false,
  claimed: () => false, acknowledged: () => false, flag: () => '', since: () => -1, stage: () => false,
  deployment: () => null, statefulset: () => null, images: () => ['registry.example/catalog:1.0.0'], service: () => true, pod: () => null,
};

test('numbers may be written with or without a point', () => {
  const facts = { burn: () => 6, p95Ms: () => 7000 };
  for (const held of ['slo.burn > 5', 'slo.burn > 5.5', 'slo.burn == 6', '6 == slo.burn', 'slo.burn != 7', '2 * slo.burn / 3 == 4', 'slo.p95 - 1000 >= 6000', '1 < slo.burn']) {
    expect([held, checkExpression(held).trouble, asking(held, facts)]).toEqual([held, null, true]);
  }
});

test('the design\'s own conditions mean what they say', () => {
  expect(asking("cluster.deployment('storefront').replicas == 0", { deployment: () => ({ replicas: 3, ready: 3, image: 'a:1' }) })).toBe(false);
  expect(asking("cluster.deployment('storefront').replicas == 0")).toBe(true); // deleted is as good as none
  expect(asking("claimed() && said('update')", { claimed: () => true, said: (word) => word === 'update' })).toBe(true);
  expect(asking("since('page') > 600", { since: () => 601 })).toBe(true);
  expect(asking("since('page') > 600")).toBe(false);
  expect(asking("flag('ADDRESS_CHECK') == 'off'", { flag: () => 'off' })).toBe(true);
  expect(asking("cluster.pod('postgres-0').ready && cluster.pod('postgres-0').restarts < 1", { pod: () => ({ ready: true, restarts: 0 }) })).toBe(true);
});

test('what cannot be evaluated is false, and said once', () => {
  troubles.length = 0;
  const expressions = new Expressions(QUIET, (sentence) => troubles.push(sentence));
  for (let times = 0; times < 3; times++) expect(expressions.holds("[slo.burn > 1.0][3]")).toBe(false);
  for (let times = 0; times < 3; times++) expect(expressions.holds('slo.burn >')).toBe(false);
  expect(troubles).toHaveLength(2);
  expect(troubles[1]).toContain('slo.burn >');
});

test('mistakes in expressions are found before a drill, with their place and the likely word', () => {
  expect(checkExpression('slo.brun > 1').trouble).toMatchObject({ offset: 4, cure: 'Did you mean "burn"?' });
  expect(checkExpression("sad('x')").trouble).toMatchObject({ offset: 0, cure: 'Did you mean "said"?' });
  expect(checkExpression("cluster.deploiment('x').ready > 1").trouble).toMatchObject({ cure: 'Did you mean "deployment"?' });
  expect(checkExpression("slo.burn > 'x'").trouble?.problem).toContain('double > string');
  expect(checkExpression("said('x') &&").trouble).toMatchObject({ offset: 12 });
  expect(checkExpression('slo.burn').trouble?.cure).toContain('Compare it');
  expect(checkExpression(`${'('.repeat(5000)}1`).trouble).not.toBeNull();
  expect(checkExpression("alert('Slow') && stage('paged')").calls).toEqual([{ name: 'alert', argument: 'Slow', offset: 6 }, { name: 'stage', argument: 'paged', offset: 23 }]);
});

test('a condition with `for` forgets everything at the first break', () => {
  const timer = new ConditionTimer({ if: 'x', forMs: 60_000 });
  expect([timer.update(0, true), timer.update(59_999, true), timer.update(60_000, true)]).toEqual([false, false, true]);
  expect([timer.update(70_000, false), timer.update(80_000, true), timer.update(139_999, true), timer.update(140_000, true)]).toEqual([false, false, false, true]);
});

test('a million conditions are asked in well under ten seconds', () => {
  const expressions = new Expressions(QUIET, () => undefined);
  let held = 0;
  const started = performance.now();
  for (let times = 0; times < 1_000_000; times++) if (expressions.holds("slo.burn > 6.0 || cluster.deployment('x').replicas > 3")) held++;
  expect(held).toBe(0);
  expect(performance.now() - started).toBeLessThan(10_000);
});
