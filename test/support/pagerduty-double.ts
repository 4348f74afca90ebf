import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the double treats one request. Requests beyond the script are answered. */
export type Treatment =
  | 'answer'
  | { readonly status: 429 | 500 | 502 | 503; readonly retryAfter?: string }
  /** The connection is cut before the event is read. */
  | 'reset'
  /** The event is processed, the answer never arrives. */
  | 'lose-answer'
  /** The event is not processed and nothing is answered, until the sender gives up. */
  | 'hang'
  /** The event is processed; the answer is no JSON. */
  | 'mangle-answer';

/** One incident: from the trigger that opened it to the event that resolved it. */
export interface Incident {
  readonly dedupKey: string;
  readonly routingKey: string;
  readonly summary: string;
  readonly severity: string;
  readonly details: Readonly<Record<string, unknown>>;
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** Triggers that arrived while it was open, the first included. */
  triggers: number;
}

/** An event as it was accepted. */
export interface AcceptedEvent {
  readonly action: string;
  readonly dedupKey: string;
  /** What it did: opened or changed an incident, or nothing. */
  readonly effect: 'opened' | 'repeated' | 'acknowledged' | 'resolved' | 'nothing';
}

/**
 * PagerDuty's Events API v2 on loopback, plain HTTP: `POST /v2/enqueue` with its checks, its answers, its rule that a
 * dedup key names one open incident, and its bad days, by a script of {@link Treatment}s. It knows nothing of gameday.
 */
export class PagerDutyDouble {
  readonly incidents: Incident[] = [];
  readonly accepted: AcceptedEvent[] = [];
  /** Every body that arrived, in full, accepted or not. */
  readonly bodies: string[] = [];
  script: Treatment[] = [];
  /** Routing keys that exist; null takes any that is well formed. */
  knownKeys: readonly string[] | null = null;
  readonly #server: Server;
  readonly #waiting: { readonly met: () => boolean; readonly done: () => void }[] = [];

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<PagerDutyDouble> {
    const double = new PagerDutyDouble();
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  open(): readonly Incident[] {
    return this.incidents.filter((incident) => incident.status !== 'resolved');
  }

  /** Settles when the condition holds, looked at after every request; the test's own time-out is the limit. */
  until(met: () => boolean): Promise<void> {
    return met() ? Promise.resolve() : new Promise((done) => this.#waiting.push({ met, done }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const treatment = this.script.shift() ?? 'answer';
    if (treatment === 'reset') {
      request.socket.resetAndDestroy();
    } else {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      this.bodies.push(body);
      this.#treat(treatment, request, response, body);
    }
    for (const waiting of this.#waiting) if (waiting.met()) waiting.done();
  }

  #treat(treatment: Exclude<Treatment, 'reset'>, request: IncomingMessage, response: ServerResponse, body: string): void {
    if (treatment === 'hang') return;
    if (typeof treatment === 'object') {
      if (treatment.retryAfter !== undefined) response.setHeader('Retry-After', treatment.retryAfter);
      answer(response, treatment.status, treatment.status === 429 ? { status: 'throttle exceeded', message: 'Requests for this service are arriving too quickly.' } : {});
      return;
    }
    if (request.method !== 'POST' || request.url !== '/v2/enqueue') return answer(response, 404, {});
    const event = parse(body);
    const errors = event === null ? ['Event is not JSON'] : complaints(event, this.knownKeys);
    if (event === null || errors.length > 0) return answer(response, 400, { status: 'invalid event', message: 'Event object is invalid', errors });
    const dedupKey = this.#process(event);
    if (treatment === 'lose-answer') request.socket.resetAndDestroy();
    else if (treatment === 'mangle-answer') response.writeHead(202).end('<html>');
    else answer(response, 202, { status: 'success', message: 'Event processed', dedup_key: dedupKey });
  }

  #process(event: EventBody): string {
    const dedupKey = event.dedup_key ?? `made-up-${this.incidents.length}`;
    const open = this.open().find((incident) => incident.dedupKey === dedupKey && incident.routingKey === event.routing_key);
    const { event_action: action, payload } = event;
    let effect: AcceptedEvent['effect'] = 'nothing';
    if (action === 'trigger' && open !== undefined) {
      open.triggers++;
      effect = 'repeated';
    } else if (action === 'trigger' && payload !== undefined) {
      this.incidents.push({ dedupKey, routingKey: event.routing_key, summary: payload.summary, severity: payload.severity, details: payload.custom_details ?? {}, status: 'triggered', triggers: 1 });
      effect = 'opened';
    } else if (open !== undefined) {
      open.status = action === 'resolve' ? 'resolved' : 'acknowledged';
      effect = open.status;
    }
    this.accepted.push({ action, dedupKey, effect });
    return dedupKey;
  }
}

interface EventBody {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key?: string;
  readonly payload?: { readonly summary: string; readonly source: string; readonly severity: string; readonly custom_details?: Record<string, unknown> };
}

function complaints(event: EventBody, knownKeys: readonly string[] | null): readonly string[] {
  const errors: string[] = [];
  if (!isText(event.routing_key) || event.routing_key.length !== 32) errors.push("Length of 'routing_key' is incorrect (should be 32 characters)");
  else if (knownKeys !== null && !knownKeys.includes(event.routing_key)) errors.push('Invalid routing key');
  if (!['trigger', 'acknowledge', 'resolve'].includes(event.event_action)) errors.push("'event_action' is invalid (must be one of: trigger, acknowledge, resolve)");
  if (event.dedup_key !== undefined && (typeof event.dedup_key !== 'string' || event.dedup_key.length > 255)) errors.push("'dedup_key' is too long (maximum 255 characters)");
  if (event.event_action !== 'trigger') {
    if (!isText(event.dedup_key)) errors.push("'dedup_key' is missing or blank");
    return errors;
  }
  if (!isText(event.payload?.summary)) errors.push("'payload.summary' is missing or blank");
  else if (event.payload.summary.length > 1024) errors.push("'payload.summary' is too long (maximum 1024 characters)");
  if (!isText(event.payload?.source)) errors.push("'payload.source' is missing or blank");
  if (!['critical', 'error', 'warning', 'info'].includes(event.payload?.severity ?? '')) errors.push("'payload.severity' is invalid (must be one of: critical, warning, error, info)");
  return errors;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parse(body: string): EventBody | null {
  try {
    return JSON.parse(body) as EventBody;
  } catch {
    return null;
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
