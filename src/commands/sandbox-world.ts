import type { SignToken } from '../cluster/account-claims.ts';
import type { AgendaEntry } from '../cluster/agenda-entry.ts';
import { BarePlane } from '../cluster/bare-plane.ts';
import { Cluster, CLUSTER_BORN_MS } from '../cluster/cluster.ts';
import type { Processes, Started } from '../cluster/processes.ts';
import type { MetricPages } from '../cluster/signals/metric-pages.ts';
import type { ClusterSpec } from '../cluster/spec.ts';
import { applyChange, beforeChanges } from '../drill/changes.ts';
import type { Monitoring } from '../prometheus/monitoring.ts';
import { servedBy, type ServedCluster } from '../kube-api/served-cluster.ts';
import type { ChangeSpec } from '../scenario/scenario.ts';
import { Agenda } from '../time/agenda.ts';
import type { SimMs } from '../time/sim-time.ts';

/** So long, in real ms, may simulated time hold up everything else at a stretch. */
const LONGEST_STRETCH_MS = 40;

/** A cluster that runs against the wall clock, and nothing but the cluster: no scenario, no judge. */
export class SandboxWorld {
  readonly served: ServedCluster;
  /** Its monitoring; null where nobody asked for it. */
  readonly monitoring: Monitoring | null;
  /** Unix time in ms of simulated time 0. */
  readonly epochMs: number;
  readonly #agenda = new Agenda<AgendaEntry>(CLUSTER_BORN_MS);
  readonly #speed: number;
  #wallMs: number;
  #owedMs = 0;

  /** `wallMs` is Unix time; simulated time 0 is then, and `changes` happen before. `sign` makes the tokens that pods find; `monitor` begins to measure the cluster; without it `count` lets at least its pods say what they counted. Throws a sentence where the cluster's own objects are refused. */
  constructor({ spec, changes = [], seed, speed, wallMs, bare = false, sign, monitor = null, count = null }: { readonly spec: ClusterSpec; readonly changes?: readonly ChangeSpec[]; readonly seed: number; readonly speed: number; readonly wallMs: number; readonly bare?: boolean; readonly sign?: SignToken; readonly monitor?: ((cluster: Cluster) => Monitoring) | null; readonly count?: ((cluster: Cluster) => MetricPages) | null }) {
    this.epochMs = Math.floor(wallMs / 1000) * 1000;
    this.#speed = speed;
    this.#wallMs = wallMs;
    const whole = bare ? null : this.#whole(spec, changes, seed, sign);
    this.monitoring = whole === null || monitor === null ? null : monitor(whole);
    const counted = whole === null || monitor !== null ? null : (count?.(whole) ?? null);
    this.served = whole === null ? this.#bare(spec, seed) : { ...servedBy(whole), metricPages: () => this.monitoring?.pages ?? counted };
    this.#run(0, Infinity);
    this.#agenda.moveTo(0);
  }

  #bare({ objects }: ClusterSpec, seed: number): ServedCluster {
    const { api, store, clock } = new BarePlane({ agenda: this.#agenda, seed, epochMs: this.epochMs, objects });
    return { api, store, clock, processes: SEALED, podLogs: () => [], usage: () => null };
  }

  #whole(spec: ClusterSpec, changes: readonly ChangeSpec[], seed: number, sign: SignToken | undefined): Cluster {
    const before = { ...spec, objects: beforeChanges({ cluster: spec, changes }) };
    const cluster = new Cluster({ agenda: this.#agenda, seed, epochMs: this.epochMs, spec: before, tooSlowMs: () => Infinity, onAlert: () => undefined });
    if (sign !== undefined) cluster.mountTokens(sign);
    for (const change of changes) this.#agenda.add(change.atMs, { due: () => applyChange(cluster, change) });
    return cluster;
  }

  get nowMs(): SimMs {
    return this.#agenda.nowMs;
  }

  /** Brings simulated time to where it belongs at `wallMs`; where the machine is too slow for that, as far as it came. */
  advance(wallMs: number, nowRealMs: () => number): void {
    this.#owedMs += Math.max(0, wallMs - this.#wallMs) * this.#speed;
    this.#wallMs = wallMs;
    const untilMs = this.nowMs + Math.floor(this.#owedMs);
    const fromMs = this.nowMs;
    const giveUpAtMs = nowRealMs() + LONGEST_STRETCH_MS;
    this.#run(untilMs, giveUpAtMs, nowRealMs);
    this.#owedMs = Math.min(this.#owedMs - (this.nowMs - fromMs), 2_000 * this.#speed);
  }

  #run(untilMs: SimMs, giveUpAtMs: number, nowRealMs: () => number = () => 0): void {
    for (let taken = 0, entry = this.#agenda.take(untilMs); entry !== null; entry = this.#agenda.take(untilMs)) {
      entry.due(this.#agenda.nowMs);
      if ((++taken & 15) === 0 && nowRealMs() > giveUpAtMs) return;
    }
    if (untilMs > this.nowMs) this.#agenda.moveTo(untilMs);
  }
}

/** Containers as of images without a shell: nothing in them can be started, and nothing listens. */
const SEALED: Processes = {
  exec: (_target, [program = '']) => withoutProgram(program),
  attach: () => withoutProgram('sh'),
  listener: () => null,
  request: (_target, _port, _request, respond) => respond({ status: 503, headers: {}, body: new Uint8Array() }),
};

function withoutProgram(name: string): Started {
  return { ok: false, code: 500, message: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": executable file not found in $PATH: unknown` };
}
