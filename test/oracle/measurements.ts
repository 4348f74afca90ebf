import { aRandomShop } from './a-random-shop.ts';
import { anEquippedShop, hardships } from './an-equipped-shop.ts';
import { advance, clusterAt, type Comparison, compared, type Running, utilisationOf } from './compare.ts';
import { type Course, measuredBreaker, measuredFlush, measuredWave } from './over-time.ts';
import { aStorm, byModel, byOracle, margin, type Outcome } from './storms.ts';
import * as upsets from './upsets.ts';

/** What is asked of the model below a utilisation of 0.85, and of what recovers, over so many points outside of the bands. */
export const GOALS = { mean: 0.1, p99: 0.15, storms: 0.95, band: 0.2, points: 200 } as const;

const HIGHEST = 0.85;

export interface ShopRow extends Comparison {
  readonly meanOff: number;
  readonly p99Off: number;
  /** Whether the shop, once pushed, stays in a storm of its own retries: sooner or later chance does the pushing. */
  readonly stormy: boolean;
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
  const rows = compared(`${kind} ${seed}`, running, seed, requests);
  const stormy = kind !== 'calm' && staysInStorm(running);
  return rows.map((row) => ({ ...row, stormy, meanOff: row.meanMs.model / row.meanMs.oracle - 1, p99Off: row.p99Ms.model / row.p99Ms.oracle - 1 }));
}

const PUSH = { factor: 5, lengthMs: 30_000, afterMs: 120_000 };

/** Whether the model of a shop is far from where it was, long after five times as many users came for a while. */
function staysInStorm({ cluster, agenda }: Running): boolean {
  const { conditions, loads } = cluster.traffic;
  const tookMs = (): number => Math.max(...loads.map(({ route }) => route.detMs + route.spreadMs));
  const { nowMs } = agenda;
  const before = tookMs();
  const ends = [...new Set(loads.map(({ spec }) => spec.service))].map((service) => conditions.adjust('load', service, PUSH.factor));
  advance(agenda, nowMs + PUSH.lengthMs);
  for (const end of ends) end();
  advance(agenda, nowMs + PUSH.lengthMs + PUSH.afterMs);
  return tookMs() > 2 * before;
}

export function isWithin({ meanOff, p99Off }: Pick<ShopRow, 'meanOff' | 'p99Off'>): boolean {
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

export interface UpsetRow {
  readonly seed: number;
  readonly trigger: upsets.Trigger;
  readonly inBand: boolean;
  readonly model: Outcome;
  readonly oracle: Outcome;
}

export function measuredUpset(seed: number): UpsetRow {
  const upset = upsets.anUpset(seed);
  const modelled = upsets.byModel(upset);
  return { seed, trigger: upset.trigger, inBand: upsets.isInBand(upset, modelled.outcome), model: modelled.outcome, oracle: upsets.byOracle(upset, modelled) };
}

/** Upsets outside of the boundary band, and those of them about which both say the same. */
export function upsetAgreement(rows: readonly UpsetRow[]): { readonly asked: number; readonly agreed: number } {
  const asked = rows.filter(({ inBand }) => !inBand);
  return { asked: asked.length, agreed: asked.filter(({ model, oracle }) => model === oracle).length };
}

/** What takes its time in worlds of a seed: the lag of consumers, a cache that warms up, breakers that open and close. */
export function measuredCourses(seed: number): Course[] {
  return [...measuredWave(seed), ...measuredFlush(seed), ...measuredBreaker(seed)];
}

export function isCourseWithin({ model, oracle }: Course): boolean {
  return Math.abs(model / oracle - 1) <= GOALS.p99;
}
