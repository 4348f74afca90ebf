import { survival } from './call.ts';
import type { ServiceRoute } from './graph.ts';

/** Status codes that a proxy at the entrance of a cluster answers with, or notes of who left. */
export const PROXY_CODES = [200, 404, 499, 500, 502, 503, 504] as const;

export type ProxyCode = (typeof PROXY_CODES)[number];

/** The proxy gives up waiting for an answer after this long. Source: proxy_read_timeout of nginx. */
export const PROXY_TIMEOUT_MS = 60_000;
/** And for a connection after this long. Source: proxy-connect-timeout of ingress-nginx. */
export const PROXY_CONNECT_MS = 5_000;

/**
 * Shares of the codes that users get of a route through a proxy, in the order of {@link PROXY_CODES}: 404 where no rule
 * leads anywhere, 503 where nobody is behind the Service, 502 where who is there refuses or breaks off, 504 where nothing
 * comes back in time, 499 where the user is gone first. `cut` is the share of answers that broke off.
 */
export function proxyShares(shares: Float64Array, route: ServiceRoute | null, patienceMs: number, cut: number): void {
  shares.fill(0);
  const only = (code: ProxyCode): void => void (shares[PROXY_CODES.indexOf(code)] = 1);
  if (route === null) return only(404);
  const { service } = route;
  if (!service.exists) return only(503);
  if (service.pods.length === 0) return only(service.silent ? (patienceMs < PROXY_CONNECT_MS ? 499 : 504) : service.refuses ? 502 : 503);
  // Whoever's patience ends first, the user's or the proxy's.
  const impatient = patienceMs < PROXY_TIMEOUT_MS;
  const over = survival(Math.min(patienceMs, PROXY_TIMEOUT_MS), route.detMs, route.spreadMs);
  const late = impatient ? 0 : over;
  const left = impatient ? over : 0;
  const lost = 1 - (1 - service.loss) * (1 - route.starvedShare);
  const answered = (1 - lost) * (1 - late - left);
  const broken = Math.min(1, cut);
  // What a program turns away it answers itself.
  const away = Math.min(1, route.refusedShare);
  const failed = Math.max(0, Math.min(1, route.failShare) - away - route.starvedShare);
  put(shares, 504, lost * (impatient ? 0 : 1) + (1 - lost) * late);
  put(shares, 499, lost * (impatient ? 1 : 0) + (1 - lost) * left);
  put(shares, 502, answered * broken);
  put(shares, 503, answered * (1 - broken) * away);
  put(shares, 500, answered * (1 - broken) * failed);
  put(shares, 200, answered * (1 - broken) * (1 - away - failed));
}

function put(shares: Float64Array, code: ProxyCode, share: number): void {
  shares[PROXY_CODES.indexOf(code)] = share;
}
