import { statSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { regionContexts } from '../cluster/traffic/regions.ts';
import type { RequestRecord } from '../kube-api/request-record.ts';
import { EVERYTHING } from '../kube-api/authorization/seats.ts';
import { RestApi } from '../kube-api/rest-api.ts';
import { ApiListener } from '../outside/api-listener.ts';
import { closeOnSignals } from '../outside/close-on-signals.ts';
import { readDescriptions } from '../outside/kubernetes-descriptions.ts';
import { PrometheusListener } from '../outside/prometheus-listener.ts';
import type { Monitoring } from '../prometheus/monitoring.ts';
import type { RuleGroup } from '../prometheus/rules/rule.ts';
import { loopbackCertificates } from '../outside/loopback-certificates.ts';
import { stateFolder } from '../outside/state-folder.ts';
import { TokenKey } from '../outside/token-key.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterSpec } from '../cluster/spec.ts';
import { parseDurationMs } from '../time/sim-time.ts';
import { formatComplaint, plainText } from '../yaml/complaint.ts';
import { loadCluster, type LoadedCluster, type NoCluster } from './load-cluster.ts';
import { parseRole, parseSeat, removeSeats, sandboxSeats, welcome, writeSeats, type SeatWish } from './sandbox-seats.ts';
import { SandboxWorld } from './sandbox-world.ts';

interface SandboxOptions {
  readonly port: number;
  readonly speed: number;
  readonly seed: number;
  readonly kubeconfig?: string;
  readonly role: string;
  readonly seat?: readonly SeatWish[];
  readonly bare?: true;
  readonly for?: number;
  readonly json?: true;
  readonly log?: true;
  readonly prometheus?: true | number;
}

/** Out of the way of whoever asks at once. */
const KEEP_COMPILED_AFTER_MS = 2_000;

/** Real ms between two steps of simulated time. */
const BEAT_MS = 50;

/** `gameday sandbox`: a cluster with its Kubernetes API, until it is stopped. Exit codes: 0 time is up; 1 the cluster has mistakes; 2 the call was wrong; 130 and the like stopped. */
export function sandboxCommand(): Command {
  return new Command('sandbox')
    .summary('run just the cluster, for your own kubectl')
    .description('Run a scenario\'s cluster, or one of its own, without a drill. Writes a kubeconfig for each seat, says where it is, and runs until Ctrl-C.')
    .argument('[cluster]', 'a scenario, or the folder of a cluster, such as scenarios/clusters/webshop; with --bare it may be left out')
    .option('--port <n>', 'listen on this port of 127.0.0.1 (else on any free one)', wholeBelow(65_536), 0)
    .option('--speed <n>', 'simulated seconds for each real one', parseSpeed, 1)
    .option('--seed <n>', 'which of its many histories the cluster has', wholeBelow(2_147_483_648), 1)
    .option('--kubeconfig <file>', 'write the kubeconfig there')
    .option('--role <role>', 'what its seat may do: a ClusterRole, such as view, or a role in one namespace, such as shop/edit', parseRole, EVERYTHING)
    .option('--seat <name[=role]>', 'somebody with a kubeconfig of their own; may be repeated', parseSeat)
    .option('--bare', 'only the API: no scheduler, no kubelets, no controllers of workloads; for tests of other programs')
    .option('--prometheus [port]', 'measure the cluster, and serve its metrics and PromQL over plain HTTP on this port of 127.0.0.1 (else on any free one)', wholeBelow(65_536))
    .option('--for <duration>', 'stop by itself after so much real time, such as 10m', parseFor)
    .option('--log', 'print every request as one line of JSON on the error output')
    .option('--json', 'print where it is as one line of JSON')
    .action(async (path: string | undefined, options: SandboxOptions) => {
      process.exitCode = await sandbox(path, options);
    });
}

async function sandbox(path: string | undefined, options: SandboxOptions): Promise<0 | 1 | 2> {
  const loaded = path === undefined ? emptyCluster(options) : await loadCluster(path, isFolder(path));
  if ('complaints' in loaded) {
    for (const line of loaded.complaints) process.stderr.write(`${line}\n`);
    return loaded.code;
  }
  const { spec, changes } = loaded;
  const rules = options.prometheus === undefined ? null : (await import('./cluster-rules.ts')).rulesOf(path);
  if (rules !== null && rules.complaints.length > 0) {
    for (const complaint of rules.complaints) process.stderr.write(`${formatComplaint(complaint)}\n`);
    return 1;
  }
  const key = new TokenKey();
  const world = new SandboxWorld({ spec, changes, seed: options.seed, speed: options.speed, wallMs: Date.now(), bare: options.bare === true, sign: (claims) => key.sign(claims), monitor: rules === null ? null : await monitorOf(rules.groups), count: rules === null && options.bare !== true ? (await import('../prometheus/served-pages.ts')).countFor : null });
  const api = new RestApi(world.served, readDescriptions, key);
  const catchUp = (): void => {
    world.advance(Date.now(), () => performance.now());
    keepInStep(api, world);
  };
  catchUp();
  const context = `gameday-${spec.name}`;
  const file = resolve(options.kubeconfig ?? join(stateFolder(process.env), 'kubeconfigs', `${context}-${process.pid}.yaml`));
  const seats = sandboxSeats(world.served, { seats: options.seat ?? [], role: options.role, context, file });
  if ('problem' in seats) return wrong(seats.problem);
  const certificates = loopbackCertificates(Date.now());
  const users = new Map(seats.map(({ token, user }) => [token, user]));
  const listener = await start(() => ApiListener.start({ api, certificates, users, port: options.port, catchUp, ...(options.log === true ? { onRequest: log } : {}) }), options.port);
  if (listener === null) return 2;
  const monitoring = await serveMonitoring(world, options.prometheus, catchUp);
  if (monitoring === 'taken') {
    await listener.close();
    return 2;
  }
  try {
    writeSeats(seats, { server: listener.url, ca: certificates.ca, namespace: namespaceOf(spec), regions: regionContexts(spec.traffic) });
  } catch (error) {
    await Promise.all([listener.close(), monitoring?.close()]);
    return wrong(`The kubeconfig cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const told = seats.map(({ name, role, context: own, kubeconfig }) => ({ name, role, context: own, kubeconfig }));
  const [{ kubeconfig, role, context: current }] = told as [(typeof told)[number]];
  process.stdout.write(options.json === true ? `${JSON.stringify({ kubeconfig, server: listener.url, context: current, speed: options.speed, role, seats: told, ...(monitoring === null ? {} : { prometheus: monitoring.url }) })}\n` : welcome(seats, listener.url, monitoring?.url ?? null));
  // What was compiled on the way here is kept now: who is killed keeps nothing at the end, and starts cold the next time.
  setTimeout(flushCompileCache, KEEP_COMPILED_AFTER_MS).unref();
  await untilStopped(options.for ?? null, () => { catchUp(); listener.poll(); }, async () => {
    if (options.kubeconfig === undefined) removeSeats(seats);
    await Promise.all([listener.close(), monitoring?.close()]);
  });
  return 0;
}

/** Few measure a sandbox: what does is loaded for them alone. */
async function monitorOf(rules: readonly RuleGroup[]): Promise<(cluster: Cluster) => Monitoring> {
  const { Monitoring } = await import('../prometheus/monitoring.ts');
  return (cluster) => new Monitoring(cluster, rules);
}

/** Serves a monitored world; null for one that is not, `taken` where its port is. */
async function serveMonitoring({ monitoring }: SandboxWorld, port: true | number | undefined, catchUp: () => void): Promise<PrometheusListener | null | 'taken'> {
  if (monitoring === null) return null;
  const wished = typeof port === 'number' ? port : 0;
  const { answerHttp } = await import('../prometheus/http/http-api.ts');
  return await start(() => PrometheusListener.start({ port: wished, answer: (request) => {
    catchUp();
    return answerHttp(monitoring, request);
  } }), wished) ?? 'taken';
}

/** What a sandbox has where no cluster is named. */
function emptyCluster({ bare }: SandboxOptions): LoadedCluster | NoCluster {
  if (bare !== true) return { complaints: ['Name a scenario or the folder of a cluster, such as scenarios/clusters/webshop; or give --bare for an API with nothing behind it.'], code: 2 };
  return { spec: { name: 'bare', objects: [], traffic: { load: [], programs: {}, externals: {}, alerts: [] } }, changes: [] };
}

function wrong(sentence: string): 2 {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

/** Runs `beat` until a signal or the end of the time, then `close`. */
async function untilStopped(forMs: number | null, beat: () => void, close: () => Promise<void>): Promise<void> {
  const timer = setInterval(beat, BEAT_MS);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await close();
  };
  const unhook = closeOnSignals(stop);
  await new Promise<void>((timeIsUp) => {
    if (forMs !== null) setTimeout(timeIsUp, forMs);
  });
  unhook();
  await stop();
}

/** At the pace of real life the difference between the clocks stays as it is; at any other it has to follow. */
function keepInStep(api: RestApi, world: SandboxWorld): void {
  const behindMs = Date.now() - (world.epochMs + world.nowMs);
  const { offsetMs } = api.projection;
  if (behindMs - offsetMs >= 2_000 || behindMs < offsetMs) api.projection.offsetMs = behindMs;
}

async function start<T>(listen: () => Promise<T>, port: number): Promise<T | null> {
  try {
    return await listen();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(code === 'EADDRINUSE' ? `Port ${port} is taken. Give another with --port, or none for any free one.\n` : `Cannot listen on port ${port} (${code ?? String(error)}).\n`);
    return null;
  }
}

/** The namespace with the most workloads: what responders mean where they name none. */
function namespaceOf({ objects }: ClusterSpec): string {
  const counts = new Map<string, number>();
  for (const { kind, metadata } of objects) {
    if (kind === 'Deployment' || kind === 'StatefulSet') counts.set(metadata.namespace ?? 'default', (counts.get(metadata.namespace ?? 'default') ?? 0) + 1);
  }
  return [...counts].toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))[0]?.[0] ?? 'default';
}

function log(record: RequestRecord): void {
  process.stderr.write(`${plainText(JSON.stringify(record))}\n`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true || (basename(path) === '' && path !== '');
}

function wholeBelow(limit: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,10}$/.test(text) || Number(text) >= limit) throw new InvalidArgumentError(`Give a whole number below ${limit}.`);
    return Number(text);
  };
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0 && speed <= 1000)) throw new InvalidArgumentError('A speed is a number above 0, at most 1000.');
  return speed;
}

function parseFor(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs === null || durationMs <= 0 || durationMs > 2_000_000_000) throw new InvalidArgumentError('A duration is such as 90s, 10m, 2h.');
  return durationMs;
}
