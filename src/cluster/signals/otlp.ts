import type { SimMs } from '../../time/sim-time.ts';
import { NETWORK_MS } from '../traffic/call.ts';
import type { Places } from '../traffic/places.ts';
import type { KeptTrace } from './traces.ts';

/*
 * Traces in OTLP's JSON form: ids in hexadecimal, times as texts of nanoseconds, enums as numbers
 * (opentelemetry-proto, trace/v1/trace.proto; the JSON mapping in docs/specification.md#json-protobuf-encoding).
 * Attributes follow the semantic conventions 1.27: http.*, rpc.*, db.*, service.*, k8s.*.
 */

/** What one file or one request to a collector holds. */
export interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string; readonly version: string }; readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** `SPAN_KIND_SERVER` 2, `SPAN_KIND_CLIENT` 3. */
  readonly kind: 2 | 3;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  /** `STATUS_CODE_UNSET` 0, `STATUS_CODE_ERROR` 2. */
  readonly status: { readonly code: 0 } | { readonly code: 2; readonly message: string };
}

/** What spans are said to be about, beside what they hold themselves. */
export interface SpanSurroundings {
  /** Unix time in ms of simulated time 0. */
  readonly epochMs: number;
  /** The image of whatever answers a Service `namespace/name`; null where nothing does. */
  readonly answeredBy: (service: string) => { readonly repository: string; readonly tag: string } | null;
  /** The host of an outside party. */
  readonly hostOf: (target: string) => string;
}

/** What is known of a cluster's places now. */
export function surroundingsOf(places: Places, epochMs: number): SpanSurroundings {
  return {
    epochMs,
    answeredBy: (service) => {
      const variant = places.services.get(service)?.pods[0]?.variant;
      return variant === undefined ? null : { repository: variant.repository, tag: variant.tag };
    },
    hostOf: (target) => places.external(target).host,
  };
}

/** Traces as a collector would be sent them, one resource for each pod. */
export function otlpTraces(traces: readonly KeptTrace[], around: SpanSurroundings): OtlpTraces {
  const byPod = new Map<string, { readonly service: string; readonly pod: string; readonly spans: OtlpSpan[] }>();
  for (const trace of traces) {
    for (const { owner, span } of spansOf(trace, around)) {
      const key = `${owner.service}/${owner.pod}`;
      let resource = byPod.get(key);
      if (resource === undefined) byPod.set(key, (resource = { ...owner, spans: [] }));
      resource.spans.push(span);
    }
  }
  return {
    resourceSpans: [...byPod.values()].map(({ service, pod, spans }) => ({
      resource: { attributes: resourceOf(service, pod, around) },
      scopeSpans: [{ scope: { name: 'opentelemetry-instrumentation-http', version: '0.54.0' }, spans }],
    })),
  };
}

function resourceOf(service: string, pod: string, { answeredBy }: SpanSurroundings): OtlpAttribute[] {
  const [namespace = '', name = ''] = service.split('/');
  const image = answeredBy(service);
  return [
    text('service.name', name), text('service.namespace', namespace), ...(image === null ? [] : [text('service.version', image.tag), text('container.image.name', image.repository)]),
    text('service.instance.id', pod), text('k8s.namespace.name', namespace), text('k8s.pod.name', pod),
  ];
}

interface Owned {
  readonly owner: { readonly service: string; readonly pod: string };
  readonly span: OtlpSpan;
}

/**
 * A request served by a pod is that pod's span of kind server, below its caller's span of kind client; a statement, a
 * wait for a connection, a call of an outside party or one that nobody served is its caller's span of kind client alone.
 */
