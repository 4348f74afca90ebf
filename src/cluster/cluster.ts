import type { Agenda } from '../time/agenda.ts';
import { Die } from '../time/dice.ts';
import { DAY_MS, MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import type { SignToken } from './account-claims.ts';
import type { AgendaEntry } from './agenda-entry.ts';
import type { KubeApi } from './api.ts';
import type { Ran } from './containers/at-once.ts';
import { Containers } from './containers/containers.ts';
import { DeclaredWebhooks } from './admission/declared-webhooks.ts';
import { ControlPlane } from './control-plane.ts';
import { DataServers } from './data/data-servers.ts';
import { Resolver } from './dns/resolver.ts';
import { reloadedText } from './dns/resolver-log.ts';
import { FAULTS } from './faults/catalogue.ts';
import { withFallbacks } from './faults/settings.ts';
import { faultWorld } from './faults/world.ts';
import { HelmReleases } from './helm/releases.ts';
import type { ContainerTarget, Processes } from './processes.ts';
import { quantityBytes } from './quantity.ts';
import { Hosts } from './nodes/hosts.ts';
import { programHosts, Registry } from './registry/registry.ts';
import type { KindMap, KubeObject } from './objects.ts';
import { type AlertChange, Alerts } from './signals/alerts.ts';
import { ChangeLog } from './signals/change-log.ts';
import { liveOn, noteCronRuns } from './signals/daily-life.ts';
import { NEIGHBOURS } from './signals/neighbours.ts';
import { CertificateWatch } from './signals/certificate-watch.ts';
import { FlagHistory } from './signals/flag-history.ts';
import { DriftDetection } from './signals/terraform/drift-detection.ts';
import { isIngressController } from './signals/entrance.ts';
import { entranceLines } from './signals/entrance-log.ts';
import { logText, plainEvent } from './signals/log-format.ts';
import { type LogLine, type LogSources, logLines } from './signals/logs.ts';
import { Meters } from './signals/meters/meters.ts';
import type { MetricPages } from './signals/metric-pages.ts';
import { Metrics } from './signals/metrics.ts';
import { Recorder } from './signals/recorder.ts';
import { Traces } from './signals/traces.ts';
import { Windows } from './signals/windows.ts';
import type { ClusterSpec, WebhookSpec } from './spec.ts';
import type { BatchEnd } from './traffic/batch.ts';
import { Builds } from './traffic/builds.ts';
import { ProgramRuntime } from './traffic/container-runtime.ts';
import { workloadOf } from './traffic/layout.ts';
import { Tracer } from './traffic/tracer.ts';
import { Traffic } from './traffic/traffic.ts';

/** When a cluster's objects are applied: the agenda of whoever runs one begins here. */
export const CLUSTER_BORN_MS: SimMs = -12 * DAY_MS;
/** Its traffic is under way for so long when a drill begins. */
const TRAFFIC_FROM_MS: SimMs = -6 * MINUTE_MS;
/** What a node and a pod use for themselves, before any request. */
const IDLE_NODE = { cpuMilli: 90, memoryMiB: 800 };
const IDLE_POD = { cpuMilli: 1, memoryMiB: 90 };

export interface ClusterOptions {
  readonly agenda: Agenda<AgendaEntry>;
  readonly seed: number;
  /** Unix time in ms of simulated time 0. */
  readonly epochMs: number;
  readonly spec: ClusterSpec;
  readonly tooSlowMs: (service: string) => number;
  readonly onAlert: (change: AlertChange) => void;
}

/** The sandbox: objects with their controllers, the traffic through their pods, and the signals of both. */
export class Cluster {
  readonly api: KubeApi;
  readonly traffic: Traffic;
  /** What its databases, caches and brokers hold. */
  readonly data: DataServers;
  readonly metrics = new Metrics(TRAFFIC_FROM_MS);
  readonly windows = new Windows();
  /** Requests of users that were sampled. */
  readonly traces: Traces;
  readonly changes = new ChangeLog();
  /** What differs from the code of whoever keeps the platform. */
  readonly drift: DriftDetection;
  readonly flagHistory: FlagHistory;
  readonly certificates: CertificateWatch;
  /** What Helm finds of the deploys. */
  readonly releases: HelmReleases;
  /** Walks requests for whoever looks, with dice of its own: looking changes nothing. */
  readonly inspector: Tracer;
  readonly alerts: Alerts;
  readonly plane: ControlPlane;
  /** The machines behind the nodes. */
  readonly hosts: Hosts;
  readonly resolver: Resolver;
  #onWindow: ((atMs: SimMs) => void) | null = null;
  readonly #runtime: ProgramRuntime;
  readonly #builds: Builds;
  readonly #containers: Containers;
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #seed: number;
  readonly #spec: ClusterSpec;
  readonly #logSources: LogSources;

  /** Applies the cluster's objects at {@link CLUSTER_BORN_MS}, where the agenda stands; the caller moves it on from there. */
  constructor(options: ClusterOptions) {
    const { agenda, seed, spec } = options;
    this.#agenda = agenda;
    this.#seed = seed;
    this.#spec = spec;
    this.#builds = new Builds(spec.traffic);
    this.#runtime = new ProgramRuntime({ spec: spec.traffic, trafficFromMs: TRAFFIC_FROM_MS, builds: this.#builds, seed, store: () => this.plane.store, nowMs: () => agenda.nowMs });
    this.#containers = new Containers({ programs: this.#runtime, registry: new Registry(spec.traffic.images ?? {}, programHosts(spec.traffic)), seed, agenda, plane: () => this.plane, traffic: () => this.traffic, hosts: () => this.hosts, resolver: () => this.resolver, data: () => this.data });
    this.plane = new ControlPlane({ agenda, seed, epochMs: options.epochMs, runtime: this.#containers, metrics: { podUsage: (pod) => this.#podUsage(pod) }, webhooks: new DeclaredWebhooks(webhooksOf(spec.traffic), () => this.plane.store) });
    this.api = this.plane.api;
    this.traffic = new Traffic({
      agenda, seed, spec: spec.traffic, builds: this.#builds, store: this.plane.store, startMs: TRAFFIC_FROM_MS, epochMs: options.epochMs, tooSlowMs: options.tooSlowMs,
      onWindow: (atMs) => {
        recorder.closeWindow(atMs);
        for (const change of this.alerts.evaluate(atMs)) options.onAlert(change);
        this.#onWindow?.(atMs);
      },
      onOutOfMemory: ({ namespace, name }) => this.#outOfMemory(namespace, name),
      onBatchEnd: (end) => this.#batchEnded(end),
      onSaid: ({ pod: { namespace, name }, text }) => {
        const pod = this.plane.store.get('Pod', namespace, name);
        if (pod !== undefined) this.#runtime.said(pod, text, 'log');
      },
    });
    const { store, clock, kubelet } = this.plane;
    this.hosts = new Hosts({
      agenda, store, clock, kubelet, conditions: this.traffic.conditions, network: () => this.#containers.network, flow: (node) => this.traffic.flow.machines.nodes.get(node),
      usage: (node) => this.usage('node', '', node), podUsage: (namespace, pod) => this.usage('pod', namespace, pod),
    }, kubelet);
    this.data = new DataServers({ agenda, seed, store: this.plane.store, clock: this.plane.clock, traffic: this.traffic });
    this.resolver = new Resolver(agenda, store, this.traffic.conditions);
    this.resolver.onReload = (corefile) => {
      for (const pod of store.list('Pod', 'kube-system')) if (pod.metadata.labels?.['k8s-app'] === 'kube-dns') this.#containers.write(pod, reloadedText(corefile));
    };
    this.traces = new Traces(seed);
    this.#logSources = { seed, epochMs: options.epochMs, windows: this.windows.all, traces: this.traces, noise: spec.traffic.noise ?? 'none', hostOf: (target) => this.#hostOf(target) };
    this.traffic.onWalk = (walk) => this.traces.add(walk);
    const recorder = new Recorder(this.traffic.flow, this.metrics, this.windows);
    this.inspector = new Tracer(new Die(seed, 'inspector'), { learns: false });
    this.alerts = new Alerts(spec.traffic.alerts, this.metrics, this.plane.store);
    noteCronRuns(this.plane.store, this.changes, () => agenda.nowMs);
    this.drift = new DriftDetection(agenda, this.plane.store, this.changes);
    this.certificates = new CertificateWatch({ agenda, store: this.plane.store, clock: this.plane.clock, changes: this.changes });
    this.flagHistory = new FlagHistory({ store: this.plane.store, log: this.changes, maps: this.#flagMaps(), nowMs: () => agenda.nowMs });
    const noise = spec.traffic.noise ?? 'none';
    if (noise !== 'none') liveOn({ agenda, seed, plane: this.plane, changes: this.changes, onAlert: options.onAlert }, noise);
    this.plane.boot(noise === 'much' ? [...spec.objects, ...NEIGHBOURS] : spec.objects);
    this.releases = new HelmReleases(this.plane);
    this.releases.install(spec.objects);
  }

  /** Begins a fault of the catalogue; returns how to end it. Throws for a word that reading let pass: a bug of ours. */
  beginFault(kind: string, target: string, settings: Readonly<Record<string, number | string | boolean>>): () => void {
    const fault = FAULTS.get(kind);
    if (fault === undefined) throw new Error(`cluster: no fault is called ${kind}`);
    const world = faultWorld({ agenda: this.#agenda, runIn: (where, command, ended) => this.#containers.spawn(where, command, ended), reshow: (from, to) => this.traffic.reshow(from.pem, to), plane: this.plane, conditions: this.traffic.conditions, changes: this.changes, drift: this.drift, builds: this.#builds, releases: this.releases, hosts: this.hosts, flow: this.traffic.flow, data: this.data });
    return fault.begin(world, fault.target === 'workload' ? target : target.replace(/^(?:service|deployment|statefulset|lock)\//, ''), withFallbacks(fault, settings));
  }

  /** Keeps counters of the traffic from now on, for one who measures: told when each window ends, and asked for what is served at `/metrics`. */
  measure({ onWindow, pages }: { readonly onWindow: (atMs: SimMs) => void; readonly pages: MetricPages }): Meters {
    const meters = new Meters(this.traffic.flow);
    this.traffic.onTick = (tickMs, atMs) => meters.tick(tickMs, atMs);
    this.traffic.pages = pages;
    this.#onWindow = onWindow;
    return meters;
  }

  /** What people reach inside of containers. */
  get processes(): Processes {
    return this.#containers;
  }

  /** Runs a command in a container to its end, in no time. */
  execute(target: ContainerTarget, command: readonly string[]): Ran {
    return this.#containers.execute(target, command);
  }

  /** Runs a command on a node to its end, in no time, from a container of an image that has all of the node. */
  executeOnNode(node: string, image: string, command: readonly string[]): Ran {
    return this.#containers.executeOnNode(node, image, command);
  }

  /** From now on the kubelets mount tokens that are signed so; until then, such as nobody accepts. */
  mountTokens(sign: SignToken): void {
    this.#containers.mountTokens(sign);
  }

  /** Lines of one pod's container, oldest first: of its present run, or of the one before. Without a name it is the first container. */
  podLogs(namespace: string, name: string, previous = false, container?: string): LogLine[] {
    const pod = this.plane.store.get('Pod', namespace, name);
    if (pod === undefined) return [];
    const first = pod.spec?.containers[0]?.name ?? '';
    const written = this.#containers.logs(pod, container ?? first, previous);
    if (written !== null) return previous || !isIngressController(pod) ? [...written] : [...written, ...this.#entranceLines(pod)];
    if (container !== undefined && container !== first) return [];
    const run = (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) - (previous ? 1 : 0);
    const lines = logLines(this.#logSources, { namespace, name, run });
    for (const { atMs, run: saidIn, level, text } of this.#runtime.lastWords(pod.metadata.uid ?? '')) {
      if (saidIn === run) lines.push({ atMs, text: logText(plainEvent(atMs, level, text), this.#runtime.logFormatOf(pod.spec?.containers[0]?.image ?? ''), this.#logSources.epochMs) });
    }
    return lines.sort((one, other) => one.atMs - other.atMs);
  }

  #entranceLines(pod: KindMap['Pod']): LogLine[] {
    const { store } = this.plane;
    if (this.traffic.entrance === null) return [];
    return entranceLines(this.traffic.entrance, pod, { seed: this.#seed, epochMs: this.#logSources.epochMs, store, controllers: store.list('Pod', null).filter(isIngressController).length });
  }

  /** Lines of every pod that ran in the windows that are kept, of every run, oldest first. */
  everyLog(): (LogLine & { readonly namespace: string; readonly pod: string; readonly container: string })[] {
    const runs = new Map(this.windows.all.flatMap(({ plan }) => plan.pods.map((pod) => [`${pod.namespace}/${pod.name}/${pod.run}`, pod] as const)));
    return [...runs.values()]
      .flatMap((pod) => logLines(this.#logSources, pod).map((line) => ({ ...line, namespace: pod.namespace, pod: pod.name, container: pod.variant.repository.slice(pod.variant.repository.lastIndexOf('/') + 1) })))
      .sort((one, other) => one.atMs - other.atMs);
  }

  /** Lines of all pods of a workload `namespace/name`, oldest first. */
  workloadLogs(workload: string): (LogLine & { readonly pod: string })[] {
    const [namespace, name] = workload.split('/') as [string, string];
    return this.plane.store
      .list('Pod', namespace)
      .filter((pod) => workloadOf(pod) === name)
      .flatMap((pod) => this.podLogs(namespace, pod.metadata.name).map((line) => ({ ...line, pod: pod.metadata.name })))
      .sort((one, other) => one.atMs - other.atMs);
  }

  /** 32 bytes that nobody inside of the cluster sees: what signs its tokens. The same for the same seed. */
  tokenSecret(): Uint8Array {
    const die = new Die(this.#seed, 'cluster/token-secret');
    return Uint8Array.from({ length: 32 }, () => die.roll(256));
  }

  /** What a pod or node uses now; null where nothing of that name runs a known program. */
  usage(kind: 'pod' | 'node', namespace: string, name: string): { readonly cpuMilli: number; readonly memoryMiB: number } | null {
    const running = this.traffic.flow.layout.pods.filter((pod) =>
      kind === 'pod' ? pod.namespace === namespace && pod.name === name : this.plane.store.get('Pod', pod.namespace, pod.name)?.spec?.nodeName === name,
    );
    if (running.length === 0) return kind === 'node' && this.plane.store.get('Node', '', name) !== undefined ? IDLE_NODE : null;
    let cpu = kind === 'node' ? IDLE_NODE.cpuMilli : 0;
    let memory = kind === 'node' ? IDLE_NODE.memoryMiB : 0;
    for (const pod of running) {
      let inside = pod.threads.backlog;
      for (const requests of pod.threads.inside) inside += requests;
      // No two pods of a workload are quite alike.
      const alike = new Die(this.#seed, `usage/${pod.uid}`);
      const requested = this.plane.store.get('Pod', pod.namespace, pod.name)?.spec?.containers[0]?.resources?.requests?.['memory'];
      cpu += (IDLE_POD.cpuMilli + Math.min(pod.cpuDemand, pod.cores) * 1000) * alike.between(0.92, 1.08);
      memory += Math.max(IDLE_POD.memoryMiB, (quantityBytes(requested) / 1_048_576) * 0.6) * alike.between(0.9, 1.1) + inside + pod.wear.leakedMiB + pod.hardship.heapMiB + (pod.batch?.keptMiB ?? 0);
    }
    return { cpuMilli: Math.round(cpu), memoryMiB: Math.round(memory) };
  }

  /** The kernel ends the container that has outgrown its memory. */
  #outOfMemory(namespace: string, name: string): void {
    const container = this.plane.store.get('Pod', namespace, name)?.spec?.containers[0]?.name;
    if (container !== undefined) this.plane.kubelet.killContainer({ kind: 'Pod', namespace, name }, container, 'OOMKilled', 137);
  }

  /** A program that is done ends its container, and says how it went. */
  #batchEnded({ pod: { namespace, name }, exitCode, says }: BatchEnd): void {
    const pod = this.plane.store.get('Pod', namespace, name);
    const container = pod?.spec?.containers[0]?.name;
    if (pod === undefined || container === undefined) return;
    this.#runtime.said(pod, says, exitCode === 0 ? 'info' : 'error');
    this.plane.kubelet.killContainer({ kind: 'Pod', namespace, name }, container, exitCode === 0 ? 'Completed' : 'Error', exitCode);
  }

  #podUsage({ metadata }: KindMap['Pod']): { cpuMilli: number; memoryBytes: number } | null {
    const used = this.usage('pod', metadata.namespace ?? '', metadata.name);
    return used === null ? null : { cpuMilli: used.cpuMilli, memoryBytes: used.memoryMiB * 1_048_576 };
  }

  flags(): Flag[] {
    const flags: Flag[] = [];
    for (const path of this.#flagMaps()) {
      const [namespace, name] = path.split('/') as [string, string];
      for (const [key, value] of Object.entries(this.plane.store.get('ConfigMap', namespace, name)?.data ?? {})) {
        flags.push({ configMap: { namespace, name }, name: key, value });
      }
    }
    return flags;
  }

  /** The ConfigMaps that programs read flags from. */
  #flagMaps(): Set<string> {
    return new Set(Object.values(this.#spec.traffic.programs).flatMap((program) => (program.flags === null ? [] : [program.flags])));
  }

  /** Sets a flag through the API; the API's own refusal where it does not let one. */
  setFlag(flag: Flag, value: string): string | null {
    const result = this.api.patch({ kind: 'ConfigMap', ...flag.configMap }, { type: 'merge', body: { data: { [flag.name]: value } } });
    return result.ok ? null : result.status.message;
  }

  /** Creates an object again that was deleted, without what only the server writes. False where there is one of that name. */
  restore(object: KubeObject): boolean {
    const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, generation: _generation, deletionTimestamp: _deleted, ...metadata } = object.metadata as KubeObject['metadata'] & { deletionTimestamp?: string };
    const { status: _status, ...bare } = object as KubeObject & { status?: unknown };
    return this.api.create({ ...bare, metadata } as Parameters<KubeApi['create']>[0]).ok;
  }

  #hostOf(target: string): string {
    if (target.startsWith('external/')) return this.traffic.places.external(target).host;
    const [namespace, name] = target.split('/') as [string, string];
    return `${name}.${namespace}.svc`;
  }
}

function webhooksOf({ programs }: ClusterSpec['traffic']): Readonly<Record<string, WebhookSpec>> {
  return Object.fromEntries(Object.entries(programs).flatMap(([image, { webhook }]) => (webhook === undefined ? [] : [[image, webhook]])));
}

/** A feature flag: a key of a ConfigMap that programs read live. */
export interface Flag {
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly name: string;
  readonly value: string;
}
