import type { ClusterClock } from '../../cluster/cluster-clock.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { Projection } from '../reading/projection.ts';
import { flag } from '../query-flag.ts';

/** Which lines of a log are wanted, and how. Null where there is no bound. */
export interface LogOptions {
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceMs: SimMs;
  readonly tail: number | null;
  readonly limitBytes: number | null;
}

/** The options in a query; what cannot be read, or what is wrong with them in the words of `ValidatePodLogOptions` in pkg/apis/core/validation. */
export function readLogOptions(query: URLSearchParams, clock: ClusterClock, { offsetMs }: Projection): LogOptions | { readonly problem: string } | { readonly errors: readonly string[] } {
  const [tail, seconds, limit] = ['tailLines', 'sinceSeconds', 'limitBytes'].map((name) => numberIn(query, name));
  for (const one of [tail, seconds, limit]) if (typeof one === 'string') return { problem: `strconv.ParseInt: parsing ${JSON.stringify(one)}: invalid syntax` };
  const since = query.get('sinceTime') ?? '';
  const sinceUnixMs = Date.parse(since);
  if (since !== '' && Number.isNaN(sinceUnixMs)) return { problem: `parsing time ${JSON.stringify(since)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(since)} as "2006"` };
  const errors = [
    ...(isBelow(tail, 0) ? [`tailLines: Invalid value: ${tail}: must be greater than or equal to 0`] : []),
    ...(isBelow(limit, 1) ? [`limitBytes: Invalid value: ${limit}: must be greater than 0`] : []),
    ...(since !== '' && typeof seconds === 'number' ? [': Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'] : isBelow(seconds, 1) ? [`sinceSeconds: Invalid value: ${seconds}: must be greater than 0`] : []),
  ];
  if (errors.length > 0) return { errors };
  const fromMs = typeof seconds === 'number' ? clock.nowMs - seconds * 1000 : since === '' ? -Infinity : clock.simMs(new Date(sinceUnixMs - offsetMs).toISOString());
  return { previous: flag(query, 'previous'), timestamps: flag(query, 'timestamps'), sinceMs: fromMs, tail: asNumber(tail), limitBytes: asNumber(limit) };
}

/** Null where there is none; the text where it is no whole number. */
function numberIn(query: URLSearchParams, name: string): number | string | null {
  const text = query.get(name);
  if (text === null || text === '') return null;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function isBelow(value: number | string | null | undefined, least: number): boolean {
  return typeof value === 'number' && value < least;
}

function asNumber(value: number | string | null | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
