import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../src/prometheus/http/answers.ts';
import { answerHttp } from '../../src/prometheus/http/http-api.ts';
import { isHistogram } from '../../src/promql/series.ts';
import { rulesOf } from '../../src/commands/cluster-rules.ts';
import { AMeasuredShop, aShop, runUntil } from './a-measured-shop.ts';

describe('the metrics of a web shop', () => {
  test('tell of as many requests as the model serves', async () => {
    const shop = await AMeasuredShop.open();
    shop.wait('5m');
    const rates = shop.query('sum by (service) (rate(http_requests_total[1m]))');
    for (const [service, rate] of rates) {
      const windows = shop.cluster.metrics.recent('http.rate', `shop/${service}`, 4).filter((value) => value !== null);
      const truth = windows.reduce((total, value) => total + value, 0) / windows.length;
      // Nobody counts parts of requests: what is rare differs by one or two of them.
      expect(Math.abs(rate - truth), service).toBeLessThan(Math.max(0.02 * truth, 2 / 60));
    }
    expect(rates.size).toBe(11);
  });

  test('have latencies as the tracers meet them', async () => {
    const shop = await AMeasuredShop.open();
    shop.wait('5m');
    const means = shop.query('sum by (service) (rate(http_request_duration_seconds_sum[2m])) / sum by (service) (rate(http_request_duration_seconds_count[2m]))');
    const storefront = (means.get('storefront') as number) * 1000;
    const p95 = (shop.query('histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[2m])))').get('storefront') as number) * 1000;
    const measured = shop.cluster.metrics.latest('http.p95', 'shop/storefront');
    expect(p95).toBeGreaterThan(storefront);
    expect(Math.abs(p95 / measured - 1)).toBeLessThan(0.25);
  });

  test('never fall but where a container was started anew', async () => {
    const shop = await AMeasuredShop.open();
    shop.wait('2m');
    const pod = shop.cluster.plane.store.list('Pod', 'shop').find(({ metadata }) => metadata.name.startsWith('storefront-'));
    const name = pod?.metadata.name ?? '';
    shop.cluster.plane.kubelet.killContainer({ kind: 'Pod', namespace: 'shop', name }, 'storefront', 'OOMKilled', 137);
    shop.wait('3m');
    const counters = new Set([...shop.monitoring.families].filter(([, { type }]) => type === 'counter').map(([family]) => family));
    const fell = new Set<string>();
    for (const { labels, values } of shop.monitoring.samples.all()) {
      if (!counters.has(labels.get('__name__'))) continue;
      const numbers = values.flatMap((value) => (value === null || isHistogram(value) ? [] : [value]));
      if (numbers.some((value, at) => at > 0 && value < (numbers[at - 1] as number))) fell.add(labels.get('pod'));
    }
    expect([...fell]).toEqual([name]);
    expect(shop.query('sum by (pod) (resets(http_requests_total{handler="/product", code="200"}[5m])) > 0', 'pod')).toEqual(new Map([[name, 1]]));
    expect(shop.query('kube_pod_container_status_restarts_total > 0', 'pod')).toEqual(new Map([[name, 1]]));
    expect(shop.query('min(rate(http_requests_total[1m]))').get('')).toBeGreaterThanOrEqual(0);
  });

  test('of a pod that is gone are gone with the next scrape', async () => {
    const shop = await AMeasuredShop.open();
    expect(shop.query('count(up{job="storefront"})').get('')).toBe(3);
    shop.cluster.api.patch({ kind: 'Deployment', namespace: 'shop', name: 'storefront' }, { type: 'merge', body: { spec: { replicas: 2 } } });
    shop.wait('1m');
    expect(shop.query('count(up{job="storefront"})').get('')).toBe(2);
    expect(shop.query('kube_deployment_status_replicas', 'deployment').get('storefront')).toBe(2);
  });
});

test("the shop's own rules are silent on a good day, and tell of a partner that hangs", async () => {
  const shop = await AMeasuredShop.open(rulesOf('scenarios/clusters/webshop').groups);
  shop.wait('5m');
  expect(shop.get('/api/v1/alerts')).toEqual({ alerts: [] });
  shop.cluster.beginFault('external-latency', 'external/address-check', { latency: 30_000 });
  shop.wait('6m');
  expect(shop.get('/api/v1/alerts')).toMatchObject({ alerts: [{ labels: { alertname: 'HighLatency', service: 'storefront', severity: 'page' }, state: 'firing', annotations: { summary: expect.stringMatching(/^p95 of storefront is \d/) as unknown } }] });
  expect(shop.query('ALERTS{alertstate="firing"}', 'alertname')).toEqual(new Map([['HighLatency', 1]]));
  expect(shop.query('service:http_requests:rate2m').get('storefront')).toBeGreaterThan(5);
});

test('to measure a cluster changes nothing in it', async () => {
  const shop = await AMeasuredShop.open();
  shop.wait('3m');
  const { agenda, cluster } = await aShop();
  runUntil(agenda, 180_000);
  for (const metric of ['http.rate', 'http.p99', 'cpu.cores', 'pool.wait'] as const) {
    for (const subject of cluster.metrics.subjects(metric)) expect(shop.cluster.metrics.series(metric, subject).values).toEqual(cluster.metrics.series(metric, subject).values);
  }
});

