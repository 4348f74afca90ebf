import type { ApiRequest } from '../drill/api/api-door.ts';
import type { SimMs } from '../time/sim-time.ts';

/** A client that asks the same again within so much simulated time is polling. */
const POLL_MS = 60_000;
/** Clients of which the newest requests are remembered. */
const MOST_KEPT = 2_000;

/**
 * Which reads are worth a fact. Reading on in a list, watching on and polling tell nothing that the first request did not:
 * the same read by the same run of kubectl counts once; by any other client, once a simulated minute.
 */
export class ApiFold {
  /** When each read was last written down. */
  readonly #seen = new Map<string, SimMs>();

  isNew({ seat, session, agent, method, path, query }: Omit<ApiRequest, 'offsetMs'>, nowMs: SimMs): boolean {
    const asked = new URLSearchParams(query);
    if (asked.has('continue')) return false;
    for (const name of WHERE_IT_STANDS) asked.delete(name);
    const key = JSON.stringify([seat, session ?? agent, method, path, asked.toString()]);
    const seenMs = this.#seen.get(key);
    if (seenMs !== undefined && (session !== null || nowMs - seenMs < POLL_MS)) return false;
    this.#seen.delete(key);
    this.#seen.set(key, nowMs);
    if (this.#seen.size > MOST_KEPT) this.#seen.delete(this.#seen.keys().next().value as string);
    return true;
  }
}

/** What changes from one poll to the next. */
const WHERE_IT_STANDS = ['resourceVersion', 'resourceVersionMatch', 'timeoutSeconds', 'timeout', 'allowWatchBookmarks', 'sendInitialEvents'];
