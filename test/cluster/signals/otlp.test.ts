import { describe, expect, test } from 'vitest';
import { type OtlpTraces, otlpTraces, surroundingsOf } from '../../../src/cluster/signals/otlp.ts';
import { aDrill, type Night } from '../../support/a-drill.ts';

/*
 * Held to the shape that opentelemetry-proto publishes (examples/trace.json, and the rules for JSON in
 * docs/specification.md): ids in hexadecimal, 64-bit integers as texts, enums as numbers.
 */

function exported(night: Night): OtlpTraces {
  const { traces, traffic } = night.drill.cluster;
  return otlpTraces(traces.all, surroundingsOf(traffic.places, night.drill.scenario.startsAtMs));
}

describe('traces of a night as a tracing backend takes them', () => {
  const night = aDrill('slow-site').until('8m');
  const { resourceSpans } = exported(night);
  const spans = resourceSpans.flatMap(({ resource, scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ resource, span }))));
  const value = (attributes: (typeof spans)[number]['span']['attributes'], key: string): string | undefined => {
    const found = attributes.find((one) => one.key === key)?.value;
    return found === undefined ? undefined : 'stringValue' in found ? found.stringValue : found.intValue;
  };

  test('ids are 16 and 8 bytes, times are texts, each parent is there, and a span begins after its parent did', () => {
    const byId = new Map(spans.map(({ span }) => [span.spanId, span]));
    expect(byId.size).toBe(spans.length);
    for (const { span } of spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(`${span.startTimeUnixNano} ${span.endTimeUnixNano}`).toMatch(/^\d{19} \d{19}$/);
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      if (span.parentSpanId === undefined) continue;
      const parent = byId.get(span.parentSpanId);
      expect(parent?.traceId).toBe(span.traceId);
      expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(parent?.startTimeUnixNano ?? 0) - 1_000n);
    }
  });

  test('a request that another program serves is a pair: the call of one pod, and below it the work of another', () => {
    const byId = new Map(spans.map((one) => [one.span.spanId, one]));
    const served = spans.filter(({ span }) => span.kind === 2 && span.parentSpanId !== undefined);
    expect(served.length).toBeGreaterThan(50);
    for (const { resource, span } of served) {
      const call = byId.get(span.parentSpanId ?? '');
      expect(call?.span.kind).toBe(3);
      expect(value(call?.resource.attributes ?? [], 'k8s.pod.name')).not.toBe(value(resource.attributes, 'k8s.pod.name'));
      expect(value(call?.span.attributes ?? [], 'server.address')).toBe(`${value(resource.attributes, 'service.name')}.shop`);
    }
  });

  test('resources name the service and the pod; attributes follow the semantic conventions', () => {
    const pods = new Set(night.drill.cluster.plane.store.list('Pod', 'shop').map(({ metadata }) => metadata.name));
    for (const { attributes } of resourceSpans.map(({ resource }) => resource)) expect(pods).toContain(value(attributes, 'k8s.pod.name'));
    const keys = new Set(spans.flatMap(({ span }) => span.attributes.map(({ key }) => key)));
    expect([...keys].toSorted((one, other) => (one < other ? -1 : 1))).toEqual(['db.operation.name', 'db.system', 'error.type', 'http.request.method', 'http.response.status_code', 'http.route', 'server.address', 'url.full', 'url.path']);
  });

  test('whom a slow order waited for can be read from it, and nothing in it names a fault', () => {
    const waited = spans.filter(({ span }) => span.status.code === 2).map(({ span }) => `${value(span.attributes, 'server.address')} ${value(span.attributes, 'error.type')}`);
    expect(waited).toContain('api.postcheck.example deadline_exceeded');
    expect(JSON.stringify(resourceSpans)).not.toMatch(/gameday|fault|partner-hangs|external-latency|simulat|address-check/i);
  });
});

describe('at the prompt', () => {
  test('an id from a log line leads to its trace', () => {
    const night = aDrill('slow-site').until('8m');
    const line = night.drill.cluster.workloadLogs('shop/payments').findLast(({ text }) => text.includes('"trace_id"'));
    const { trace_id: id } = JSON.parse(line?.text ?? '{}') as { trace_id: string };
    const shown = night.types(`trace ${id}`).text;
    expect(shown[0]).toMatch(new RegExp(`^Trace ${id} of \\d\\d:\\d\\d:\\d\\d: storefront checkout-page, `));
    expect(shown.join('\n')).toContain('payments charge');
    expect(night.refusal('trace 00000000')).toBe('No trace 00000000 was kept: of a hundred requests less than one is. Of a service: trace storefront');
  });

  test('--otlp prints what a backend would be sent', () => {
    const night = aDrill('slow-site').until('2m');
    const sent = JSON.parse(night.types('trace storefront home --otlp').text.join('\n')) as OtlpTraces;
    expect(sent.resourceSpans.length).toBeGreaterThan(3);
  });
});
