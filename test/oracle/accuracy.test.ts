import { describe, expect, test } from 'vitest';
import { aRandomShop } from './a-random-shop.ts';
import { clusterAt, compared, utilisationOf } from './compare.ts';

/** The flow model against the oracle below 0.85: the mean within a tenth. */
describe('shops that nobody thought of', { timeout: 60_000 }, () => {
  test.each([5, 10, 19])('shop %i', (seed) => {
    const cluster = clusterAt(aRandomShop(seed, 0.5 / utilisationOf(clusterAt(aRandomShop(seed, 1), 120_000))), 120_000);
    for (const { name, meanMs } of compared(`shop ${seed}`, cluster, seed, 15_000)) expect(Math.abs(meanMs.model / meanMs.oracle - 1), name).toBeLessThan(0.1);
  });
});
