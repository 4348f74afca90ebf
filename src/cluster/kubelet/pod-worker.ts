import type { Container } from 'kubernetes-types/core/v1';
import { Die, digest } from '../../time/dice.ts';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { releasePod } from '../deletion.ts';
import type { KindMap } from '../objects.ts';
import type { ContainerRuntime, ContainerStart } from '../runtime.ts';
import { nextDelayMs } from './back-off.ts';
import { configProblem, mountProblem } from './container-config.ts';
import { isPassed, newContainer, type ContainerModel } from './container-model.ts';
import { podStatus } from './pod-status.ts';
import { Probe, probeFailure, type ProbeKind } from './probe.ts';

type Pod = KindMap['Pod'];

/** The node that a pod runs on, as its worker needs it. */
export interface Host {
  readonly name: string;
  readonly ip: string;
  /** Images that were pulled before, with their ids. */
  readonly images: Map<string, string>;
  podIp(): string;
}

/** Runs one pod on its node from its assignment to its end: pulls, starts, probes, restarts, stops. */
export class PodWorker {
  readonly #cluster: ClusterContext;
  readonly #runtime: ContainerRuntime;
  readonly #host: Host;
  readonly #uid: string;
  readonly #die: Die;
  readonly #containers: ContainerModel[];
  readonly #startTime: string;
  #podIp: string | null = null;
  #ticket: number | null = null;
  #ending = false;

  constructor(cluster: ClusterContext, runtime: ContainerRuntime, host: Host, pod: Pod) {
    this.#cluster = cluster;
    this.#runtime = runtime;
    this.#host = host;
    this.#uid = pod.metadata.uid as string;
    this.#die = new Die(cluster.seed, `kubelet/${this.#uid}`);
    this.#containers = containersOf(pod);
    this.#startTime = pod.status?.startTime ?? cluster.clock.now();
    this.#ticket = this.#after(5 + this.#die.roll(20), () => this.#begin());
  }

