import { event } from '@pagerduty/pdjs';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect } from 'node:net';
import type { EventsServer } from './pagerduty-settings.ts';

/** One event of the Events API v2. Only a trigger needs the payload. */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning' | 'info';
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
}

/** What became of one attempt. `why` is for people and holds no key; `afterMs` is how long the server asked to wait. */
export type Answer =
  | { readonly answer: 'accepted' }
  | { readonly answer: 'later'; readonly why: string; readonly afterMs: number | null }
  | { readonly answer: 'refused'; readonly why: string };

interface SendLimits {
  readonly timeoutMs: number;
  /** Ends the attempt at once. */
  readonly signal: AbortSignal;
}

/**
 * Sends one event once and says what became of it; never rejects.
 *
 * pdjs waits out a 429 by itself, three times 20 seconds, deaf to Retry-After and to a drill that ends. So each attempt
 * has an agent of its own, by which Node's `http.client.response.finish` channel tells us its answer: a 429 ends the
 * attempt and the waiting is ours. An accepted event stays accepted even where the body was cut off.
 */
export async function sendEvent(server: EventsServer, body: PagerDutyEvent, limits: SendLimits): Promise<Answer> {
  const agent = agentFor(server);
  const stop = new AbortController();
  const seen: { response: IncomingMessage | null } = { response: null };
  const listen = (message: unknown): void => {
    const { request, response } = message as { request: ClientRequest & { agent?: unknown }; response: IncomingMessage };
    if (request.agent !== agent) return;
    seen.response = response;
    if (response.statusCode === 429) stop.abort();
  };
  subscribe('http.client.response.finish', listen);
  try {
    const options = {
      server: server.host,
      data: body as Parameters<typeof event>[0]['data'],
      requestTimeout: 0, // its timer would keep the process alive
      timeout: limits.timeoutMs,
      redirect: 'manual' as const, // the key goes to nobody else
      signal: AbortSignal.any([stop.signal, limits.signal]),
      agent,
    };
    const answered = await event(options);
    return judge(answered.status, seen.response, complaintsIn(answered.data));
  } catch (error) {
    const status = seen.response?.statusCode;
    return status === undefined
      ? { answer: 'later', why: limits.signal.aborted ? 'gameday stopped waiting' : networkTrouble(error), afterMs: null }
      : judge(status, seen.response, '');
  } finally {
    unsubscribe('http.client.response.finish', listen);
    agent.destroy();
  }
}

function judge(status: number, response: IncomingMessage | null, complaints: string): Answer {
  if (status >= 200 && status < 300) return { answer: 'accepted' };
  if (status === 429 || status === 408 || status >= 500) {
    const why = status === 429 ? 'it asks for fewer events (429)' : `it answered ${status}`;
    return { answer: 'later', why, afterMs: retryAfterMs(response?.headers['retry-after']) };
  }
  if (status === 400) {
    return { answer: 'refused', why: `PagerDuty refused the event (400${complaints}). Check that the routing key is the Integration Key of an "Events API V2" integration that still exists` };
  }
  return { answer: 'refused', why: `PagerDuty answered ${status}${complaints}` };
}

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3). Null where it is neither or has passed. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : null;
}

/** What the body of a 400 complains of, such as `: Length of 'routing_key' is incorrect`; anything that could be a key is struck out. */
function complaintsIn(data: unknown): string {
  const errors = (data as { errors?: unknown } | null | undefined)?.errors;
  const texts = (Array.isArray(errors) ? errors : []).filter((error): error is string => typeof error === 'string');
  const text = texts.join('; ').replace(/[\p{Cc}]+/gu, ' ').replace(/[A-Za-z0-9+/=_-]{20,}/g, '[struck out]').slice(0, 200);
  return text === '' ? '' : `: ${text}`;
}

function networkTrouble(error: unknown): string {
  const { code, type } = error as { code?: unknown; type?: unknown };
  if (type === 'request-timeout' || type === 'body-timeout') return 'it did not answer in time';
  return typeof code === 'string' ? `it could not be reached (${code})` : 'it could not be reached';
}

/** For a double on this machine: plain TCP to loopback, whatever the URL says (pdjs always writes https). */
class LoopbackAgent extends HttpAgent {
  readonly protocol = 'https:';
  readonly #port: number;

  constructor(port: number) {
    super();
    this.#port = port;
  }

  override createConnection(): ReturnType<HttpAgent['createConnection']> {
    return connect({ host: '127.0.0.1', port: this.#port });
  }
}

function agentFor(server: EventsServer): HttpAgent {
  return server.loopbackPort === null ? new HttpsAgent({ keepAlive: false }) : new LoopbackAgent(server.loopbackPort);
}
