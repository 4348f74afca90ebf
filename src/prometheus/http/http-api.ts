import { expositionText, labelText, numberText, openMetricsText } from '../exposition.ts';
import { EXPOSITION_TYPE } from '../../cluster/signals/metric-pages.ts';
import { SCRAPE_INTERVAL_S, type Monitoring } from '../monitoring.ts';
import { selectorsOf } from './parameters.ts';
import { failed, json, type HttpAnswer, type Parameters } from './answers.ts';
import { alerts, rules } from './rule-answers.ts';
import { labelNames, labelValues, metadata, seriesAnswer } from './series-answers.ts';
import { exemplars, formatted, query, queryRange, tree } from './query-answers.ts';
import { BUILD, runtimeInfo, storage } from './status-answers.ts';
import { discovery, scrapePools, targets, targetsMetadata } from './target-answers.ts';

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
  const values = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path);
  const found: Route | undefined = values === null ? ROUTES.get(path) : { methods: READ, answer: () => labelValues(monitoring, decoded(values[1] as string), parameters) };
  if (method === 'OPTIONS' && path.startsWith('/api/v1/')) return { ...plain(204, ''), headers: CORS };
  if (found === undefined) return plain(404, '404 page not found\n');
  if (!found.methods.includes(method)) return { ...plain(405, 'Method Not Allowed\n'), headers: { allow: found.methods.filter((one) => one !== 'HEAD').concat('OPTIONS').toSorted((one, other) => (one < other ? -1 : 1)).join(', ') } };
  return found.answer(monitoring, request);
}

/** Pages of the web are not let in, whatever they ask before. */
const CORS = { 'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin', 'access-control-allow-methods': 'GET, POST, OPTIONS', 'access-control-expose-headers': 'Date' };

interface Route {
  readonly methods: readonly string[];
  readonly answer: (monitoring: Monitoring, request: HttpRequest) => HttpAnswer;
}

const READ = ['GET', 'HEAD'];
/** Long queries come as forms. */
const ASKED = ['GET', 'HEAD', 'POST'];
const WRITTEN = ['POST', 'PUT'];

function route(path: string, methods: readonly string[], answer: Route['answer']): readonly [string, Route] {
  return [path, { methods, answer }];
}

const ROUTES: ReadonlyMap<string, Route> = new Map([
  route('/metrics', READ, page),
  route('/federate', READ, federated),
  route('/service-discovery.json', READ, (monitoring, { host }) => ({ status: 200, type: 'application/json', body: JSON.stringify(discovery(monitoring, host)) })),
  route('/-/healthy', READ, () => plain(200, 'Prometheus Server is Healthy.\n')),
  route('/-/ready', READ, () => plain(200, 'Prometheus Server is Ready.\n')),
  route('/-/reload', WRITTEN, () => plain(403, 'Lifecycle API is not enabled.')),
  route('/-/quit', WRITTEN, () => plain(403, 'Lifecycle API is not enabled.')),
  route('/version', READ, () => plain(200, JSON.stringify(BUILD))),
  route('/api/v1/query', ASKED, (monitoring, { parameters }) => query(monitoring, parameters)),
  route('/api/v1/query_range', ASKED, (monitoring, { parameters }) => queryRange(monitoring, parameters)),
  route('/api/v1/query_exemplars', ASKED, (_, { parameters }) => exemplars(parameters)),
  route('/api/v1/format_query', ASKED, (_, { parameters }) => formatted(parameters)),
  route('/api/v1/parse_query', ASKED, (_, { parameters }) => tree(parameters)),
  route('/api/v1/series', [...ASKED, 'DELETE'], (monitoring, { method, parameters }) => (method === 'DELETE' ? failed(500, 'internal', 'not implemented') : seriesAnswer(monitoring, parameters))),
  route('/api/v1/labels', ASKED, (monitoring, { parameters }) => labelNames(monitoring, parameters)),
  route('/api/v1/metadata', READ, (monitoring, { parameters }) => metadata(monitoring, parameters)),
  route('/api/v1/rules', READ, (monitoring, { parameters }) => rules(monitoring, parameters)),
  route('/api/v1/alerts', READ, (monitoring) => alerts(monitoring)),
  route('/api/v1/alertmanagers', READ, () => json({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
  route('/api/v1/notifications', READ, () => json([])),
  route('/api/v1/targets', READ, (monitoring, { host, parameters }) => targets(monitoring, host, parameters)),
  route('/api/v1/targets/metadata', READ, (monitoring, { parameters }) => targetsMetadata(monitoring, parameters)),
  route('/api/v1/scrape_pools', READ, (monitoring) => scrapePools(monitoring)),
  route('/api/v1/status/buildinfo', READ, () => json(BUILD)),
  route('/api/v1/status/runtimeinfo', READ, (monitoring) => json(runtimeInfo(monitoring))),
  route('/api/v1/status/flags', READ, () => json({ 'storage.tsdb.retention.time': '2h', 'query.lookback-delta': '5m', 'web.enable-admin-api': 'false', 'web.enable-lifecycle': 'false' })),
  route('/api/v1/status/config', READ, () => json({ yaml: `global:\n  scrape_interval: ${SCRAPE_INTERVAL_S}s\n  scrape_timeout: 10s\n  evaluation_interval: ${SCRAPE_INTERVAL_S}s\n` })),
  route('/api/v1/status/tsdb', READ, (monitoring, { parameters }) => storage(monitoring, parameters)),
  route('/api/v1/status/walreplay', READ, () => json({ min: 0, max: 0, current: 0 })),
  ...['delete_series', 'clean_tombstones', 'snapshot'].map((name) => route(`/api/v1/admin/tsdb/${name}`, WRITTEN, () => failed(500, 'unavailable', 'admin APIs disabled'))),
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