  /** A container's process ends now, by force from outside. Nothing happens where it does not run. */
  kill(containerName: string, reason: string, exitCode: number): boolean {
    const container = this.#containers.find(({ name }) => name === containerName);
    if (container?.run === null || container === undefined || this.#ending) return false;
    this.#exit(container, exitCode, reason);
    return true;
  }

  /** The runtime may answer probes otherwise from now on. */
  healthChanged(): void {
    for (const { run } of this.#containers) for (const probe of run?.probes ?? []) if (probe.kind !== 'startup' || probe.verdict !== true) probe.wake();
  }

  /** The pod is to be deleted: its containers get their signal, and the pod is gone when they are. */
  terminate(graceSeconds: number): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#cancelSteps();
    let lastMs = 0;
    for (const container of this.#containers) {
      if (container.run === null) continue;
      for (const probe of container.run.probes) probe.stop();
      this.#event('Normal', 'Killing', `Stopping container ${container.name}`, container);
      const preStopMs = (container.spec.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000;
      const stopMs = Math.min(graceSeconds * 1000, preStopMs + 200 + this.#die.roll(1300));
      container.ticket = this.#after(stopMs, () => this.#stop(container));
      lastMs = Math.max(lastMs, stopMs);
    }
    this.#ticket = this.#after(lastMs + 50 + this.#die.roll(300), () => {
      const pod = this.#pod();
      if (pod !== null) releasePod(this.#cluster.store, pod);
    });
  }

  /** The pod's object is gone, or its node is: nothing of it runs on. */
  abandon(pod: Pod): void {
    this.#ending = true;
    this.#cancelSteps();
    for (const container of this.#containers) this.#stop(container, pod);
  }

  /** The containers' images may have been changed in place. */
  specChanged(pod: Pod): void {
    for (const spec of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
      const container = this.#containers.find(({ name }) => name === spec.name);
      if (container === undefined || container.spec.image === spec.image) continue;
      container.spec = spec;
      container.image = spec.image ?? '';
      container.pullBackOffMs = 0;
      if (container.ticket !== null) this.#cluster.agenda.cancel(container.ticket);
      container.ticket = null;
      if (container.run === null) this.#pull(container);
      else {
        this.#event('Normal', 'Killing', `Container ${spec.name} definition changed, will be restarted`, container);
        this.#exit(container, 137, 'Error');
      }
    }
  }

  #begin(): void {
    this.#writeStatus();
    this.#ticket = this.#after(300 + this.#die.roll(900), () => this.#mount(500));
  }

  /** Volumes whose sources are missing are tried again after 0.5 s, doubling up to two minutes. */
  #mount(retryMs: number): void {
    const pod = this.#pod();
    if (pod === null) return;
    const problem = pod.spec?.volumes === undefined ? null : mountProblem(this.#cluster.store, pod);
    if (problem !== null) {
      this.#event('Warning', 'FailedMount', problem, null);
      this.#ticket = this.#after(retryMs, () => this.#mount(Math.min(retryMs * 2, 122_000)));
      return;
    }
    this.#podIp = this.#host.podIp();
    this.#advance();
  }

  /** Begins what may begin: init containers one after the other, then the others together. */
  #advance(): void {
    for (const container of this.#containers) {
      if (container.role === 'main' || isPassed(container)) continue;
      if (container.run === null && container.ticket === null && container.containerId === '') this.#pull(container);
      return;
    }
    for (const container of this.#containers) if (container.role === 'main' && container.ticket === null && container.containerId === '') this.#pull(container);
  }

  #pull(container: ContainerModel): void {
    const image = container.spec.image ?? '';
    if (container.spec.imagePullPolicy !== 'Always' && this.#host.images.has(image)) {
      this.#event('Normal', 'Pulled', `Container image "${image}" already present on machine`, container);
      this.#start(container);
      return;
    }
    this.#event('Normal', 'Pulling', `Pulling image "${image}"`, container);
    const pulled = this.#runtime.pull(image);
    if (pulled.ok) {
      const tookMs = Math.max(1, Math.round(pulled.tookMs));
      container.ticket = this.#after(tookMs, () => {
        this.#host.images.set(image, imageId(image));
        container.pullBackOffMs = 0;
        const took = tookMs >= 1000 ? `${tookMs / 1000}s` : `${tookMs}ms`;
        this.#event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${took} (${took} including waiting)`, container);
        this.#start(container);
      });
    } else container.ticket = this.#after(600 + this.#die.roll(1400), () => this.#pullFailed(container, pulled.message));
  }

  #pullFailed(container: ContainerModel, message: string): void {
    const image = container.spec.image ?? '';
    container.pullBackOffMs = nextDelayMs(container.pullBackOffMs);
    this.#event('Warning', 'Failed', `Failed to pull image "${image}": ${message}`, container);
    this.#event('Warning', 'Failed', 'Error: ErrImagePull', container);
    this.#wait(container, 'ErrImagePull', message);
    const shownMs = Math.min(container.pullBackOffMs - 1, 8_000 + this.#die.roll(1_500));
    container.ticket = this.#after(shownMs, () => {
      this.#event('Normal', 'BackOff', `Back-off pulling image "${image}"`, container);
      this.#event('Warning', 'Failed', 'Error: ImagePullBackOff', container);
      this.#wait(container, 'ImagePullBackOff', `Back-off pulling image "${image}"`);
      container.ticket = this.#after(container.pullBackOffMs - shownMs, () => this.#pull(container));
    });
  }

  #start(container: ContainerModel): void {
    const pod = this.#pod();
    if (pod === null) return;
    const { clock, store } = this.#cluster;
    const problem = configProblem(store, pod.metadata.namespace ?? '', container.spec);
    if (problem !== null) return this.#waitForConfig(container, problem);
    container.ticket = null;
    container.containerId = `containerd://${this.#hex(8)}`;
    container.imageId = this.#host.images.get(container.image) ?? '';
    this.#event('Normal', 'Created', `Created container ${container.name}`, container);
    this.#event('Normal', 'Started', `Started container ${container.name}`, container);
    const outcome = this.#runtime.start(pod, container.name);
    container.state = { running: { startedAt: clock.now() } };
    const servesFromMs = outcome.readyAfterMs === undefined ? Infinity : clock.nowMs + Math.round(outcome.readyAfterMs);
    const probes = this.#probesOf(container.spec, clock.nowMs);
    container.run = { startedAtMs: clock.nowMs, servesFromMs, probes };
    container.started = container.spec.startupProbe === undefined;
    container.ready = container.started && container.spec.readinessProbe === undefined;
    this.#startProbes(container);
    this.#scheduleExit(container, outcome);
    this.#writeStatus();
    if (container.role === 'sidecar' && container.started) this.#advance();
  }

  #waitForConfig(container: ContainerModel, problem: string): void {
    this.#event('Warning', 'Failed', `Error: ${problem}`, container);
    const { reason, message } = container.state.waiting ?? {};
    if (reason !== 'CreateContainerConfigError' || message !== problem) this.#wait(container, 'CreateContainerConfigError', problem);
    container.ticket = this.#after(CONFIG_RETRY_MS, () => this.#pull(container));
  }

  #scheduleExit(container: ContainerModel, outcome: ContainerStart): void {
    if (outcome.outcome === 'exits') {
      container.ticket = this.#after(Math.max(0, Math.round(outcome.afterMs)), () => this.#exit(container, outcome.exitCode, outcome.reason));
    }
  }

  #probesOf(spec: Container, startedAtMs: number): Probe[] {
    const probes: Probe[] = [];
    for (const [kind, probe] of [['startup', spec.startupProbe], ['readiness', spec.readinessProbe], ['liveness', spec.livenessProbe]] as const) {
      if (probe === undefined) continue;
      probes.push(new Probe(this.#cluster.agenda, kind, probe, startedAtMs, {
        ask: () => this.#answers(spec.name, kind),
        tell: (asked, answered) => this.#probed(spec.name, asked, answered),
      }));
    }
    return probes;
  }

  /** Readiness and liveness wait for the startup probe. */
  #startProbes(container: ContainerModel): void {
    for (const probe of container.run?.probes ?? []) if ((probe.kind === 'startup') !== container.started) probe.wake();
  }

  #answers(name: string, kind: ProbeKind): boolean {
    const pod = this.#pod();
    const run = this.#containers.find((container) => container.name === name)?.run;
    if (pod === null || run === null || run === undefined || this.#cluster.clock.nowMs < run.servesFromMs) return false;
    return this.#runtime.probe(pod, name, kind === 'readiness' ? 'readiness' : 'liveness');
  }

  #probed(name: string, probe: Probe, answered: boolean): void {
    const container = this.#containers.find((candidate) => candidate.name === name);
    if (container === undefined || container.run === null) return;
    if (!answered) {
      const refused = this.#cluster.clock.nowMs < container.run.servesFromMs;
      this.#event('Warning', 'Unhealthy', probeFailure(probe.kind, probe.spec, container.spec, this.#podIp ?? '', refused), container);
    }
    const verdict = probe.verdict;
    if (verdict === null) return;
    if (probe.kind === 'startup' && verdict) {
      container.started = true;
      container.ready = container.spec.readinessProbe === undefined;
      this.#startProbes(container);
      this.#writeStatus();
      if (container.role === 'sidecar') this.#advance();
    } else if (probe.kind === 'readiness') {
      if (container.ready === verdict) return;
      container.ready = verdict;
      this.#writeStatus();
    } else if (!verdict) this.#restartUnhealthy(container, probe.kind);
  }

  /** A hung process does not heed its signal: it is killed when its grace has passed. */
  #restartUnhealthy(container: ContainerModel, kind: ProbeKind): void {
    this.#event('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`, container);
    for (const probe of container.run?.probes ?? []) if (probe.kind !== 'readiness') probe.stop();
    if (container.ticket !== null) this.#cluster.agenda.cancel(container.ticket);
    const graceMs = (this.#pod()?.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    container.ticket = this.#after(graceMs, () => this.#exit(container, 137, 'Error'));
  }

  #exit(container: ContainerModel, exitCode: number, reason: string): void {
    const { clock } = this.#cluster;
    if (container.ticket !== null) this.#cluster.agenda.cancel(container.ticket);
    const startedAt = container.state.running?.startedAt ?? clock.now();
    const finishedAtMs = clock.nowMs;
    this.#stop(container);
    container.state = { terminated: { exitCode, reason, startedAt, finishedAt: clock.now(), containerID: container.containerId } };
    container.ready = container.role === 'init' && exitCode === 0;
    container.started = false;
    container.ticket = null;
    this.#writeStatus();
    if (container.role === 'init' && exitCode === 0) return this.#advance();
    if (!this.#restarts(container, exitCode)) return this.#settle();
    const waitMs = container.backOff.waitMs(finishedAtMs);
    const noticedMs = 200 + this.#die.roll(800);
    container.ticket = this.#after(noticedMs, () => {
      if (waitMs <= noticedMs) return this.#restart(container, finishedAtMs);
      const pod = this.#pod();
      const where = `${pod?.metadata.name ?? ''}_${pod?.metadata.namespace ?? ''}(${this.#uid})`;
      this.#event('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${where}`, container);
      container.lastState = container.state;
      this.#wait(container, 'CrashLoopBackOff', `back-off ${backOffText(waitMs)} restarting failed container=${container.name} pod=${where}`);
      container.ticket = this.#after(waitMs - noticedMs, () => this.#restart(container, finishedAtMs));
    });
  }

  /** When the last container has ended for good, the sidecars are stopped. */
  #settle(): void {
    const main = this.#containers.filter(({ role }) => role === 'main');
    if (main.length === this.#containers.length || main.some(({ state }) => state.terminated === undefined)) return;
    for (const sidecar of this.#containers) if (sidecar.role === 'sidecar' && sidecar.run !== null) this.#exit(sidecar, 0, 'Completed');
  }

  #restarts(container: ContainerModel, exitCode: number): boolean {
    if (container.role === 'sidecar') return this.#containers.some(({ role, state }) => role === 'main' && (state.terminated === undefined || this.#pod()?.spec?.restartPolicy === 'Always'));
    if (container.role === 'init') return exitCode !== 0 && this.#pod()?.spec?.restartPolicy !== 'Never';
    const policy = this.#pod()?.spec?.restartPolicy ?? 'Always';
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  #restart(container: ContainerModel, finishedAtMs: number): void {
    container.backOff.restarted(finishedAtMs, this.#cluster.clock.nowMs);
    if (container.state.terminated !== undefined) container.lastState = container.state;
    container.restartCount++;
    this.#pull(container);
  }

  /** The process is gone, whatever the reason. */
  #stop(container: ContainerModel, pod = this.#pod()): void {
    if (container.run === null) return;
    for (const probe of container.run.probes) probe.stop();
    container.run = null;
    if (pod !== null) this.#runtime.stopped(pod, container.name);
  }

  #wait(container: ContainerModel, reason: string, message: string): void {
    container.state = { waiting: { reason, message } };
    this.#writeStatus();
  }

  #writeStatus(): void {
    const pod = this.#pod();
    if (pod === null) return;
    const place = { hostIp: this.#host.ip, podIp: this.#podIp, startTime: this.#startTime };
    const status = podStatus(pod, this.#containers, place, this.#cluster.clock.now());
    this.#cluster.store.update({ ...pod, status });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string, container: ContainerModel | null): void {
    const pod = this.#pod();
    const source = { component: 'kubelet', host: this.#host.name };
    if (pod !== null) this.#cluster.events.record(pod, type, reason, message, source, container === null ? undefined : `spec.${container.role === 'main' ? 'containers' : 'initContainers'}{${container.name}}`);
  }

  #pod(): Pod | null {
    const pod = this.#cluster.store.byUid(this.#uid);
    return pod?.kind === 'Pod' ? pod : null;
  }

  #hex(words: number): string {
    let hex = '';
    for (let nth = 0; nth < words; nth++) hex += (this.#die.nextUint32() + 0x1_0000_0000).toString(16).slice(1);
    return hex;
  }

  #after(delayMs: number, step: () => void): number {
    return runAfter(this.#cluster.agenda, delayMs, step);
  }

  #cancelSteps(): void {
    if (this.#ticket !== null) this.#cluster.agenda.cancel(this.#ticket);
    for (const container of this.#containers) {
      if (container.ticket !== null) this.#cluster.agenda.cancel(container.ticket);
      container.ticket = null;
    }
  }
}

/** Init containers and sidecars in their order, then the others. */
function containersOf(pod: Pod): ContainerModel[] {
  const { initContainers = [], containers = [] } = pod.spec ?? {};
  const waiting = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const before = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const made = (spec: Container, role: ContainerModel['role']): ContainerModel => newContainer(spec, role, before.find(({ name }) => name === spec.name), waiting);
  return [...initContainers.map((spec) => made(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init')), ...containers.map((spec) => made(spec, 'main'))];
}

/** How soon a container whose configuration was missing is tried again. */
const CONFIG_RETRY_MS = 12_000;

function imageId(image: string): string {
  const name = image.includes('@') ? image.slice(0, image.indexOf('@')) : image.replace(/:[^:/]*$/, '');
  return `${name}@sha256:${digest(image)}${digest(`${image}/1`)}${digest(`${image}/2`)}${digest(`${image}/3`)}`;
}

/** As Go prints durations: `10s`, `1m20s`, `5m0s`. */
function backOffText(durationMs: number): string {
  const seconds = durationMs / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
