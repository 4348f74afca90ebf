import { Die } from '../../time/dice.ts';
import { ln } from '../../time/exact-math.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { LogSpec } from '../spec.ts';
import { REFUSED_MS } from '../traffic/call.ts';
import type { Op } from '../traffic/graph.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { type RouteRecord, STEP_FIELDS, type WindowRecord } from './windows.ts';

/** One line that a container wrote. `text` begins with its level. */
export interface LogLine {
  readonly atMs: SimMs;
  readonly text: string;
}

/** More lines than these a container writes in one window are sampled, as a log pipeline under load would. */
const MOST_PER_WINDOW = 24;

/** Names an outside party's host, as programs write it. */
export type HostOf = (target: string) => string;

/**
 * The lines that one run of a pod's container wrote in the windows that are kept. Nothing is stored: the lines are
 * made from what the windows held, by dice named after pod and window, so that whoever reads, whenever, reads the same.
 */
export function logLines(seed: number, windows: readonly WindowRecord[], pod: { namespace: string; name: string; run: number }, hostOf: HostOf): LogLine[] {
  const lines: LogLine[] = [];
  let before = false;
  for (const window of windows) {
    const record = window.pods.find(({ name, namespace, run }) => name === pod.name && namespace === pod.namespace && run === pod.run);
    if (record === undefined) continue;
    const { variant } = record;
    const held = window.variants.get(variant);
    if (held === undefined) continue;
    const die = new Die(seed, `log/${pod.namespace}/${pod.name}/${window.endMs}`);
    const { program, tag, threads } = variant;
    const fresh: LogLine[] = [];
    const justStarted = !before && window !== windows[0];
    before = true;
    if (program.kind === 'database') databaseLines(fresh, window.endMs, die, justStarted, tag);
    else if (justStarted) fresh.push({ atMs: window.endMs - WINDOW_MS, text: `INFO  starting version=${tag} threads=${threads}` });
    if (record.serving && held.pods > 0) {
      held.routes.forEach((route, nth) => {
        const flow = variant.routes[nth];
        if (flow === undefined) return;
        const served = ((route.startedPerS * WINDOW_MS) / 1000 / held.pods) * (1 - route.failShare) * (1 - route.noConnection);
        trouble(fresh, window.endMs, die, flow.name, flow.ops, route, held.pods, hostOf);
        for (const spec of program.logs) ordinary(fresh, window.endMs, die, spec, flow.name, served, route);
      });
    }
    fresh.sort((one, other) => one.atMs - other.atMs);
    lines.push(...fresh.slice(0, MOST_PER_WINDOW));
  }
  return lines;
}

/** Checkpoints are this far apart on average, in windows. */
const WINDOWS_A_CHECKPOINT = 20;

/** A database says when it comes up, and when it has written down what it was told. */
function databaseLines(lines: LogLine[], endMs: SimMs, die: Die, justStarted: boolean, version: string): void {
  if (justStarted) {
    const startMs = endMs - WINDOW_MS;
    lines.push({ atMs: startMs, text: `LOG   starting server ${version}, listening on port 5432` });
    lines.push({ atMs: startMs + 400, text: 'LOG   database system was shut down; all client connections were closed' });
    lines.push({ atMs: startMs + 2_100, text: 'LOG   database system is ready to accept connections' });
  } else if (die.roll(WINDOWS_A_CHECKPOINT) === 0) {
    lines.push({ atMs: at(die, endMs), text: `LOG   checkpoint complete: wrote ${200 + die.roll(1_800)} buffers` });
  }
}

/** A whole number whose mean is `expected`. */
function count(die: Die, expected: number, most: number): number {
  const whole = Math.floor(expected);
  return Math.min(most, whole + (die.fraction() < expected - whole ? 1 : 0));
}

function at(die: Die, endMs: SimMs): SimMs {
  return endMs - WINDOW_MS + die.roll(WINDOW_MS);
}

function id(die: Die): string {
  return die.nextUint32().toString(16).padStart(8, '0');
}

function ordinary(lines: LogLine[], endMs: SimMs, die: Die, spec: LogSpec, name: string, requests: number, route: RouteRecord): void {
  for (let nth = count(die, requests * spec.perRequest, 6); nth > 0; nth--) {
    const ms = Math.max(1, Math.round(route.detMs - route.spreadMs * ln(1 - die.fraction())));
    const text = spec.text.replaceAll('{route}', name).replaceAll('{ms}', String(ms)).replaceAll('{id}', id(die));
    lines.push({ atMs: at(die, endMs), text: `${spec.level.toUpperCase().padEnd(5)} ${text}` });
  }
}

function trouble(lines: LogLine[], endMs: SimMs, die: Die, routeName: string, ops: readonly Op[], route: RouteRecord, pods: number, hostOf: HostOf): void {
  const seconds = WINDOW_MS / 1000;
  for (let nth = count(die, (route.startedPerS * route.noConnection * seconds) / pods, 4); nth > 0; nth--) {
    lines.push({ atMs: at(die, endMs), text: `ERROR ${routeName} request=${id(die)} could not get a database connection: pool exhausted, timed out waiting` });
  }
  for (let nth = count(die, (route.startedPerS * route.defectShare * seconds) / pods, 4); nth > 0; nth--) {
    lines.push({ atMs: at(die, endMs), text: `ERROR ${routeName} request=${id(die)} 500 unhandled error: invalid memory address or nil pointer dereference` });
  }
  ops.forEach((op, step) => {
    const [rate, ms, fail, late, attempts] = route.ops.subarray(step * STEP_FIELDS) as unknown as [number, number, number, number, number];
    for (let nth = count(die, (rate * fail * seconds) / pods, 4); nth > 0; nth--) {
      lines.push({ atMs: at(die, endMs), text: failureLine(die, routeName, op, { ms, late, attempts }, hostOf) });
    }
    if (op.kind === 'call' && ms > 1_000 && fail < 0.9) {
      for (let nth = count(die, (rate * (1 - fail) * seconds * 0.5) / pods, 3); nth > 0; nth--) {
        lines.push({ atMs: at(die, endMs), text: `WARN  ${routeName} request=${id(die)} slow call peer=${hostOf(op.target)} elapsed_ms=${Math.round(ms * die.between(0.9, 1.2))}` });
      }
    }
  });
}

function failureLine(die: Die, routeName: string, op: Op, { ms, late, attempts }: { readonly ms: number; readonly late: number; readonly attempts: number }, hostOf: HostOf): string {
  const head = `${op.critical ? 'ERROR' : 'WARN '} ${routeName} request=${id(die)}`;
  const peer = hostOf(op.target);
  // Nobody fails as fast, to the millisecond, as one who is not there.
  const refused = ms === REFUSED_MS * attempts;
  if (op.kind === 'query' && refused) return `${head} query failed peer=${peer} error="dial tcp: connect: connection refused"`;
  if (op.kind === 'query') return `${head} query failed peer=${peer} error="canceling statement due to lock timeout" elapsed_ms=${Math.round(ms)}`;
  if (op.kind === 'call' && late > 0 && die.below(late)) return `${head} call failed peer=${peer} error="context deadline exceeded" timeout_ms=${op.timeoutMs} attempts=${Math.ceil(attempts)}`;
  if (refused) return `${head} call failed peer=${peer} error="dial tcp: connection refused or no such host" attempts=${Math.ceil(attempts)}`;
  return `${head} call failed peer=${peer} error="unexpected status 503"`;
}
