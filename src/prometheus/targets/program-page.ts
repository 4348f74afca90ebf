import type { PodFlow } from '../../cluster/traffic/graph.ts';
import { FILE_LIMIT } from '../../cluster/traffic/wear.ts';
import { BUCKET_BOUNDS_S, type LatencyReading } from '../../cluster/signals/meters/latency-meter.ts';
import type { PodMeter } from '../../cluster/signals/meters/pod-meter.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';
import { runtimeMetrics } from './runtime-metrics.ts';

/** What a program of the traffic says of itself at `/metrics`: requests served and made, connections, its process. */
export function programPage({ clock, meters, traffic, usage }: Measured, meter: PodMeter): Page {
  const page = new Page();
  const since = meters.since(clock.nowMs);
  for (const [route, served] of meter.served) requests(page, route, served.read(since));
  const { pod } = meter;
  page.gauge('http_server_active_requests', 'Requests that are being served.', {}, activeIn(pod));
  page.gauge('http_server_queued_requests', 'Requests that wait for a worker.', {}, Math.round(pod.threads.backlog));
  page.gauge('http_server_workers', 'Workers that serve requests.', {}, pod.threads.places);
  for (const [target, made] of meter.made) clientRequests(page, hostOf(traffic, target), made.read(since));
  for (const [database, queried] of meter.queried) statements(page, database, queried.read(since));
  for (const { plan, station, granted } of pod.pools) {
    const pool = { pool_name: nameOf(plan.database.key) };
    const used = Math.round(Math.min(granted, station.utilisation * station.places));
    page.gauge('db_client_connections_usage', 'The number of connections that are currently in state described by the state attribute.', { ...pool, state: 'used' }, used);
    page.gauge('db_client_connections_usage', '', { ...pool, state: 'idle' }, Math.round(granted) - used);
    page.gauge('db_client_connections_max', 'The maximum number of open connections allowed.', pool, plan.size);
    page.gauge('db_client_connections_pending_requests', 'The number of current pending requests for an open connection.', pool, Math.round(station.backlog));
    page.counter('db_client_connections_timeouts_total', 'The number of connection timeouts that have occurred trying to obtain a connection from the pool.', pool, Math.floor(meter.denied.get(plan.database.key)?.read(0, since) ?? 0));
  }
  processMetrics(page, meter, since, (usage('pod', pod.namespace, pod.name)?.memoryMiB ?? 0) * 1_048_576, clock.unixMs(pod.startedAtMs) / 1000);
  return page;
}

function requests(page: Page, route: string, reading: LatencyReading): void {
  const labels = { handler: `/${route}`, method: methodOf(route) };
  page.counter('http_requests_total', 'Requests that were answered.', { ...labels, code: '200' }, reading.good);
  page.counter('http_requests_total', '', { ...labels, code: '500' }, reading.failed);
  histogram(page, 'http_request_duration_seconds', 'Time from the arrival of a request to its answer.', labels, reading);
}

function clientRequests(page: Page, host: string, reading: LatencyReading): void {
  page.counter('http_client_requests_total', 'Requests to others that ended.', { host, outcome: 'success' }, reading.good);
  page.counter('http_client_requests_total', '', { host, outcome: 'error' }, reading.failed);
  histogram(page, 'http_client_request_duration_seconds', 'Time that requests to others took.', { host }, reading);
}

function statements(page: Page, database: string, reading: LatencyReading): void {
  histogram(page, 'db_client_operation_duration_seconds', 'Duration of database client operations.', { db_name: nameOf(database) }, reading);
}

function histogram(page: Page, name: string, help: string, labels: Readonly<Record<string, string>>, { buckets, sumS, count }: LatencyReading): void {
  page.histogram(name, help, labels, { buckets: BUCKET_BOUNDS_S.map((bound, at) => [bound, buckets[at] as number] as const), sum: sumS, count });
}

function processMetrics(page: Page, meter: PodMeter, since: number, memoryBytes: number, startedAtS: number): void {
  page.counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', {}, meter.cpu(since).cpuS);
  page.gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', {}, memoryBytes);
  page.gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', {}, startedAtS);
  runtimeMetrics(page, meter.pod, memoryBytes);
  page.gauge('process_open_fds', 'Number of open file descriptors.', {}, Math.round(meter.pod.wear.files));
  page.gauge('process_max_fds', 'Maximum number of open file descriptors.', {}, FILE_LIMIT);
}

function activeIn({ threads }: PodFlow): number {
  let active = 0;
  for (const served of threads.inside) active += served;
  return Math.round(active);
}

/** `shop/postgres` is `postgres`. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** As programs name whom they call: a Service of their cluster, or a host outside. */
function hostOf(traffic: Measured['traffic'], target: string): string {
  if (target.startsWith('external/')) return traffic.places.external(target).host;
  const [namespace = '', name = ''] = target.split('/');
  return `${name}.${namespace}.svc`;
}

/** A route that changes something is asked by POST. */
function methodOf(route: string): string {
  return /^(?:place|create|reserve|charge|send|add|update|pay|order|write|publish|submit|authori[sz]e|confirm|ship|book|notify)/.test(route) ? 'POST' : 'GET';
}
