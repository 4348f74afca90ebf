import type { Conditions } from '../../src/cluster/traffic/conditions.ts';
import type { PodOf } from './world.ts';

/** What one call meets on its way, beyond the usual round trip. */
export interface WayOf {
  readonly ms: number;
  /** Chance that nobody ever answers. */
  readonly lost: number;
  /** Chance that it is refused before anybody was reached. */
  readonly refused: number;
  /** Share of calls that open a new connection, what that takes, and the chance that its name is not found. */
  readonly opens: number;
  readonly openMs: number;
  readonly unresolved: number;
}

export const OPEN_WAY: WayOf = { ms: 0, lost: 0, refused: 0, opens: 0, openMs: 0, unresolved: 0 };

/** A kept-alive pool opens this share of its connections anew, and that takes so long beside the look-up of the name. */
const KEPT_ALIVE = 0.05;
const CONNECT_MS = 1.5;

/** The way of one call from one pod to another, by where both run; `to` is null for a party outside. */
export function wayBetween(conditions: Conditions, from: PodOf, service: string, to: PodOf | null): WayOf {
  const ends = to === null ? [from] : to.node === from.node ? [] : [from, to];
  const zones = to === null ? [from.zone] : to.zone === from.zone ? [] : [from.zone, to.zone];
  const pair = zones.length === 2 ? [zones.toSorted().join('~')] : [];
  let ms = to === null ? 0 : conditions.sum('network-latency', service);
  let arrives = to === null ? 1 : (1 - conditions.share('network-loss', service)) * (1 - conditions.share('way-loss', `${from.workload}→${service}`));
  for (const { node } of ends) {
    ms += conditions.sum('node-latency', node);
    arrives *= 1 - conditions.share('node-loss', node);
  }
  for (const zone of [...zones, ...pair]) {
    ms += conditions.sum('zone-latency', zone);
    arrives *= 1 - conditions.share('zone-loss', zone);
  }
  return {
    ms, lost: 1 - arrives, refused: to === null ? 0 : conditions.share('way-denied', `${from.workload}→${service}`),
    opens: KEPT_ALIVE + conditions.share('connection-churn', from.workload), openMs: CONNECT_MS + conditions.sum('dns-latency', 'cluster'), unresolved: conditions.share('dns-errors', 'cluster'),
  };
}
