import type { GlobalSpec, RegionSpec, TrafficSpec } from '../../cluster/spec.ts';
import type { ClusterNames } from '../cluster-names.ts';
import { durationMs } from '../shape/atoms.ts';
import type { AuthoredTraffic } from '../shape/traffic-shape.ts';

/** Regions and global names out of what an author wrote; nothing where there are none. */
export function buildRegions({ regions, globals }: AuthoredTraffic, names: ClusterNames): Pick<TrafficSpec, 'regions' | 'globals'> {
  return {
    ...(regions === undefined ? {} : { regions: mapped(regions, ({ namespace = null, roundTrip }): RegionSpec => ({ namespace, roundTripMs: mapped(roundTrip, durationMs) })) }),
    ...(globals === undefined ? {} : { globals: mapped(globals, ({ by, ttl, check, backends }): GlobalSpec => ({ by, ttlMs: durationMs(ttl), check: { everyMs: Math.max(1_000, durationMs(check.every)), failures: check.failures, successes: check.successes }, backends: mapped(backends, (service) => names.full('Service', service)) })) }),
  };
}

function mapped<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
