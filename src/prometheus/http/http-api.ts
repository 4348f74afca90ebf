import { expositionText, labelText, numberText, openMetricsText } from '../exposition.ts';
import { EXPOSITION_TYPE } from '../../cluster/signals/metric-pages.ts';
import type { Monitoring } from '../monitoring.ts';
import { selectorsOf } from './parameters.ts';
import { failed, json, type HttpAnswer, type Parameters } from './answers.ts';
import { alerts, rules } from './rule-answers.ts';
import { labelNames, labelValues, metadata, seriesAnswer } from './series-answers.ts';
import { query, queryRange, formatted } from './query-answers.ts';
import { discovery, targets } from './target-answers.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Of the query and of a form in the body. */
  readonly parameters: Parameters;
  readonly accept: string;
  /** Where this server is reached, such as `127.0.0.1:9090`. */
  readonly host: string;
}

/** How long a sample counts for `/federate`. */
const LOOKBACK_MS = 300_000;

/** What a Prometheus server answers: its query API as of v1, and the pages of all its targets under `/metrics?target=`. */
export function answerHttp(monitoring: Monitoring, request: HttpRequest): HttpAnswer {
  const { method, path, parameters } = request;
  if (method !== 'GET' && method !== 'HEAD' && !(method === 'POST' && POSTED.test(path))) return { status: 405, type: 'text/plain; charset=utf-8', body: 'Method Not Allowed\n' };
  const values = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path);
  if (values !== null) return labelValues(monitoring, decoded(values[1] as string), parameters);
  const answer = ROUTES.get(path);
  if (answer !== undefined) return answer(monitoring, request);
  return path.startsWith('/api/v1/') ? failed(404, 'not_found', 'no such endpoint') : plain(404, '404 page not found\n');
}

const POSTED = /^\/api\/v1\/(?:query|query_range|series|labels|format_query|query_exemplars)$/;

const ROUTES: ReadonlyMap<string, (monitoring: Monitoring, request: HttpRequest) => HttpAnswer> = new Map<string, (monitoring: Monitoring, request: HttpRequest) => HttpAnswer>([
  ['/metrics', page],
  ['/federate', federated],
  ['/service-discovery.json', (monitoring, { host }) => ({ status: 200, type: 'application/json', body: JSON.stringify(discovery(monitoring, host)) })],
  ['/-/healthy', () => plain(200, 'Prometheus Server is Healthy.\n')],
  ['/-/ready', () => plain(200, 'Prometheus Server is Ready.\n')],
  ['/api/v1/query', (monitoring, { parameters }) => query(monitoring, parameters)],
  ['/api/v1/query_range', (monitoring, { parameters }) => queryRange(monitoring, parameters)],
  ['/api/v1/query_exemplars', () => json([])],
  ['/api/v1/format_query', (_, { parameters }) => formatted(parameters)],
  ['/api/v1/series', (monitoring, { parameters }) => seriesAnswer(monitoring, parameters)],
  ['/api/v1/labels', (monitoring, { parameters }) => labelNames(monitoring, parameters)],
  ['/api/v1/metadata', (monitoring, { parameters }) => metadata(monitoring, parameters)],
  ['/api/v1/rules', (monitoring, { parameters }) => rules(monitoring, parameters)],
  ['/api/v1/alerts', (monitoring) => alerts(monitoring)],
  ['/api/v1/alertmanagers', () => json({ activeAlertmanagers: [], droppedAlertmanagers: [] })],
  ['/api/v1/targets', (monitoring, { host }) => targets(monitoring, host)],
  ['/api/v1/status/buildinfo', () => json({ version: '2.55.1', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' })],
  ['/api/v1/status/runtimeinfo', (monitoring) => json({ startTime: new Date(monitoring.measured.clock.unixMs(0)).toISOString(), CWD: '/', reloadConfigSuccess: true, storageRetention: '2h', timeSeriesCount: monitoring.samples.size })],
  ['/api/v1/status/flags', () => json({ 'storage.tsdb.retention.time': '2h' })],
  ['/api/v1/status/config', () => json({ yaml: 'global:\n  scrape_interval: 15s\n  evaluation_interval: 15s\n' })],
]);

function page(monitoring: Monitoring, { parameters, accept }: HttpRequest): HttpAnswer {
  const names = parameters.get('target') ?? [];
  if (names.length === 0) return plain(400, `Name a target, such as /metrics?target=kube-state-metrics. There are:\n${[...monitoring.targets().keys()].map((name) => `  ${name}\n`).join('')}`);
  const target = monitoring.targets().get(names[0] as string);
  if (target === undefined) return plain(404, 'There is no such target.\n');
  const scraped = target.scrape();
  if (scraped === null) return plain(503, 'The target does not answer.\n');
  if (accept.includes('application/openmetrics-text')) return { status: 200, type: 'application/openmetrics-text; version=1.0.0; charset=utf-8', body: openMetricsText(scraped.families) };
  return { status: 200, type: EXPOSITION_TYPE, body: expositionText(scraped.families) };
}

function federated(monitoring: Monitoring, { parameters }: HttpRequest): HttpAnswer {
  const selectors = selectorsOf(parameters);
  if ('status' in selectors) return selectors;
  const { nowMs, samples } = monitoring;
  const lines = new Map<string, { name: string; line: string }>();
  for (const matchers of selectors.all) {
    for (const { labels, times, values } of samples.select(matchers, nowMs - LOOKBACK_MS, nowMs)) {
      const value = values.at(-1);
      const name = labels.get('__name__');
      if (typeof value === 'number') lines.set(labels.key, { name, line: `${name}${labelText(Object.fromEntries(labels.without(['__name__']).entries()))} ${numberText(value)} ${times.at(-1) as number}` });
    }
  }
  const sorted = [...lines.values()].toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
  let before = '';
  const text = sorted.flatMap(({ name, line }) => {
    const head = name === before ? [] : [`# TYPE ${name} untyped`];
    before = name;
    return [...head, line];
  });
  return { status: 200, type: EXPOSITION_TYPE, body: `${text.join('\n')}\n` };
}

function plain(status: number, body: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
