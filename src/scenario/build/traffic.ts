import type { AlertSpec, CallSpec, ExternalSpec, ProgramSpec, Setting, Step, TrafficSpec, WebhookSpec } from '../../cluster/spec.ts';
import { parseDurationMs } from '../../time/sim-time.ts';
import type { ClusterNames } from '../cluster-names.ts';
import { buildImages } from './images.ts';
import { buildRegions } from './regions.ts';
import { durationMs, shareOf } from '../shape/atoms.ts';
import type { AuthoredSetting, AuthoredStep, AuthoredTraffic } from '../shape/traffic-shape.ts';

/** The traffic of a cluster out of what its author wrote. Total: what refers to nothing keeps its written name. */
export function buildTraffic(authored: AuthoredTraffic, names: ClusterNames): TrafficSpec {
  return {
    load: authored.load.map(({ service, route, rate, noise, patience, retries, ingress, global, from, daily, bursts }) => ({
      service: names.full('Service', service),
      route,
      ratePerS: rate,
      noise: shareOf(noise),
      patienceMs: durationMs(patience),
      retries,
      ...(ingress === undefined ? {} : { ingress }),
      ...(global === undefined ? {} : { global }),
      ...(from === undefined ? {} : { from }),
      ...(daily === undefined ? {} : { daily: { peakMs: timeOfDayMs(daily.peak), lowest: shareOf(daily.lowest) } }),
      ...(bursts === undefined ? {} : { bursts: { everyMs: Math.max(1_000, durationMs(bursts.every)), lengthMs: durationMs(bursts.length), factor: bursts.factor } }),
    })),
    programs: mapValues(authored.programs, (program) => buildProgram(program, names)),
    images: buildImages(authored.images),
    externals: mapValues(authored.externals, ({ host, latency, errors, limit }): ExternalSpec => ({ host, latencyMs: durationMs(latency), errors: shareOf(errors), ...(limit === undefined ? {} : { limitPerS: limit }) })),
    ...buildRegions(authored, names),
    noise: authored.noise,
    alerts: authored.alerts.map((alert) => buildAlert(alert, names)),
  };
}

function buildProgram(authored: AuthoredTraffic['programs'][string], names: ClusterNames): ProgramSpec {
  return {
    tags: authored.tags,
    kind: authored.kind,
    startMs: durationMs(authored.start),
    threads: buildSetting(authored.threads),
    needs: authored.needs,
    flags: authored.flags === undefined ? null : names.full('ConfigMap', authored.flags),
    maxConnections: authored.maxConnections === undefined ? null : buildSetting(authored.maxConnections),
    cold: authored.cold ?? null,
    ...(authored.consumes === undefined ? {} : { consumes: authored.consumes.map(({ from, topic, route, partitions, retention, rebalance }) => ({ from, topic, route, partitions, retentionMs: durationMs(retention), rebalanceMs: durationMs(rebalance) })) }),
    ...(authored.upkeep === undefined ? {} : { upkeep: authored.upkeep.map(({ every, length, cpu, disk }) => ({ everyMs: Math.max(1_000, durationMs(every)), lengthMs: durationMs(length), cores: cpu, diskMs: durationMs(disk) })) }),
    ...(authored.connect === undefined ? {} : { connectMs: durationMs(authored.connect) }),
    ...(authored.replica === undefined ? {} : { replica: { env: authored.replica.env, lagMs: durationMs(authored.replica.lag), catchUp: authored.replica.catchUp } }),
    ...(authored.job === undefined ? {} : { job: { route: authored.job.route, units: buildSetting(authored.job.units), unitMiB: authored.job.memory, flushEvery: buildSetting(authored.job.batch), mayFail: buildSetting(authored.job.failures) } }),
    ...(authored.queue === undefined ? {} : { queue: buildSetting(authored.queue) }),
    ...(authored.order === undefined ? {} : { order: authored.order }),
    ...(authored.sheds === undefined ? {} : { sheds: authored.sheds }),
    ...(authored.certificate === undefined ? {} : { certificateUntilMs: Date.parse(authored.certificate.until) }),
    ...(authored.memory === undefined ? {} : { memory: { perRequestMiB: authored.memory.perRequest, ...(authored.memory.heap === undefined ? {} : { heapMiB: authored.memory.heap }) } }),
    routes: mapValues(authored.routes, (steps) => steps.map(buildStep)),
    versions: mapValues(authored.versions, ({ cpu, errors, crashAfter }) => ({
      cpuFactor: cpu,
      errors: shareOf(errors),
      crashAfterMs: crashAfter === undefined ? null : durationMs(crashAfter),
    })),
    ...(Array.isArray(authored.logs) ? { logs: authored.logs } : { logs: authored.logs.lines, logFormat: authored.logs.format }),
    ...(authored.webhook === undefined ? {} : { webhook: buildWebhook(authored.webhook) }),
  };
}

