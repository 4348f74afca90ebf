import { expect, test } from 'vitest';
import { aCalmDay } from '../support/a-drill.ts';

test('what one line changed in many places, one /undo takes back', () => {
  const day = aCalmDay().until('5s');
  const replicas = (): number[] => ['cart', 'catalog', 'search'].map((name) => day.drill.cluster.plane.store.get('Deployment', 'shop', name)?.spec?.replicas ?? -1);
  const before = replicas();
  day.types('kubectl -n shop scale deploy/cart deploy/catalog deploy/search --replicas=5');
  expect(replicas()).toEqual([5, 5, 5]);
  day.types('/undo');
  expect(replicas()).toEqual(before);
  expect(day.refusal('/undo')).toBe('There is nothing to undo.');
});

test('Services that one line deleted are all made again', () => {
  const day = aCalmDay().until('5s');
  day.types('kubectl -n shop delete service payments shipping');
  day.types('/undo');
  for (const name of ['payments', 'shipping']) expect(day.drill.cluster.plane.store.get('Service', 'shop', name)).toBeDefined();
});
