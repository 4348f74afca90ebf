import { Die } from '../../time/dice.ts';
import { ln } from '../../time/exact-math.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { LogSpec } from '../spec.ts';
import { REFUSED_MS } from '../traffic/call.ts';
import type { Op } from '../traffic/graph.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { type Fields, type LogEvent, logText, plainEvent, requestEvent, type Structured, takenApart } from './log-format.ts';
import { noiseEvents } from './log-noise.ts';
import type { Traces } from './traces.ts';
import { databaseTrouble } from './database-trouble.ts';
import { unreadEvents } from './unread-log.ts';
import { type PodRecord, type RouteRecord, routesOf, STEP_FIELDS, type WindowRecord } from './windows.ts';

/** One line that a container wrote: plain text that begins with its level, JSON, or logfmt, as its program has it. */
export interface LogLine {
  readonly atMs: SimMs;
  readonly text: string;
}

/** More lines than these a container writes in one window are sampled, as a log pipeline under load would. */
const MOST_PER_WINDOW = 24;

/** What the lines are made of, beside the windows. */
export interface LogSources {
  readonly seed: number;
  /** Unix time in ms of simulated time 0. */
  readonly epochMs: number;
  readonly windows: readonly WindowRecord[];
  /** Requests that were sampled; their lines carry the traces' ids. */
  readonly traces: Traces;
  /** How much programs say that nobody needs. */
  readonly noise: 'none' | 'some' | 'much';
  /** Names an outside party's host, as programs write it. */
  readonly hostOf: HostOf;
}

type HostOf = (target: string) => string;

/**
 * The lines that one run of a pod's container wrote in the windows that are kept. Nothing is stored: the lines are
 * made from what the windows held, by dice named after pod and window, so that whoever reads, whenever, reads the same.
 */
export function logLines(sources: LogSources, pod: { namespace: string; name: string; run: number }): LogLine[] {
  const { windows, epochMs } = sources;
  const lines: LogLine[] = [];
  let before = false;
  for (const window of windows) {
    const record = window.plan.pods.find(({ name, namespace, run }) => name === pod.name && namespace === pod.namespace && run === pod.run);
    if (record === undefined) continue;
    const justStarted = !before && window !== windows[0];
    before = true;
    const events = windowEvents(sources, record, window, justStarted);
    events.sort((one, other) => one.atMs - other.atMs);
    const format = record.variant.program.logFormat ?? 'text';
    for (const event of events.slice(0, MOST_PER_WINDOW)) lines.push({ atMs: event.atMs, text: logText(event, format, epochMs) });
  }
  return lines;
}

function windowEvents({ seed, traces, noise, hostOf }: LogSources, pod: PodRecord, window: WindowRecord, justStarted: boolean): LogEvent[] {
  const { endMs, plan } = window;
  const { variant, namespace, name } = pod;
  const { program, tag, threads } = variant;
  const die = new Die(seed, `log/${namespace}/${name}/${endMs}`);
  const events: LogEvent[] = [];
  if (program.kind === 'database') {
    databaseLines(events, endMs, die, justStarted, tag);
    events.push(...databaseTrouble(seed, pod, window));
  } else if (justStarted) events.push(plainEvent(endMs - WINDOW_MS, 'info', `starting version=${tag} threads=${threads}`));
  const pods = plan.variants.get(variant)?.pods ?? 0;
  if (pod.serving && pods > 0) {
    const routes = routesOf(window, variant);
    routes.forEach((route, nth) => {
      const flow = variant.routes[nth];
      if (flow === undefined) return;
      const served = ((route.startedPerS * WINDOW_MS) / 1000 / pods) * (1 - route.failShare) * (1 - route.noConnection);
      trouble(events, endMs, die, flow.name, flow.ops, route, pods, hostOf);
      for (const spec of program.logs) ordinary(events, endMs, die, spec, flow.name, served, route);
    });
    sampled(events, traces, pod, endMs);
    if (window.unread !== null) events.push(...unreadEvents(seed, pod, window));
    const collecting = routes[0]?.collecting ?? 0;
    if (collecting >= TELLING) events.push(plainEvent(at(new Die(seed, `log/gc/${namespace}/${name}/${endMs}`), endMs), 'warn', `gc: collections took ${Math.round(collecting * 100)}% of the last ${WINDOW_MS / 1000}s`));
  }
  if (noise !== 'none') events.push(...noiseEvents({ seed, pod, kind: program.kind, endMs, justStarted, much: noise === 'much' }));
  return events;
}

/** What a pod wrote of the requests that were sampled: the one line that it writes of each, with the trace's ids. */
function sampled(events: LogEvent[], traces: Traces, { namespace, name, variant }: PodRecord, endMs: SimMs): void {
  const spec = variant.program.logs[0];
  if (spec === undefined) return;
  for (const { traceId, startMs, spans } of traces.ofPod(endMs, name)) {
    for (const span of spans) {
      if (span.pod !== name || !span.service.startsWith(`${namespace}/`)) continue;
      const atMs = Math.floor(startMs + span.startMs + span.tookMs);
      const request = traceId.slice(0, 8);
      const trace = { traceId, spanId: span.spanId };
      if (span.error === null) events.push({ ...servedEvent(atMs, spec, span.operation, Math.max(1, Math.round(span.tookMs)), request), trace });
      else events.push({ ...requestEvent(atMs, 'error', span.operation, request, 'request failed', { status: 503, duration_ms: Math.round(span.tookMs) }), trace });
    }
  }
}

/** Checkpoints are this far apart on average, in windows. */
const WINDOWS_A_CHECKPOINT = 20;

