import { otlpTraces, surroundingsOf } from '../../cluster/signals/otlp.ts';
import { identified, type KeptTrace } from '../../cluster/signals/traces.ts';
import type { Span } from '../../cluster/traffic/tracer.ts';
import { Die } from '../../time/dice.ts';
import { formatClock } from '../../time/sim-time.ts';
import { findSubject, formatValue } from '../dashboards.ts';
import type { CommandContext, CommandResult } from '../tools/tool.ts';
import { always, type Command } from './command.ts';
import { seen, shortName } from './seen.ts';

/** Requests that are walked to find a slow one worth showing. */
const WALKS = 40;

const ID = /^[0-9a-f]{8,32}$/;

/** Where a request spent its time. A log line's `trace_id` (or the beginning of it, which is its `request` id) finds that one. */
export const trace: Command = {
  name: 'trace',
  usage: 'trace SERVICE [ROUTE] [--otlp] | trace ID',
  summary: 'Where a slow request spends its time: the slowest of some that were sampled just now, or the one of that id.',
  group: 'look',
  examples: ['trace '],
  disabled: always,
  run(context, line) {
    const words = line.words.filter((word) => word !== '--otlp');
    const otlp = words.length < line.words.length;
    const typed = words[0];
    if (typed === undefined) return { refusal: 'A trace of what? Such as: trace storefront' };
    return ID.test(typed) && findSubject(context.cluster, typed) === null ? kept(context, typed, otlp) : slowestOf(context, typed, words[1], otlp);
  },
};

function slowestOf(context: CommandContext, typed: string, wanted: string | undefined, otlp: boolean): CommandResult {
  const { cluster } = context;
  const subject = findSubject(cluster, typed);
  const service = subject === null ? undefined : cluster.traffic.places.services.get(subject);
  if (subject === null || service === undefined || service.routes.length === 0) return { refusal: `No requests to ${typed} are traced.` };
  const routes = service.routes.map(({ name }) => name).filter((name) => wanted === undefined || name === wanted);
  if (routes.length === 0) return { refusal: `${typed} has no route ${wanted}. It has: ${service.routes.map(({ name }) => name).join(', ')}.` };
  const walks = Array.from({ length: WALKS }, (_, nth) => {
    const route = routes[nth % routes.length] as string;
    return { route, ...cluster.inspector.trace(cluster.traffic.places.route(subject, route)) };
  });
  walks.sort((one, other) => other.tookMs - one.tookMs);
  const slowest = walks[0] as (typeof walks)[number];
  const middle = walks[WALKS >> 1] as (typeof walks)[number];
  const { route, tookMs, failed, spans } = slowest;
  if (otlp) return asOtlp(context, subject, identified({ windowMs: context.nowMs, nth: 0, service: subject, route, failed, spans }, new Die(context.seq, 'trace/otlp')));
  return seen(context, 'dependencies', 'trace', shortName(subject), [
    `Slowest of ${WALKS} sampled: ${shortName(subject)} ${route}, ${formatValue(tookMs, 'ms')}${failed ? ', failed' : ''} (median ${formatValue(middle.tookMs, 'ms')})`,
    ...spans.slice(0, 30).map((span) => spanLine(span, tookMs)),
  ]);
}

function kept(context: CommandContext, id: string, otlp: boolean): CommandResult {
  const found = context.cluster.traces.all.findLast(({ traceId }) => traceId.startsWith(id));
  if (found === undefined) return { refusal: `No trace ${id} was kept: of a hundred requests less than one is. Of a service: trace storefront` };
  if (otlp) return asOtlp(context, found.service, found);
  const tookMs = Math.max(...found.spans.map((span) => span.startMs + span.tookMs));
  return seen(context, 'dependencies', 'trace', shortName(found.service), [
    `Trace ${found.traceId} of ${formatClock(context.scenario.startsAtMs + found.startMs)}: ${shortName(found.service)} ${found.route}, ${formatValue(tookMs, 'ms')}${found.failed ? ', failed' : ''}`,
    ...found.spans.slice(0, 30).map((span) => spanLine(span, tookMs)),
  ]);
}

/** As a tracing backend would be sent it. */
function asOtlp(context: CommandContext, service: string, one: KeptTrace): CommandResult {
  return seen(context, 'dependencies', 'trace', shortName(service), JSON.stringify(otlpTraces([one], surroundingsOf(context.cluster.traffic.places, context.scenario.startsAtMs)), null, 2).split('\n'));
}

/** Characters that a bar of the whole trace takes. */
const BAR = 24;

function spanLine(span: Span, wholeMs: number): string {
  const from = Math.min(BAR - 1, Math.floor((span.startMs / wholeMs) * BAR));
  const length = Math.max(1, Math.min(BAR - from, Math.round((span.tookMs / wholeMs) * BAR)));
  const bar = ' '.repeat(from) + '█'.repeat(length) + ' '.repeat(BAR - from - length);
  const name = `${'  '.repeat(span.depth)}${shortName(span.service)} ${span.operation}`;
  return `${bar} ${formatValue(span.tookMs, 'ms').padStart(8)}  ${name}${span.error === null ? '' : `  ! ${span.error}`}`;
}