function buildWebhook({ port, latency, rules }: NonNullable<AuthoredTraffic['programs'][string]['webhook']>): WebhookSpec {
  return {
    port, latencyMs: buildSetting(latency),
    rules: rules.map(({ path, if: condition, deny = null, warn = null, patch = null }) => ({ path, if: condition, deny, warn, patch: patch as WebhookSpec['rules'][number]['patch'] })),
  };
}

function buildStep(authored: AuthoredStep): Step {
  const { cpu, call, query, transaction, cached, when } = authored;
  if (call !== undefined) {
    return { do: 'call', call: buildCall(call) };
  }
  if (query !== undefined) {
    return typeof query === 'string' ? { do: 'query', ms: durationMs(query), lock: null } : { do: 'query', ms: durationMs(query.time), lock: query.lock ?? null, ...(query.fresh === undefined ? {} : { freshMs: durationMs(query.fresh) }), ...(query.table === undefined ? {} : { table: query.table }), ...(query.writes === undefined ? {} : { writes: query.writes }) };
  }
  if (transaction !== undefined) {
    const { on, pool, acquireTimeout, connect, steps } = transaction;
    return { do: 'transaction', on, pool: buildSetting(pool), acquireTimeoutMs: buildSetting(acquireTimeout), ...(connect === undefined ? {} : { connect: { timeoutMs: buildSetting(connect.timeout), pauseMs: buildSetting(connect.backoff), lifetimeMs: buildSetting(connect.lifetime) } }), steps: steps.map(buildStep) };
  }
  if (cached !== undefined) {
    const { on, hit, time, ttl, coalesced, miss } = cached;
    return { do: 'cached', on, hit: shareOf(hit), ms: durationMs(time), ...(ttl === undefined ? {} : { expiry: { ttlMs: durationMs(ttl), coalesced } }), miss: miss.map(buildStep) };
  }
  if (when !== undefined) return { do: 'when', env: when.env, default: when.default, steps: when.steps.map(buildStep) };
  return typeof cpu === 'object' ? { do: 'cpu', ms: durationMs(cpu.time), threads: buildSetting(cpu.threads) } : { do: 'cpu', ms: durationMs(cpu ?? '0s') };
}

function buildCall({ to, route, times, timeout, retries, backoff, budget, breaker, keepAlive, onFailure }: NonNullable<AuthoredStep['call']>): CallSpec {
  return {
    to, route, times, timeoutMs: buildSetting(timeout), retries: buildSetting(retries), onFailure,
    ...(backoff === undefined ? {} : { backoffMs: buildSetting(backoff) }),
    ...(keepAlive === undefined ? {} : { keepAlive: typeof keepAlive === 'boolean' ? { env: null, default: keepAlive } : keepAlive }),
    ...buildBudget(budget),
    ...(breaker === undefined ? {} : { breaker: { failures: shareOf(breaker.failures), openMs: buildSetting(breaker.open) } }),
  };
}

function buildBudget(authored: NonNullable<AuthoredStep['call']>['budget']): Pick<CallSpec, 'budget' | 'budgetEnv'> {
  if (authored === undefined) return {};
  if (typeof authored !== 'object') return { budget: shareOf(authored) };
  return { budgetEnv: authored.env, ...(authored.default === undefined ? {} : { budget: shareOf(authored.default) }) };
}

/** `20:30` since midnight. */
function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}

function buildSetting(authored: AuthoredSetting): Setting {
  const value = typeof authored === 'object' ? authored.default : authored;
  return { default: typeof value === 'string' ? durationMs(value) : value, env: typeof authored === 'object' ? authored.env : null };
}

function buildAlert(authored: AuthoredTraffic['alerts'][number], names: ClusterNames): AlertSpec {
  const { name, service, metric, above, severity, text } = authored;
  return {
    name,
    service: names.full('Service', service),
    metric: metric === 'p95' ? 'p95-ms' : metric,
    above: typeof above === 'number' ? above : (parseDurationMs(above) ?? shareOf(above)),
    forMs: durationMs(authored.for),
    severity,
    text,
  };
}

/** A record with the same keys in the same order. */
export function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From, key: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