describe('the query API', () => {
  test('answers as a Prometheus server does', async () => {
    const shop = await AMeasuredShop.open();
    expect(shop.get('/api/v1/query', { query: '1 + 1', time: '2026-02-10T03:10:00Z' })).toEqual({ resultType: 'scalar', result: [1_770_693_000, '2'] });
    expect(shop.get('/api/v1/query', { query: 'up{job="redis"}', time: '1770693000' })).toMatchObject({ resultType: 'vector', result: [{ metric: { __name__: 'up', job: 'redis', namespace: 'shop' }, value: [1_770_693_000, '1'] }] });
    expect(shop.get('/api/v1/query', { query: 'sum(' })).toEqual({ status: 'error', errorType: 'bad_data', error: 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis' });
    expect(shop.answer('/api/v1/query', { query: 'up + on(namespace) up' }).status).toBe(422);
    expect(shop.get('/api/v1/query_range', { query: 'vector(1)', start: '0', end: '100000', step: '1' })).toMatchObject({ error: 'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)' });
    expect(shop.get('/api/v1/query_range', { query: 'sum(up{job="storefront"})', start: '1770692970', end: '1770693000', step: '15s' })).toEqual({ resultType: 'matrix', result: [{ metric: {}, values: [[1_770_692_970, '3'], [1_770_692_985, '3'], [1_770_693_000, '3']] }] });
    expect(shop.get('/api/v1/label/job/values', { 'match[]': 'pg_up' })).toEqual(['postgres']);
    expect(shop.get('/api/v1/labels', { 'match[]': 'kube_node_spec_unschedulable' })).toEqual(['__name__', 'instance', 'job', 'node']);
    expect(shop.get('/api/v1/metadata', { metric: 'http_requests_total' })).toEqual({ http_requests_total: [{ type: 'counter', help: 'Requests that were answered.', unit: '' }] });
    expect(shop.answer('/api/v1/series').status).toBe(400);
    expect(shop.answer('/api/v1/nothing').status).toBe(404);
    expect(shop.get('/api/v1/rules')).toEqual({ groups: [] });
    expect(shop.get('/api/v1/targets')).toMatchObject({ activeTargets: expect.arrayContaining([expect.objectContaining({ scrapePool: 'storefront', health: 'up' })]) as unknown });
  });

  test("answers what Grafana's data source and editors ask besides", async () => {
    const shop = await AMeasuredShop.open(rulesOf('scenarios/clusters/webshop').groups);
    const ask = (method: string, path: string): HttpAnswer => answerHttp(shop.monitoring, { method, path, parameters: new Map(), accept: '', host: '127.0.0.1:9090' });
    expect(JSON.parse(shop.answer('/api/v1/label/pod/values', { limit: '2' }).body)).toMatchObject({ data: [expect.any(String), expect.any(String)], warnings: ['results truncated due to limit'] });
    expect(shop.get('/api/v1/format_query', { query: 'sum(rate(up{b="1",a="2"}[90s]))by(job)' })).toBe('sum by (job) (rate(up{a="2",b="1"}[1m30s]))');
    expect(shop.get('/api/v1/parse_query', { query: 'rate(up[5m]) > 1' })).toMatchObject({ type: 'binaryExpr', op: '>', lhs: { type: 'call', func: { name: 'rate', argTypes: ['matrix'], returnType: 'vector' }, args: [{ type: 'matrixSelector', range: 300_000 }] }, rhs: { type: 'numberLiteral', val: '1' } });
    expect(shop.get('/api/v1/query_exemplars', { query: 'up' })).toEqual([]);
    expect(shop.get('/api/v1/status/tsdb', { limit: '1' })).toMatchObject({ headStats: { numSeries: shop.monitoring.samples.size }, seriesCountByMetricName: [{ value: expect.any(Number) as unknown }] });
    expect(shop.get('/api/v1/rules', { type: 'record', 'rule_name[]': 'service:http_requests:rate2m' })).toMatchObject({ groups: [{ file: '/etc/prometheus/rules/rules.yaml', rules: [{ type: 'recording' }] }] });
    expect(shop.get('/api/v1/scrape_pools')).toMatchObject({ scrapePools: expect.arrayContaining(['kubelet', 'storefront']) as unknown });
    expect(ask('PUT', '/api/v1/query')).toMatchObject({ status: 405, headers: { allow: 'GET, OPTIONS, POST' } });
    expect(ask('OPTIONS', '/api/v1/query').status).toBe(204);
    expect(ask('POST', '/api/v1/admin/tsdb/snapshot').body).toContain('"errorType":"unavailable","error":"admin APIs disabled"');
    expect(ask('GET', '/api/v1/none')).toMatchObject({ status: 404, body: '404 page not found\n' });
  });

  test('has a page for every target, each line of which can be read', async () => {
    const shop = await AMeasuredShop.open();
    const line = /^(?:# (?:HELP|TYPE) [a-zA-Z_:][\w:]* .*|[a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)+\})? (?:[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf)|NaN))$/;
    for (const target of shop.monitoring.targets().keys()) {
      const { status, body } = shop.answer('/metrics', { target });
      expect(status, target).toBe(200);
      expect(body.trimEnd().split('\n').filter((one) => !line.test(one)), target).toEqual([]);
    }
    expect(shop.answer('/federate', { 'match[]': 'up{job="redis"}' }).body).toMatch(/^# TYPE up untyped\nup\{.*job="redis".*\} 1 1770693000000\n$/);
  });
});
