import { expect, test } from 'vitest';
import { Judge } from '../../src/drill/judge.ts';
import { aLabDay } from '../support/fault-lab.ts';

test('a program that nobody can reach still runs its image: a crash is no roll-back', () => {
  const { drill } = aLabDay().until('1m');
  const runs = (): boolean => new Judge(drill).holds("cluster.images('cart').exists(image, image.contains('/cart:'))");
  expect(runs()).toBe(true);
  drill.cluster.beginFault('readiness-wrong', 'deployment/shop/cart', {});
  drill.advance(drill.nowMs + 120_000);
  expect(drill.cluster.traffic.places.services.get('shop/cart')?.pods).toEqual([]);
  expect(runs()).toBe(true);
});
