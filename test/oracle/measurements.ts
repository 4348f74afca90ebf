import { aRandomShop } from './a-random-shop.ts';
import { anEquippedShop, hardships } from './an-equipped-shop.ts';
import { clusterAt, type Comparison, compared, type Running, utilisationOf } from './compare.ts';
import { aStorm, byModel, byOracle, margin, type Outcome } from './storms.ts';

/** What is asked of the model below a utilisation of 0.85. */
export const GOALS = { mean: 0.1, p99: 0.15, storms: 0.95, band: 0.2 } as const;

const HIGHEST = 0.85;

export interface ShopRow extends Comparison {
  readonly meanOff: number;
  readonly p99Off: number;
}

/** Plain; with time-outs that bite, retries and failures; with breakers, brokers, quotas and all that. */
export type Kind = 'calm' | 'troubled' | 'equipped';

/** One random shop at a utilisation of its own between 0.2 and 0.85, by model and oracle: a row for each thing that users ask. */
export function measuredShop(seed: number, kind: Kind, requests = 20_000): ShopRow[] {
  const at = (ratePerS: number, untilMs: number): Running => (kind === 'equipped' ? clusterAt(anEquippedShop(seed, ratePerS), untilMs, (conditions) => hardships(seed, conditions)) : clusterAt(aRandomShop(seed, ratePerS, kind === 'troubled'), untilMs));
  const wanted = 0.2 + ((seed * 37) % 65) / 100;
  const atOne = utilisationOf(at(1, 120_000).cluster);
  // Threads are held longer under load: who comes out above takes less.
  let ratePerS = wanted / atOne;
  let running = at(ratePerS, 200_000);
  for (let busy = utilisationOf(running.cluster); busy > HIGHEST; busy = utilisationOf(running.cluster)) {
    ratePerS *= 0.9 * Math.min(1, HIGHEST / busy);
    running = at(ratePerS, 200_000);
  }
  return compared(`${kind} ${seed}`, running, seed, requests).map((row) => ({ ...row, meanOff: row.meanMs.model / row.meanMs.oracle - 1, p99Off: row.p99Ms.model / row.p99Ms.oracle - 1 }));
}

export function isWithin({ meanOff, p99Off }: ShopRow): boolean {
  return Math.abs(meanOff) <= GOALS.mean && Math.abs(p99Off) <= GOALS.p99;
}

export interface StormRow {
  readonly seed: number;
  readonly margin: number;
  readonly model: Outcome;
  readonly oracle: Outcome;
}

export function measuredStorm(seed: number): StormRow {
  const storm = aStorm(seed);
  return { seed, margin: margin(storm), model: byModel(storm), oracle: byOracle(storm) };
}

/** Storms outside of the boundary band, and those of them about which both say the same. */
export function agreement(storms: readonly StormRow[]): { readonly asked: number; readonly agreed: number } {
  const asked = storms.filter(({ margin: far }) => far >= GOALS.band);
  return { asked: asked.length, agreed: asked.filter(({ model, oracle }) => model === oracle).length };
}
