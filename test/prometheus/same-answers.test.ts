import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rulesOf } from '../../src/commands/cluster-rules.ts';
import { PrometheusListener } from '../../src/outside/prometheus-listener.ts';
import { answerHttp } from '../../src/prometheus/http/http-api.ts';
import type { Monitoring } from '../../src/prometheus/monitoring.ts';
import { openMetricsExport } from '../../src/prometheus/open-metrics-export.ts';
import type { Matcher } from '../../src/promql/matcher.ts';
import type { Series, SeriesStore } from '../../src/promql/series.ts';
import { ABackfilledServer } from './a-backfilled-server.ts';
import { AMeasuredShop } from './a-measured-shop.ts';
import { randomQuery } from './random-query.ts';

/*
 * The same samples in a real Prometheus, by way of our export and promtool, and in this program: random queries and what Grafana
 * asks have to be answered alike. Part of `npm run prometheus:real`; skipped where the machine has no prometheus and promtool.
 */

const wanted = process.env['MODE'] === 'prometheus' && ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version']).status === 0);
/** When the processes of search start anew, faster than anybody scrapes. */
const RESTART_MS = 30 * 60_000;
/** Beside every step that anybody asks for: what lies just on the edge of a range counted until Prometheus 3, and does not since. */
const BESIDE_MS = 3_700;
const QUERIES = 3_000;

