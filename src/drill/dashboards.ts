import { compareTexts } from '../time/text-order.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Metric } from '../cluster/signals/metrics.ts';
import { WINDOW_MS } from '../cluster/traffic/traffic.ts';
import type { ProgramSpec } from '../cluster/spec.ts';
import type { DashboardView, PanelView } from './screen.ts';

/** Windows that a panel shows: half an hour. */
const SHOWN = 120;

interface PanelSpec {
  readonly label: string;
  readonly metric: Metric;
  readonly subject: string;
  readonly unit: PanelView['unit'];
  readonly worse: PanelView['worse'];
  readonly scale?: number;
  readonly limit?: number | null;
}

/** What can be put on a dashboard: Services and workloads, short names where they are the only ones of that name. */
export function dashboardSubjects(cluster: Cluster): string[] {
  const { metrics } = cluster;
  return [...new Set([...metrics.subjects('http.rate'), ...metrics.subjects('pods.ready'), ...metrics.subjects('db.connections')])].toSorted(compareTexts);
}

/** The dashboard of a subject `namespace/name`. */
export function dashboardOf(cluster: Cluster, subject: string, tooSlowMs: number | null): DashboardView {
  const panels = panelsOf(cluster, subject, tooSlowMs).map((spec) => panel(cluster, spec)).filter((view) => view.values.some((value) => value !== null));
  return { title: subject.slice(subject.indexOf('/') + 1), panels };
}

/** The whole `namespace/name` of what a person typed; null where nothing or too much is called so. */
export function findSubject(cluster: Cluster, typed: string): string | null {
  const bare = typed.replace(/^(?:deploy(?:ment)?|svc|service|sts|statefulset)s?(?:\.apps)?\//, '');
  const subjects = dashboardSubjects(cluster);
  if (subjects.includes(bare)) return bare;
  const named = subjects.filter((subject) => subject.endsWith(`/${bare}`));
  const found = named.length > 0 ? named : subjects.filter((subject) => isOfKind(cluster, subject, bare.toLowerCase()));
  return found.length === 1 ? (found[0] as string) : null;
}

/** People say what a thing is (the database, the cache) where there is only one. */
function isOfKind(cluster: Cluster, subject: string, word: string): boolean {
  const kind = cluster.traffic.places.services.get(subject)?.pods[0]?.variant.program.kind;
  return kind !== undefined && kind === KINDS[word];
}

const KINDS: Readonly<Record<string, ProgramSpec['kind']>> = { database: 'database', db: 'database', cache: 'cache' };

function panelsOf(cluster: Cluster, subject: string, tooSlowMs: number | null): PanelSpec[] {
  const short = (name: string): string => name.slice(name.indexOf('→') + 1).replace(/^[^/]*\//, '');
  const { metrics } = cluster;
  const pools = metrics.subjects('pool.used').filter((name) => name.startsWith(`${subject}→`));
  const calls = metrics.subjects('call.ms').filter((name) => name.startsWith(`${subject}→`));
  const clients = metrics.subjects('pool.used').filter((name) => name.endsWith(`→${subject}`));
  return [
    { label: 'p95', metric: 'http.p95', subject, unit: 'ms', worse: 'up', limit: tooSlowMs },
    { label: 'errors', metric: 'http.errors', subject, unit: '%', worse: 'up', scale: 100 },
    { label: 'requests', metric: 'http.rate', subject, unit: '/s', worse: 'down' },
    { label: 'p50', metric: 'http.p50', subject, unit: 'ms', worse: 'up' },
    { label: 'connections open', metric: 'db.connections', subject, unit: '', worse: 'up', limit: metrics.latest('db.limit', subject) },
    { label: 'connections busy', metric: 'db.busy', subject, unit: '', worse: 'up', limit: metrics.latest('db.limit', subject) },
    { label: 'wait for a connection', metric: 'db.wait', subject, unit: 'ms', worse: 'up' },
    ...clients.map((name): PanelSpec => ({ label: `busy from ${name.slice(name.indexOf('/') + 1, name.indexOf('→'))}`, metric: 'pool.used', subject: name, unit: '', worse: 'up' })),
    { label: 'threads busy', metric: 'threads.busy', subject, unit: '%', worse: 'up', scale: 100, limit: 100 },
    { label: 'requests queued', metric: 'queue.length', subject, unit: '', worse: 'up' },
    ...pools.flatMap((name): PanelSpec[] => [
      { label: `connections to ${short(name)}`, metric: 'pool.used', subject: name, unit: '', worse: 'up', limit: metrics.latest('pool.size', name) },
      { label: `wait for ${short(name)}`, metric: 'pool.wait', subject: name, unit: 'ms', worse: 'up' },
    ]),
    ...calls.flatMap((name): PanelSpec[] => [
      { label: `calls to ${short(name)}`, metric: 'call.ms', subject: name, unit: 'ms', worse: 'up' },
      { label: `failed to ${short(name)}`, metric: 'call.errors', subject: name, unit: '%', worse: 'up', scale: 100 },
    ]),
    { label: 'cache hits', metric: 'cache.hit', subject, unit: '%', worse: 'down', scale: 100 },
    { label: 'CPU', metric: 'cpu.share', subject, unit: '%', worse: 'up', scale: 100, limit: 100 },
    { label: 'pods ready', metric: 'pods.ready', subject, unit: '', worse: 'down' },
  ];
}

function panel(cluster: Cluster, spec: PanelSpec): PanelView {
  const { metrics } = cluster;
  const scale = spec.scale ?? 1;
  const baseline = metrics.baseline(spec.metric, spec.subject);
  const limit = spec.limit ?? null;
  return {
    label: spec.label,
    unit: spec.unit,
    values: metrics.recent(spec.metric, spec.subject, SHOWN).map((value) => (value === null ? null : value * scale)),
    stepMs: WINDOW_MS,
    baseline: baseline === null ? null : baseline * scale,
    limit: limit === null || Number.isNaN(limit) ? null : limit,
    worse: spec.worse,
  };
}

/** A number with its unit, as short as it can be read: `7.1 s`, `45%`, `12/s`. */
export function formatValue(value: number | null, unit: PanelView['unit']): string {
  if (value === null) return '-';
  switch (unit) {
    case 'ms': return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : value >= 10 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`;
    case '%': return value >= 10 ? `${value.toFixed(0)}%` : `${value.toFixed(1)}%`;
    case '/s': return `${value.toFixed(1)}/s`;
    case 'MiB': return `${value.toFixed(0)} MiB`;
    case '': return value >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
  }
}
