import { formatClock } from '../../time/sim-time.ts';
import type { Tracer } from '../../cluster/traffic/tracer.ts';
import { dashboardOf, dashboardSubjects, findSubject, formatValue } from '../dashboards.ts';
import { plainText } from '../tools/plain-text.ts';
import type { CommandContext } from '../tools/tool.ts';
import { changes } from './changes.ts';
import { always, type Command } from './command.ts';
import { seen, shortName } from './seen.ts';
import { trace } from './trace.ts';

/** The tools that only look: dashboards, logs, traces, a synthetic check. */

const dash: Command = {
  name: 'dash',
  usage: 'dash [SERVICE]',
  summary: 'A dashboard: now, what is normal at this hour, and the last half hour. Without a name: all services.',
  group: 'look',
  examples: ['dash', 'dash '],
  disabled: always,
  run(context, { words }) {
    const { cluster, scenario } = context;
    const typed = words[0];
    if (typed === undefined) return seen(context, 'metrics', 'dash', '*', overview(context));
    const subject = findSubject(cluster, typed);
    if (subject === null) return { refusal: `There is no dashboard called ${typed}. There are: ${dashboardSubjects(cluster).map(shortName).join(', ')}.` };
    const { panels } = dashboardOf(cluster, subject, subject === scenario.slo.service ? scenario.slo.latencyMs : null);
    const text = [`${'NOW'.padStart(40)}${'NORMAL'.padStart(12)}`];
    for (const panel of panels) text.push(`${panel.label.padEnd(30)}${formatValue(panel.values.at(-1) ?? null, panel.unit).padStart(10)}${formatValue(panel.baseline, panel.unit).padStart(12)}`);
    return seen(context, 'metrics', 'dash', shortName(subject), text);
  },
};

function overview({ cluster }: CommandContext): string[] {
  const { metrics } = cluster;
  const text = [`${'SERVICE'.padEnd(20)}${'REQ/S'.padStart(9)}${'ERRORS'.padStart(9)}${'P95'.padStart(10)}${'NORMAL'.padStart(10)}`];
  for (const subject of metrics.subjects('http.rate')) {
    const now = (metric: 'http.rate' | 'http.errors' | 'http.p95'): number | null => metrics.recent(metric, subject, 1)[0] ?? null;
    const errors = now('http.errors');
    text.push(
      shortName(subject).padEnd(20) + formatValue(now('http.rate'), '/s').padStart(9) + formatValue(errors === null ? null : errors * 100, '%').padStart(9) +
        formatValue(now('http.p95'), 'ms').padStart(10) + formatValue(metrics.baseline('http.p95', subject), 'ms').padStart(10),
    );
  }
  return text;
}

const logs: Command = {
  name: 'logs',
  usage: 'logs SERVICE [WORD]',
  summary: 'The newest log lines of all pods of a service, of a word if you give one.',
  group: 'look',
  examples: ['logs '],
  disabled: always,
  run(context, { words }) {
    const [typed, ...filter] = words;
    if (typed === undefined) return { refusal: 'Whose logs? Such as: logs checkout, or logs checkout ERROR' };
    const subject = findSubject(context.cluster, typed);
    if (subject === null) return { refusal: `Nothing called ${typed} writes logs. There are: ${dashboardSubjects(context.cluster).map(shortName).join(', ')}.` };
    const lines = context.cluster.workloadLogs(subject).filter(({ text }) => filter.every((word) => text.toLowerCase().includes(word.toLowerCase()))).slice(-30);
    const text = lines.map(({ atMs, pod, text: line }) => `${formatClock(context.scenario.startsAtMs + atMs)} ${pod} ${plainText(line)}`);
    return seen(context, 'logs', 'logs', shortName(subject), text.length === 0 ? ['No lines.'] : text);
  },
};

const curl: Command = {
  name: 'curl',
  usage: 'curl SERVICE[/ROUTE]',
  summary: 'A synthetic check: one request, as a user would send it. Takes the host of an outside party, too.',
  group: 'look',
  examples: ['curl '],
  disabled: always,
  run(context, { words }) {
    const typed = (words.find((word) => !word.startsWith('-')) ?? '').replace(/^https?:\/\//, '');
    if (typed === '') return { refusal: 'Which address? Such as: curl storefront, or curl storefront/checkout-page' };
    const [host, path] = typed.split('/') as [string, string | undefined];
    const { cluster } = context;
    const outside = [...cluster.traffic.places.externals.values()].find((external) => external.host === host.toLowerCase().replace(/:\d+$/, ''));
    if (outside !== undefined) return seen(context, 'check', 'curl', shortName(outside.target), answer(cluster.inspector, cluster.inspector.requestOutside(outside)));
    const subject = findSubject(cluster, (host.split(/[.:]/)[0] ?? host));
    const service = subject === null ? undefined : cluster.traffic.places.services.get(subject);
    if (subject === null || service === undefined || !service.exists) return seen(context, 'check', 'curl', host, [`curl: (6) Could not resolve host: ${host}`]);
    if (service.pods.length === 0) return seen(context, 'check', 'curl', shortName(subject), [`curl: (7) Failed to connect to ${host}: Connection refused`]);
    const known = service.routes.map(({ name }) => name);
    const route = path === undefined || path === '' ? known[0] : known.find((name) => name === path);
    if (route === undefined) return seen(context, 'check', 'curl', shortName(subject), [`HTTP/1.1 404 Not Found`, `(routes with traffic: ${known.join(', ') || 'none'})`]);
    return seen(context, 'check', 'curl', shortName(subject), answer(cluster.inspector, cluster.inspector.request(cluster.traffic.places.route(subject, route))));
  },
};

function answer({ failed }: Tracer, tookMs: number): string[] {
  return [`HTTP/1.1 ${failed ? '503 Service Unavailable' : '200 OK'}`, `time_total: ${(tookMs / 1000).toFixed(3)} s`];
}

export const LOOK_COMMANDS: readonly Command[] = [changes, dash, logs, trace, curl];
