import { expect, test } from 'vitest';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** Faults that are in the code of a version: they hold for the pods that run it, and for no others. */

const REPOSITORY = 'registry.webshop.example/pricing';

function failing(day: Night): number {
  const [value = 0] = day.drill.cluster.metrics.recent('http.errors', 'shop/pricing', 1);
  return value ?? 0;
}

function images(day: Night): string[] {
  return day.drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === 'pricing').map(({ spec }) => spec?.containers[0]?.image ?? '');
}

function broken(settings: Record<string, string | number | boolean> = {}): { day: Night; end: () => void } {
  const day = aLabDay().until('10s');
  const end = day.drill.cluster.beginFault('program-errors', 'deployment/shop/pricing', { share: 0.6, ...settings });
  return { day, end };
}

test('a deploy brings it: rolled out as any other, told of in the change log and the history', () => {
  const { day } = broken();
  day.until('2m');
  expect(images(day)).toEqual([`${REPOSITORY}:1.4.1`, `${REPOSITORY}:1.4.1`]);
  expect(failing(day)).toBeCloseTo(0.6, 1);
  expect(day.drill.cluster.changes.entries.at(-1)).toMatchObject({ who: 'pipeline', what: 'deployment/pricing 1.4.0 to 1.4.1' });
  expect(day.drill.command('responder-1', 'kubectl -n shop rollout history deploy/pricing').text.join('\n')).toMatch(/\n1 .*\n2 /);
});

test('a roll-out that is paused half-way leaves half of it broken', () => {
  const { day } = broken();
  day.drill.command('responder-1', 'kubectl -n shop scale deploy/pricing --replicas=4');
  const set = (): string[] => images(day);
  for (let at = 12; at < 60 && set().filter((image) => image.endsWith(':1.4.1')).length < 2; at++) day.until(`${at}s`);
  day.drill.command('responder-1', 'kubectl -n shop rollout pause deploy/pricing');
  day.until('3m');
  const share = set().filter((image) => image.endsWith(':1.4.1')).length / set().length;
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.8);
  expect(failing(day)).toBeCloseTo(0.6 * share, 1);
});

test.each([
  ['an undo', 'kubectl -n shop rollout undo deploy/pricing'],
  ['the image as it was', `kubectl -n shop set image deploy/pricing pricing=${REPOSITORY}:1.4.0`],
  ['an older version', `kubectl -n shop set image deploy/pricing pricing=${REPOSITORY}:1.3.0`],
  ['a version in which it is mended', `kubectl -n shop set image deploy/pricing pricing=${REPOSITORY}:1.4.2`],
])('%s cures it', (_, line) => {
  const { day } = broken({ fixedIn: '1.4.2' });
  day.until('2m');
  day.drill.command('responder-1', line);
  day.until('4m');
  expect(failing(day)).toBeLessThan(0.02);
});

test('what has been in the running version from the beginning needs another version: there is nothing to undo', () => {
  const { day } = broken({ since: 'always' });
  day.until('2m');
  expect(images(day)).toEqual([`${REPOSITORY}:1.4.0`, `${REPOSITORY}:1.4.0`]);
  expect(day.drill.cluster.changes.entries.some(({ what }) => what.includes('deployment/pricing'))).toBe(false);
  day.drill.command('responder-1', 'kubectl -n shop rollout undo deploy/pricing');
  day.until('4m');
  expect(failing(day)).toBeCloseTo(0.6, 1);
  day.drill.command('responder-1', `kubectl -n shop set image deploy/pricing pricing=${REPOSITORY}:1.3.0`);
  day.until('6m');
  expect(failing(day)).toBeLessThan(0.02);
});

test('what is built from a bad version is bad, too', () => {
  const { day } = broken();
  day.until('1m');
  day.drill.cluster.beginFault('program-slow', 'deployment/shop/pricing', { latency: 300 });
  day.until('3m');
  expect(new Set(images(day))).toEqual(new Set([`${REPOSITORY}:1.4.2`]));
  expect(failing(day)).toBeCloseTo(0.6, 1);
});

test('it says which version it is, where its author says so, and is no other workload’s trouble', () => {
  const { day } = broken({ version: '2.0.0-rc1', who: 'ana', entry: 'pricing: try the release candidate' });
  day.until('2m');
  expect(new Set(images(day))).toEqual(new Set([`${REPOSITORY}:2.0.0-rc1`]));
  expect(day.drill.cluster.changes.entries.at(-1)).toMatchObject({ who: 'ana', what: 'pricing: try the release candidate' });
  expect(day.drill.cluster.metrics.recent('http.errors', 'shop/tariffs', 1)[0]).toBe(0);
});

test('ended, it puts back what it deployed, and not what somebody deployed since', () => {
  const one = broken();
  one.day.until('1m');
  one.end();
  one.day.until('3m');
  expect(new Set(images(one.day))).toEqual(new Set([`${REPOSITORY}:1.4.0`]));
  const other = broken();
  other.day.until('1m');
  other.day.drill.command('responder-1', `kubectl -n shop set image deploy/pricing pricing=${REPOSITORY}:1.3.0`);
  other.end();
  other.day.until('3m');
  expect(new Set(images(other.day))).toEqual(new Set([`${REPOSITORY}:1.3.0`]));
});