describe.runIf(wanted)('a real Prometheus with the same samples', () => {
  let shop: AMeasuredShop;
  let real: ABackfilledServer;
  let fromS = 0;
  let toS = 0;

  beforeAll(async () => {
    shop = await AMeasuredShop.open(rulesOf('scenarios/clusters/webshop').groups);
    shop.wait('20m');
    shop.cluster.beginFault('program-errors', 'shop/catalog', { share: 0.3 });
    shop.wait('20m');
    const store = beside(shop.monitoring);
    (shop.monitoring as { samples: SeriesStore }).samples = store;
    toS = Math.floor(shop.monitoring.nowMs / 60_000) * 60 - 43;
    fromS = toS - 1_080;
    real = await ABackfilledServer.start([...openMetricsExport(shop.monitoring)].join(''), join(process.cwd(), 'scenarios/clusters/webshop/rules.yaml'));
  }, 120_000);

  afterAll(() => real.stop());

  /** What both say; form is POST, as Grafana sends it. */
  async function both(path: string, parameters: Readonly<Record<string, string>>): Promise<readonly [Said, Said]> {
    const theirs = await fetch(`${real.url}${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
    const ours = answerHttp(shop.monitoring, { method: 'POST', path, parameters: new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])), accept: '', host: '' });
    return [{ ...(await theirs.json() as Said), status: theirs.status }, { ...(JSON.parse(ours.body) as Said), status: ours.status }];
  }

  test(`answers ${QUERIES} random queries as we do, at one time and over a while`, async () => {
    const different: string[] = [];
    let answered = 0;
    for (let nth = 0; nth < QUERIES; nth++) {
      const query = randomQuery(11, nth);
      const range = nth % 3 === 0;
      const [theirs, ours] = await both(range ? '/api/v1/query_range' : '/api/v1/query', range ? { query, start: String(fromS), end: String(toS), step: '60' } : { query, time: String(toS - (nth % 7) * 100) });
      const problem = difference(theirs, ours);
      if (problem !== null) different.push(`${query}\n    ${problem}`);
      if ((theirs.data?.result.length ?? 0) > 0) answered++;
    }
    expect(different.join('\n')).toBe('');
    expect(answered).toBeGreaterThan(QUERIES / 2);
  }, 300_000);

  test('promtool asks us as it asks Prometheus, and runs the unit tests of our rules', async () => {
    const listener = await PrometheusListener.start({ port: 0, answer: (request) => answerHttp(shop.monitoring, request) });
    const times = [`--start=${fromS}`, `--end=${toS}`];
    const asked = [['query', 'instant', `--time=${toS}`, 'URL', 'sum by (job) (up)'], ['query', 'range', ...times, '--step=5m', 'URL', 'sum(up)'], ['query', 'series', ...times, '--match=up{job="redis"}', 'URL'], ['query', 'labels', ...times, 'URL', 'job'], ['query', 'labels', ...times, '--match=pg_up', 'URL', 'job'], ['query', 'instant', 'URL', 'sum(']];
    for (const args of asked) {
      const said = await Promise.all([real.url, listener.url].map(async (url) => await promtool(args.map((one) => (one === 'URL' ? url : one)))));
      expect(said[1], args.join(' ')).toEqual(said[0]);
    }
    await listener.close();
    expect(await promtool(['test', 'rules', 'test/prometheus/webshop-rules.yaml'])).toMatch(/SUCCESS/);
    expect(await promtool(['check', 'rules', 'scenarios/clusters/webshop/rules.yaml'])).toMatch(/SUCCESS: \d+ rules found/);
  }, 60_000);

  test.each(ASKED)('%s with %o', async (path, parameters) => {
    const [theirs, ours] = await both(path, Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, value.replace('FROM', String(fromS)).replace('TO', String(toS))])));
    // Where it named no parameter at fault, later versions do.
    expect({ ...ours, ...bare(ours) }).toEqual({ ...theirs, ...bare(theirs) });
  });
});

const LONG = 'clamp_max((sum(rate(http_request_duration_seconds_bucket{job="something_long",handler="/another/long/one"}[5m])) by (le, job) / on (job) group_left (x) (count(up{instance!~"aaaaaaaaaaaaaaaaaaa"}) by (job))) , 5) or -quantile(0.9, max_over_time(rate(a_very_long_name_of_something_that_counts{job="another_job_with_a_name"}[5m])[1h:5m]))';

/** What Grafana's data source and promtool ask, and what goes wrong with it. */
const ASKED: readonly (readonly [path: string, parameters: Readonly<Record<string, string>>])[] = [
  ['/api/v1/query', { query: '1 + 1', time: '1770693000.123' }],
  ['/api/v1/query', { query: '"text"', time: 'TO' }],
  ['/api/v1/query', { query: 'count(up)', time: 'TO' }],
  ['/api/v1/query', { query: 'up{job="redis"}[1m]', time: 'TO' }],
  ['/api/v1/query', { query: '0 / 0', time: 'TO' }],
  ['/api/v1/query', { query: '-1 / 0', time: 'TO' }],
  ['/api/v1/query', { query: 'vector(1e100)', time: 'TO' }],
  ['/api/v1/query', { query: 'vector(0.0000001)', time: 'TO' }],
  ['/api/v1/query', { query: 'nothing_of_the_kind', time: 'TO' }],
  ['/api/v1/query', { query: '', time: 'TO' }],
  ['/api/v1/query', {}],
  ['/api/v1/query', { query: 'sum(', time: 'TO' }],
  ['/api/v1/query', { query: 'up{', time: 'TO' }],
  ['/api/v1/query', { query: 'rate(up)', time: 'TO' }],
  ['/api/v1/query', { query: 'nope(up)', time: 'TO' }],
  ['/api/v1/query', { query: '{job=~".*"}', time: 'TO' }],
  ['/api/v1/query', { query: 'up{job=~"["}', time: 'TO' }],
  ['/api/v1/query', { query: 'up', time: 'yesterday' }],
  ['/api/v1/query', { query: 'up', time: 'TO', timeout: 'soon' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', end: 'TO', step: '300' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', end: 'TO', step: '5m' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'TO', end: 'FROM', step: '300' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', end: 'TO', step: '0' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', end: 'TO', step: '-15' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', end: 'TO', step: 'wide' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', end: 'TO' }],
  ['/api/v1/query_range', { query: 'count(up)', end: 'TO', step: '60' }],
  ['/api/v1/query_range', { query: 'count(up)', start: 'FROM', step: '60' }],
  ['/api/v1/query_range', { query: 'count(up)', start: '0', end: 'TO', step: '1' }],
  ['/api/v1/query_range', { query: 'up[1m]', start: 'FROM', end: 'TO', step: '60' }],
  ['/api/v1/query_range', { query: '"text"', start: 'FROM', end: 'TO', step: '60' }],
  ['/api/v1/query_range', { query: '1e3', start: 'FROM', end: 'TO', step: '600' }],
  ['/api/v1/labels', { start: 'FROM', end: 'TO' }],
  ['/api/v1/labels', { 'match[]': 'kube_node_info', start: 'FROM', end: 'TO' }],
  ['/api/v1/labels', { 'match[]': 'up{', start: 'FROM', end: 'TO' }],
  ['/api/v1/labels', { start: 'TO', end: 'FROM' }],
  ['/api/v1/series', { 'match[]': 'up{job="redis"}', start: 'FROM', end: 'TO' }],
  ['/api/v1/series', { start: 'FROM', end: 'TO' }],
  ['/api/v1/series', { 'match[]': '', start: 'FROM', end: 'TO' }],
  ['/api/v1/series', { 'match[]': '{__name__=~"pg_.*"}', start: 'FROM', end: 'TO' }],
  ['/api/v1/query_exemplars', { query: 'up', start: 'FROM', end: 'TO' }],
  ['/api/v1/query_exemplars', { query: 'up{', start: 'FROM', end: 'TO' }],
  ['/api/v1/format_query', { query: 'sum(rate(http_requests_total{code=~"5..",job="a"}[5m]))   by (job)/ 2' }],
  ['/api/v1/format_query', { query: 'sum(' }],
  ...['1e6', '1234567', '0.00001', '123456789012345678901234', '-Inf', 'NaN', '"a\\n\\"b"', 'up @ 1.5 offset -1h30m', 'up[1d12h:1h] offset 1w', 'up[90s] @ end()', '{__name__="a",b="c"}', 'a{z="1",b=~"c"} == bool 1', 'a and ignoring(b) c', '- sum(a)', 'topk(3, a) without (x)', 'sum by () (a)', 'label_replace(up, "a", "$1", "b", "x\\\\d")', 'a / on() group_right(c) b', '(a + b) * -c ^ 2', LONG].map((query) => ['/api/v1/format_query', { query }] as const),
];

/** All that it prints, in the order of its lines. */
async function promtool(args: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    execFile('promtool', args, (_, stdout, stderr) => resolve([...stdout.split('\n').toSorted((one, other) => (one < other ? -1 : 1)), stderr].join('\n')));
  });
}

function bare({ error }: Said): object {
  return error === undefined ? {} : { error: error.replace(/^invalid parameter "[^"]+": (?=\d|invalid expression)/, '') };
}

interface Said {
  readonly status: number;
  readonly data?: { readonly resultType: string; readonly result: readonly (Element | number)[] };
  readonly error?: string;
  readonly errorType?: string;
}

interface Element {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Where two answers differ; null where they do not. Numbers may by a billionth, as sums differ by their order. */
function difference(theirs: Said, ours: Said): string | null {
  if (theirs.status !== ours.status) return `${theirs.status} ${theirs.error ?? ''} is ${ours.status} ${ours.error ?? ''} here`;
  if (theirs.data === undefined || ours.data === undefined) return null;
  if (theirs.data.resultType !== ours.data.resultType) return `a ${theirs.data.resultType} is a ${ours.data.resultType} here`;
  const [left, right] = [elements(theirs.data.result), elements(ours.data.result)];
  for (const [labels, points] of left) {
    const mine = right.get(labels);
    if (mine === undefined) return `${labels} is not here`;
    if (mine.length !== points.length) return `${labels} has ${points.length} points and here ${mine.length}`;
    for (const [at, [time, value]] of points.entries()) {
      const [myTime, myValue] = mine[at] as readonly [number, string];
      if (time !== myTime || !alike(Number(value), Number(myValue))) return `${labels} is ${value} at ${time} and here ${myValue} at ${myTime}`;
    }
  }
  for (const labels of right.keys()) if (!left.has(labels)) return `${labels} is only here`;
  return null;
}

function elements(result: readonly (Element | number)[]): Map<string, readonly (readonly [number, string])[]> {
  return new Map(result.map((one) => (typeof one === 'object' && 'metric' in one ? [JSON.stringify(Object.entries(one.metric).toSorted(([a], [b]) => (a < b ? -1 : 1))), one.values ?? (one.value === undefined ? [] : [one.value])] : ['scalar', []])));
}

function alike(one: number, other: number): boolean {
  return Object.is(one, other) || one === other || (Number.isNaN(one) && Number.isNaN(other)) || Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));
}

/** The samples of a monitoring as an export keeps them, moved: without the marks that a series is gone. */
function beside({ samples, families, measured }: Monitoring): SeriesStore & { all(): Iterable<Series> } {
  const restartMs = measured.clock.unixMs(RESTART_MS);
  const kept = [...samples.all()].map(({ labels, times, values }): Series => {
    const there = values.flatMap((value, at) => (value === null ? [] : [at]));
    const counts = families.get(labels.get('__name__').replace(/_(?:bucket|sum|count)$/, ''))?.type !== 'gauge' && labels.get('job') === 'search' && labels.get('__name__') !== 'up';
    const lost = counts ? (values[times.findLastIndex((atMs) => atMs <= restartMs)] as number | null) ?? 0 : 0;
    return { labels, times: there.map((at) => (times[at] as number) + BESIDE_MS), values: there.map((at) => (values[at] as number) - ((times[at] as number) > restartMs ? lost : 0)) };
  });
  return {
    all: () => kept,
    select: (matchers: readonly Matcher[], fromMs, toMs) => kept.filter(({ labels, times }) => times.length > 0 && (times.at(-1) as number) >= fromMs && (times[0] as number) <= toMs && matchers.every((one) => one.meets(labels.get(one.name)))),
  };
}