function spansOf(trace: KeptTrace, around: SpanSurroundings): Owned[] {
  const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
  return trace.spans.flatMap((span): Owned[] => {
    const parent = span.parentId === null ? undefined : byId.get(span.parentId);
    const served = span.pod !== null;
    // Users' requests that no pod answers are nobody's span: there is no program that could have sent it.
    const owner = served ? { service: span.service, pod: span.pod } : ownerAbove(parent, byId);
    if (owner === null) return [];
    const { traceId } = trace;
    const traceMs = around.epochMs + trace.startMs;
    const caller = served && parent !== undefined ? ownerAbove(parent, byId) : null;
    const own = otlpSpan(traceId, traceMs, caller === null ? span : { ...span, parentId: callId(span.spanId) }, around);
    if (caller === null || parent === undefined) return [{ owner, span: own }];
    const startMs = Math.max(parent.startMs, span.startMs - NETWORK_MS);
    const call = { ...span, pod: null, spanId: callId(span.spanId), startMs, tookMs: span.startMs + span.tookMs - startMs };
    return [{ owner: caller, span: otlpSpan(traceId, traceMs, call, around) }, { owner, span: own }];
  });
}

/** `traceMs` is the Unix time in ms at which the trace began. */
function otlpSpan(traceId: string, traceMs: number, span: KeptSpan, around: SpanSurroundings): OtlpSpan {
  const startMs = traceMs + span.startMs;
  return {
    traceId, spanId: span.spanId, ...(span.parentId === null ? {} : { parentSpanId: span.parentId }),
    name: nameOf(span), kind: span.pod === null ? 3 : 2, startTimeUnixNano: nanos(startMs), endTimeUnixNano: nanos(startMs + span.tookMs),
    attributes: attributesOf(span, around), status: span.error === null ? { code: 0 } : { code: 2, message: span.error },
  };
}

/** The id of the caller's span around a span that was served: the same with its first bit turned. */
function callId(spanId: string): string {
  return (Number.parseInt(spanId.slice(0, 1), 16) ^ 8).toString(16) + spanId.slice(1);
}

type KeptSpan = KeptTrace['spans'][number];

function ownerAbove(span: KeptSpan | undefined, byId: ReadonlyMap<string, KeptSpan>): Owned['owner'] | null {
  for (let at = span; at !== undefined; at = at.parentId === null ? undefined : byId.get(at.parentId)) {
    if (at.pod !== null) return { service: at.service, pod: at.pod };
  }
  return null;
}

const STATEMENTS = new Set(['query', 'acquire connection']);

function nameOf({ operation, pod }: KeptSpan): string {
  if (pod === null && STATEMENTS.has(operation)) return operation === 'query' ? 'SELECT' : 'pool.acquire';
  return pod === null ? 'GET' : `GET /${operation}`;
}

function attributesOf({ service, operation, pod, error }: KeptSpan, { answeredBy, hostOf }: SpanSurroundings): OtlpAttribute[] {
  if (pod !== null) {
    return [text('http.request.method', 'GET'), text('url.path', `/${operation}`), text('http.route', `/${operation}`), whole('http.response.status_code', error === null ? 200 : 503), ...failure(error)];
  }
  const outside = service.startsWith('external/');
  const host = outside ? hostOf(service) : `${service.slice(service.indexOf('/') + 1)}.${service.slice(0, service.indexOf('/'))}`;
  if (STATEMENTS.has(operation)) {
    const system = answeredBy(service)?.repository.split('/').at(-1) === 'mysql' ? 'mysql' : 'postgresql';
    return [text('db.system', system), ...(operation === 'query' ? [text('db.operation.name', 'SELECT')] : []), text('server.address', host), ...failure(error)];
  }
  return [text('http.request.method', 'GET'), text('server.address', host), text('url.full', `${outside ? 'https' : 'http'}://${host}/${outside ? '' : operation}`), ...failure(error)];
}

/** `error.type` is a class of errors, short and few. */
function failure(error: string | null): OtlpAttribute[] {
  if (error === null) return [];
  return [text('error.type', error === 'error' ? '503' : error.replaceAll(' ', '_'))];
}

function text(key: string, value: string): OtlpAttribute {
  return { key, value: { stringValue: value } };
}

/** 64-bit integers are texts in protobuf's JSON. */
function whole(key: string, value: number): OtlpAttribute {
  return { key, value: { intValue: String(value) } };
}

/** Nanoseconds since 1970 of a time in ms, whose fraction is kept to the microsecond. */
function nanos(ms: SimMs): string {
  const full = Math.floor(ms);
  return `${full}${String(Math.floor((ms - full) * 1_000)).padStart(3, '0')}000`;
}