/** A database says when it comes up, and when it has written down what it was told. */
function databaseLines(events: LogEvent[], endMs: SimMs, die: Die, justStarted: boolean, version: string): void {
  if (justStarted) {
    const startMs = endMs - WINDOW_MS;
    events.push(plainEvent(startMs, 'log', `starting server ${version}, listening on port 5432`));
    events.push(plainEvent(startMs + 400, 'log', 'database system was shut down; all client connections were closed'));
    events.push(plainEvent(startMs + 2_100, 'log', 'database system is ready to accept connections'));
  } else if (die.roll(WINDOWS_A_CHECKPOINT) === 0) {
    events.push(plainEvent(at(die, endMs), 'log', `checkpoint complete: wrote ${200 + die.roll(1_800)} buffers`));
  }
}

/** Programs tell of their collector from this share of the time on. */
const TELLING = 0.2;

/** A whole number whose mean is `expected`. */
function count(die: Die, expected: number, most: number): number {
  const whole = Math.floor(expected);
  return Math.min(most, whole + (die.fraction() < expected - whole ? 1 : 0));
}

function at(die: Die, endMs: SimMs): SimMs {
  return endMs - WINDOW_MS + die.roll(WINDOW_MS);
}

function ordinary(events: LogEvent[], endMs: SimMs, die: Die, spec: LogSpec, name: string, requests: number, route: RouteRecord): void {
  for (let nth = count(die, requests * spec.perRequest, 6); nth > 0; nth--) {
    const ms = Math.max(1, Math.round(route.detMs - route.spreadMs * ln(1 - die.fraction())));
    const request = die.hex();
    events.push(servedEvent(at(die, endMs), spec, name, ms, request));
  }
}

/** The line that a program writes of a request that it served. Structured, time and id are fields and no words. */
function servedEvent(atMs: SimMs, { level, text }: LogSpec, route: string, ms: number, request: string): LogEvent {
  const structured = (): Structured => {
    const words = text.replaceAll('{route}', route).split(' ');
    const { message, fields } = takenApart(words.filter((word, nth) => !OF_ONE_REQUEST.test(word) && !(BEFORE_A_TIME.test(word) && OF_ONE_REQUEST.test(words[nth + 1] ?? ''))).join(' '));
    return { message, fields: { route: `/${route}`, status: 200, duration_ms: ms, request_id: request, ...fields } };
  };
  return { atMs, level, text: text.replaceAll('{route}', route).replaceAll('{ms}', String(ms)).replaceAll('{id}', request), structured, trace: null };
}

const OF_ONE_REQUEST = /\{(?:ms|id)\}/;
const BEFORE_A_TIME = /^(?:in|took)$/;

function trouble(events: LogEvent[], endMs: SimMs, die: Die, routeName: string, ops: readonly Op[], route: RouteRecord, pods: number, hostOf: HostOf): void {
  const seconds = WINDOW_MS / 1000;
  // As plain text was always made: first the moment, then the id.
  const say = (level: LogEvent['level'], message: string, fields: () => Fields = () => ({})): void => {
    const atMs = at(die, endMs);
    const request = die.hex();
    events.push(requestEvent(atMs, level, routeName, request, message, fields()));
  };
  for (let nth = count(die, (route.startedPerS * route.noConnection * seconds) / pods, 4); nth > 0; nth--) {
    say('error', 'could not get a database connection: pool exhausted, timed out waiting');
  }
  for (let nth = count(die, (route.startedPerS * route.defectShare * seconds) / pods, 4); nth > 0; nth--) {
    say('error', route.defectSays ?? '500 unhandled error: invalid memory address or nil pointer dereference');
  }
  for (let nth = count(die, (route.startedPerS * route.starvedShare * seconds) / pods, 4); nth > 0; nth--) {
    // No request was read yet: the line is the server's own.
    events.push(plainEvent(at(die, endMs), 'error', 'http: Accept error: accept tcp [::]:8080: accept4: too many open files; retrying in 5ms'));
  }
  ops.forEach((op, step) => {
    const why = route.whys?.[step] ?? null;
    const [rate, ms, fail, late, attempts] = route.steps.subarray(step * STEP_FIELDS) as unknown as [number, number, number, number, number];
    for (let nth = count(die, (rate * fail * seconds) / pods, 4); nth > 0; nth--) {
      say(op.critical ? 'error' : 'warn', op.kind === 'query' ? 'query failed' : 'call failed', () => (why !== null && die.below(why.share) ? { peer: hostOf(op.target), error: why.says } : failureFields(die, op, { ms, late, attempts }, hostOf)));
    }
    if (op.kind === 'call' && ms > 1_000 && fail < 0.9) {
      for (let nth = count(die, (rate * (1 - fail) * seconds * 0.5) / pods, 3); nth > 0; nth--) {
        say('warn', 'slow call', () => ({ peer: hostOf(op.target), elapsed_ms: Math.round(ms * die.between(0.9, 1.2)) }));
      }
    }
  });
}

function failureFields(die: Die, op: Op, { ms, late, attempts }: { readonly ms: number; readonly late: number; readonly attempts: number }, hostOf: HostOf): Fields {
  const peer = hostOf(op.target);
  // Nobody fails as fast, to the millisecond, as one who is not there.
  const refused = ms === REFUSED_MS * attempts;
  if (op.kind === 'query' && refused) return { peer, error: 'dial tcp: connect: connection refused' };
  if (op.kind === 'query') return { peer, error: 'canceling statement due to lock timeout', elapsed_ms: Math.round(ms) };
  if (op.kind === 'call' && late > 0 && die.below(late)) return { peer, error: 'context deadline exceeded', timeout_ms: op.timeoutMs, attempts: Math.ceil(attempts) };
  if (refused) return { peer, error: 'dial tcp: connection refused or no such host', attempts: Math.ceil(attempts) };
  return { peer, error: 'unexpected status 503' };
}
