import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logText, plainEvent, requestEvent } from '../../../src/cluster/signals/log-format.ts';
import { aDrill, type Night } from '../../support/a-drill.ts';

function linesOf(night: Night, workload: string): readonly { readonly text: string; readonly atMs: number }[] {
  return night.drill.cluster.workloadLogs(`shop/${workload}`);
}

describe('programs log as programs do', () => {
  const night = aDrill('slow-site').until('6m');

  test('JSON, one object a line, with time, level, message, route, status and duration', () => {
    const lines = linesOf(night, 'payments').filter(({ text }) => text.includes('charge accepted'));
    expect(lines.length).toBeGreaterThan(10);
    for (const { text, atMs } of lines) {
      const line = JSON.parse(text) as Record<string, unknown>;
      expect(line).toMatchObject({ level: 'info', msg: 'charge accepted', route: '/charge', status: 200 });
      expect(line['duration_ms']).toBeGreaterThan(0);
      expect(Date.parse(String(line['time']))).toBe(night.drill.scenario.startsAtMs + atMs);
    }
  });

  test('logfmt', () => {
    const line = linesOf(night, 'search').find(({ text }) => text.includes('msg=query '));
    expect(line?.text).toMatch(/^ts=2026-02-10T\d\d:\d\d:\d\d\.\d{3}Z level=info msg=query (?:trace_id=[0-9a-f]{32} span_id=[0-9a-f]{16} )?route=\/query status=200 duration_ms=\d+ request_id=[0-9a-f]{8} hits=24$/);
  });

  test('plain text, which begins with its level', () => {
    for (const { text } of linesOf(night, 'storefront')) expect(text).toMatch(/^(?:DEBUG|INFO |WARN |ERROR) /);
  });

  test('with noise that has nothing to do with anything, the same whoever reads it', () => {
    const noise = linesOf(night, 'storefront').filter(({ text }) => /healthz|deprecated|garbage collection|idle connection|configuration file|exporter|\/metrics/.test(text));
    expect(noise.length).toBeGreaterThan(3);
    expect(linesOf(night, 'storefront')).toEqual(linesOf(aDrill('slow-site').until('6m'), 'storefront'));
  });

  test('and no line names a fault, a scenario or this program', () => {
    const all = night.drill.cluster.plane.store.list('Deployment', 'shop').flatMap(({ metadata }) => linesOf(night, metadata.name).map(({ text }) => text)).join('\n');
    expect(all).not.toMatch(/gameday|fault|chaos|inject|scenario|partner-hangs|external-latency|simulat/i);
  });
});

describe('what was sampled can be followed from its logs', () => {
  const night = aDrill('slow-site').until('8m');
  const { traces } = night.drill.cluster;

  test('each structured line with an id belongs to a trace that has that span, in that pod, at that time', () => {
    const spans = new Map(traces.all.flatMap((trace) => trace.spans.map((span) => [span.spanId, { trace, span }] as const)));
    const lines = ['payments', 'email'].flatMap((workload) => night.drill.cluster.workloadLogs(`shop/${workload}`)).filter(({ text }) => text.includes('"trace_id"'));
    expect(lines.length).toBeGreaterThan(3);
    for (const { text, pod, atMs } of lines) {
      const { trace_id: traceId, span_id: spanId, duration_ms: durationMs } = JSON.parse(text) as { trace_id: string; span_id: string; duration_ms: number };
      const found = spans.get(spanId);
      expect(found?.trace.traceId).toBe(traceId);
      expect(found?.span.pod).toBe(pod);
      expect(Math.abs((found?.span.tookMs ?? 0) - durationMs)).toBeLessThanOrEqual(1);
      expect(Math.abs((found?.trace.startMs ?? 0) + (found?.span.startMs ?? 0) + (found?.span.tookMs ?? 0) - atMs)).toBeLessThanOrEqual(1);
    }
  });

  test('looking at logs and traces changes nothing', () => {
    const play = (looks: boolean): string => {
      const again = aDrill('slow-site');
      for (let minute = 1; minute <= 10; minute++) {
        again.until(`${minute}m`);
        if (looks) again.drill.cluster.workloadLogs('shop/payments');
        if (looks) expect(again.drill.cluster.traces.all.length).toBeGreaterThan(0);
      }
      return JSON.stringify(again.drill.facts);
    };
    expect(play(true)).toBe(play(false));
  });
});

test('whatever a program says stays one line that readers of its format take apart again', () => {
  const words = fc.string({ maxLength: 40 });
  fc.assert(
    fc.property(words, fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), fc.oneof(words, fc.nat())), (message, fields) => {
      const event = requestEvent(1_000, 'warn', 'home', '1b2c3d4e', message, fields);
      const json = JSON.parse(logText(event, 'json', 0)) as Record<string, unknown>;
      expect(json).toMatchObject({ ...(Object.hasOwn(fields, 'msg') ? {} : { msg: message }), ...fields });
      expect(logText(event, 'json', 0)).not.toContain('\n');
      expect(logText(event, 'logfmt', 0)).not.toMatch(/\n/);
    }),
  );
  expect(logText(plainEvent(0, 'log', 'checkpoint complete'), 'text', 0)).toBe('LOG   checkpoint complete');
});
