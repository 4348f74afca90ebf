import type { Die } from '../../time/dice.ts';
import type { LoadSpec } from '../spec.ts';
import type { ServiceRoute } from './graph.ts';
import type { Spread } from './regions.ts';

/** One stream of users. */
export interface LoadFlow {
  readonly spec: LoadSpec;
  readonly route: ServiceRoute;
  /** Where its users get: elsewhere or nowhere, where an Ingress says so. */
  reaches: ServiceRoute | null;
  /** How its users are spread over the world; null where they are not. */
  readonly spread: Spread | null;
  /** Nobody is at the door of the cluster that its users know; and their requests that were cut off in the last tick. */
  shutOut: boolean;
  cut: number;
  readonly die: Die;
  /** Rate without retries, rolled anew for each window, and what conditions outside make of it. */
  ratePerS: number;
  factor: number;
  retryPerS: number;
  /** Share of answers that come too late to count as good, as the last tracers met it. */
  slowShare: number;
  /** Since the traffic began: requests that users wanted answered, and those of them that were answered well. */
  wanted: number;
  good: number;
}

/** The rate of the next window: the sum of four uniform rolls is near enough to a normal one. */
export function rollRate(load: LoadFlow): void {
  const { die, spec } = load;
  const deviation = (die.fraction() + die.fraction() + die.fraction() + die.fraction() - 2) * 1.732;
  load.ratePerS = Math.max(0, spec.ratePerS * (1 + spec.noise * deviation));
}
