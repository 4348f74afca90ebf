import type { Container } from 'kubernetes-types/core/v1';
import type { ClusterContext } from '../context.ts';
import { releasePod } from '../deletion.ts';
import { flat } from '../flat-text.ts';
import type { KindMap } from '../objects.ts';
import type { ContainerEnd, ContainerRuntime, ContainerStart } from '../runtime.ts';
import { configProblem, mountProblem } from './container-config.ts';
import { isPassed, newContainer, type ContainerModel, type ContainerRun } from './container-model.ts';
import { pullImage } from './image-puller.ts';
import { type Host, PodScope } from './pod-scope.ts';
import type { ProbeKind } from './probe.ts';
import { probesOf, startProbes } from './prober.ts';
import { TimeLimit } from './time-limit.ts';

type Pod = KindMap['Pod'];

/** Runs one pod on its node from its assignment to its end: pulls, starts, probes, restarts, stops. */
export class PodWorker {
  readonly #scope: PodScope;
  #ticket: number | null = null;
  readonly #limit: TimeLimit;
  #ending = false;
  /** Processes that were told to end and have not yet. */
  #lasting = 0;

  constructor(cluster: ClusterContext, runtime: ContainerRuntime, host: Host, pod: Pod) {
    this.#scope = new PodScope(cluster, runtime, host, pod, containersOf(pod));
    this.#limit = new TimeLimit(this.#scope, () => this.#overdue());
    this.#ticket = this.#scope.after(5 + this.#scope.die.roll(20), () => this.#begin());
  }

  /** A container's process ends now, by force from outside. Nothing happens where it does not run. */
  kill(containerName: string, reason: string, exitCode: number): boolean {
    const container = this.#scope.containers.find(({ name }) => name === containerName);
    if (container?.run === null || container === undefined || this.#ending) return false;
    this.#exit(container, exitCode, reason);
    return true;
  }

  /** The runtime may answer probes otherwise from now on. */
  healthChanged(): void {
    for (const { run } of this.#scope.containers) for (const probe of run?.probes ?? []) if (probe.kind !== 'startup' || probe.verdict !== true) probe.wake();
  }

  /** The node will not have it: it fails before it begins. */
  reject(failure: { readonly reason: string; readonly message: string }): void {
    if (this.#ending || this.#scope.pod() === null) return;
    this.#cancelSteps();
    this.#scope.event('Warning', failure.reason, failure.message.replace('Pod was rejected: ', ''), null);
    this.#scope.failure = failure;
    this.#scope.writeStatus();
  }

  /** Somebody else wrote a condition that counts for the pod's readiness. */
  gatesChanged(): void {
    if (!this.#ending) this.#scope.writeStatus();
  }

  /** The pod is to be deleted: its containers get their signal, and the pod is gone when they are. */
  terminate(graceSeconds: number): void {
    const { containers, die } = this.#scope;
    if (this.#ending) {
      // Whoever asks again may only shorten what is left.
      for (const container of containers) if (container.run?.lives === true && graceSeconds <= 1) this.#killAfter(container, graceSeconds * 1000);
      return;
    }
    this.#ending = true;
    this.#cancelSteps();
    let lastMs = 0;
    for (const container of containers) {
      if (container.run === null) continue;
      for (const probe of container.run.probes) probe.stop();
      this.#scope.event('Normal', 'Killing', `Stopping container ${container.name}`, container);
      if (container.run.lives) {
        this.#lasting++;
        this.#tellToEnd(container, graceSeconds);
        continue;
      }
      const preStopMs = (container.spec.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000;
      const stopMs = Math.min(graceSeconds * 1000, preStopMs + 200 + die.roll(1300));
      container.ticket = this.#scope.after(stopMs, () => this.#stop(container));
      lastMs = Math.max(lastMs, stopMs);
    }
    this.#ticket = this.#scope.after(lastMs + 50 + die.roll(300), () => {
      this.#ticket = null;
      this.#release();
    });
  }

  /** The pod's object is gone, or its node is: nothing of it runs on. */
  abandon(pod: Pod): void {
    this.#ending = true;
    this.#cancelSteps();
    for (const container of this.#scope.containers) this.#stop(container, pod);
    this.#scope.runtime.removed(pod);
  }

  /** The containers' images may have been changed in place, and containers to debug with may have come. */
  specChanged(pod: Pod): void {
    if (this.#ending) return;
    this.#limit.set(pod);
    for (const spec of [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]) {
      const container = this.#scope.containers.find(({ name }) => name === spec.name);
      if (container === undefined || container.spec.image === spec.image) continue;
      container.spec = spec;
      container.image = spec.image ?? '';
      container.pullBackOffMs = 0;
      this.#scope.cancel(container);
      if (container.run === null) this.#pull(container);
      else {
        this.#scope.event('Normal', 'Killing', `Container ${spec.name} definition changed, will be restarted`, container);
        this.#exit(container, 137, 'Error');
      }
    }
    for (const spec of pod.spec?.ephemeralContainers ?? []) {
      if (this.#scope.containers.some(({ name }) => name === spec.name)) continue;
      const container = newContainer(spec, 'ephemeral', undefined, 'ContainerCreating');
      this.#scope.containers.push(container);
      this.#pull(container);
    }
  }

  #begin(): void {
    this.#scope.writeStatus();
    this.#limit.set(this.#scope.pod());
    this.#ticket = this.#scope.after(300 + this.#scope.die.roll(900), () => this.#mount(500));
  }

  /** Volumes whose sources are missing are tried again after 0.5 s, doubling up to two minutes. */
  #mount(retryMs: number): void {
    const { cluster } = this.#scope;
    const pod = this.#scope.pod();
    if (pod === null) return;
    const problem = pod.spec?.volumes === undefined ? null : mountProblem(cluster.store, pod);
    if (problem !== null) {
      this.#scope.event('Warning', 'FailedMount', problem, null);
      this.#ticket = this.#scope.after(retryMs, () => this.#mount(Math.min(retryMs * 2, 122_000)));
      return;
    }
    this.#scope.takeAddress(pod);
    this.#ticket = this.#scope.podIp === null ? this.#scope.after(CONFIG_RETRY_MS, () => this.#mount(retryMs)) : null;
    if (this.#scope.podIp !== null) this.#advance();
  }

  /** Begins what may begin: init containers one after the other, then the others together. */
  #advance(): void {
    const { containers } = this.#scope;
    for (const container of containers) {
      if (container.role === 'main' || container.role === 'ephemeral' || isPassed(container)) continue;
      if (container.run === null && container.ticket === null && container.containerId === '') this.#pull(container);
      return;
    }
    for (const container of containers) if (container.role === 'main' && container.ticket === null && container.containerId === '') this.#pull(container);
  }

  #pull(container: ContainerModel): void {
    pullImage(this.#scope, container, () => this.#start(container));
  }

  #start(container: ContainerModel): void {
    const pod = this.#scope.pod();
    if (pod === null) return;
    const { clock, store } = this.#scope.cluster;
    const problem = configProblem(store, pod.metadata.namespace ?? '', container.spec) ?? this.#rootProblem(pod, container);
    if (problem !== null) return this.#waitForConfig(container, problem);
    container.ticket = null;
    container.containerId = flat('containerd://', this.#scope.hex(8));
    container.imageId = this.#scope.host.images.get(container.image) ?? '';
    this.#scope.event('Normal', 'Created', `Created container ${container.name}`, container);
    const told: { run: ContainerRun | null } = { run: null };
    const outcome = this.#scope.runtime.start(this.#scope.withAddress(pod), container.name, (end) => {
      if (told.run !== null && container.run === told.run) this.#ended(container, end);
    });
    if (outcome.outcome === 'fails') return this.#startFailed(container, outcome);
    this.#scope.event('Normal', 'Started', `Started container ${container.name}`, container);
    const served = 'readyAfterMs' in outcome ? outcome.readyAfterMs : outcome.outcome === 'lives' ? 0 : undefined;
    const servesFromMs = served === undefined ? Infinity : clock.nowMs + Math.round(served);
    const probes = container.role === 'ephemeral' ? [] : probesOf(this.#scope, container.spec, clock.nowMs, {
      started: (one) => one.role === 'sidecar' && this.#advance(),
      unhealthy: (one, kind) => this.#restartUnhealthy(one, kind),
    });
    container.run = { servesFromMs, probes, lives: outcome.outcome === 'lives' };
    told.run = container.run;
    const startedAt = clock.now();
    const hook = container.spec.lifecycle?.postStart;
    const running = (): void => {
      container.state = { running: { startedAt } };
      container.started = container.spec.startupProbe === undefined;
      container.ready = (container.role === 'main' || container.role === 'sidecar') && container.started && container.spec.readinessProbe === undefined; // an init container is ready once it has succeeded
      startProbes(container);
      this.#scheduleExit(container, outcome);
      this.#scope.writeStatus();
      if (container.role === 'sidecar' && container.started) this.#advance();
    };
    if (hook === undefined || !this.#scope.runtime.runHook(pod, container.name, hook, (wrong) => this.#hookDone(container, told.run, wrong, running))) running();
  }

  /** Until its first hook is through, a container does not count as running; where the hook fails it is killed. */
  #hookDone(container: ContainerModel, run: ContainerRun | null, wrong: string | null, running: () => void): void {
    if (this.#ending || container.run !== run) return;
    running();
    if (wrong === null) return;
    this.#scope.event('Warning', 'FailedPostStartHook', 'PostStartHook failed', container);
    this.#scope.event('Normal', 'Killing', 'FailedPostStartHook', container);
    this.#tellToEnd(container, this.#graceSeconds());
  }

  #startFailed(container: ContainerModel, { exitCode, message }: Extract<ContainerStart, { outcome: 'fails' }>): void {
    const { clock } = this.#scope.cluster;
    this.#scope.event('Warning', 'Failed', `Error: ${message}`, container);
    const state = { terminated: { exitCode, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z', finishedAt: clock.now(), containerID: container.containerId } };
    container.ready = false;
    if (!this.#restarts(container, exitCode)) {
      container.state = state;
      this.#scope.writeStatus();
      return this.#settle();
    }
    container.lastState = state;
    this.#scope.wait(container, 'RunContainerError', message);
    this.#restartLater(container, clock.nowMs);
  }

  /** An image that runs as root, where the pod forbids that. */
  #rootProblem({ spec }: Pod, container: ContainerModel): string | null {
    const own = container.spec.securityContext;
    const nonRoot = own?.runAsNonRoot ?? spec?.securityContext?.runAsNonRoot;
    if (nonRoot !== true) return null;
    const user = own?.runAsUser ?? spec?.securityContext?.runAsUser;
    const where = `(pod: "${this.#scope.where}", container: ${container.name})`;
    if (user !== undefined) return user === 0 ? `container's runAsUser breaks non-root policy ${where}` : null;
    return this.#scope.runtime.runsAsRoot(container.image) === true ? `container has runAsNonRoot and image will run as root ${where}` : null;
  }

  #waitForConfig(container: ContainerModel, problem: string): void {
    this.#scope.event('Warning', 'Failed', `Error: ${problem}`, container);
    const { reason, message } = container.state.waiting ?? {};
    if (reason !== 'CreateContainerConfigError' || message !== problem) this.#scope.wait(container, 'CreateContainerConfigError', problem);
    container.ticket = this.#scope.after(CONFIG_RETRY_MS, () => this.#pull(container));
  }

  #scheduleExit(container: ContainerModel, outcome: ContainerStart): void {
    if (outcome.outcome === 'exits') {
      container.ticket = this.#scope.after(Math.max(0, Math.round(outcome.afterMs)), () => this.#exit(container, outcome.exitCode, outcome.reason));
    }
  }

  /** A hung process does not heed its signal: it is killed when its grace has passed. */
  #restartUnhealthy(container: ContainerModel, kind: ProbeKind): void {
    this.#scope.event('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`, container);
    for (const probe of container.run?.probes ?? []) if (probe.kind !== 'readiness') probe.stop();
    this.#scope.cancel(container);
    const spec = kind === 'liveness' ? container.spec.livenessProbe : container.spec.startupProbe;
    const seconds = spec?.terminationGracePeriodSeconds ?? this.#graceSeconds();
    if (container.run?.lives === true) this.#tellToEnd(container, seconds);
    else container.ticket = this.#scope.after(seconds * 1000, () => this.#exit(container, 137, 'Error'));
  }

  #graceSeconds(): number {
    return this.#scope.pod()?.spec?.terminationGracePeriodSeconds ?? 30;
  }

  /** First its hook, then the signal; what is still there when the grace has passed is killed. */
  #tellToEnd(container: ContainerModel, graceSeconds: number): void {
    this.#killAfter(container, graceSeconds * 1000);
    const pod = this.#scope.pod();
    const { run } = container;
    const hook = container.spec.lifecycle?.preStop;
    const signal = (wrong: string | null): void => {
      if (container.run !== run || pod === null) return;
      if (wrong !== null) this.#scope.event('Warning', 'FailedPreStopHook', 'PreStopHook failed', container);
      this.#scope.runtime.terminate(pod, container.name);
    };
    if (hook === undefined || pod === null || graceSeconds === 0 || !this.#scope.runtime.runHook(pod, container.name, hook, signal)) signal(null);
  }

  #killAfter(container: ContainerModel, graceMs: number): void {
    this.#scope.cancel(container);
    container.ticket = this.#scope.after(graceMs, () => this.#ended(container, { exitCode: 137, reason: 'Error', message: '' }));
  }

  /** A process is gone. */
  #ended(container: ContainerModel, { exitCode, reason, message }: ContainerEnd): void {
    if (!this.#ending) return this.#exit(container, exitCode, reason, message);
    this.#scope.cancel(container);
    this.#terminated(container, exitCode, reason, message);
    this.#scope.writeStatus();
    this.#lasting--;
    if (this.#ticket === null) this.#ticket = this.#scope.after(50 + this.#scope.die.roll(300), () => this.#release());
  }

  #release(): void {
    const pod = this.#scope.pod();
    if (pod !== null && this.#lasting <= 0) releasePod(this.#scope.cluster.store, pod);
  }

  #terminated(container: ContainerModel, exitCode: number, reason: string, message: string): void {
    const { clock } = this.#scope.cluster;
    const startedAt = container.state.running?.startedAt ?? clock.now();
    this.#stop(container);
    container.state = { terminated: { exitCode, reason, ...(message === '' ? {} : { message }), startedAt, finishedAt: clock.now(), containerID: container.containerId } };
    container.ready = container.role === 'init' && exitCode === 0;
    container.started = false;
    container.ticket = null;
  }

  #exit(container: ContainerModel, exitCode: number, reason: string, message = ''): void {
    const { clock } = this.#scope.cluster;
    this.#scope.cancel(container);
    const finishedAtMs = clock.nowMs;
    this.#terminated(container, exitCode, reason, message);
    this.#scope.writeStatus();
    if (container.role === 'init' && exitCode === 0) return this.#advance();
    if (!this.#restarts(container, exitCode)) return this.#settle();
    this.#restartLater(container, finishedAtMs);
  }

  #restartLater(container: ContainerModel, finishedAtMs: number): void {
    const waitMs = container.backOff.waitMs(finishedAtMs);
    const noticedMs = 200 + this.#scope.die.roll(800);
    container.ticket = this.#scope.after(noticedMs, () => {
      if (waitMs <= noticedMs) return this.#restart(container, finishedAtMs);
      const { where } = this.#scope;
      this.#scope.event('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${where}`, container);
      if (container.state.terminated !== undefined) container.lastState = container.state;
      this.#scope.wait(container, 'CrashLoopBackOff', `back-off ${backOffText(waitMs)} restarting failed container=${container.name} pod=${where}`);
      container.ticket = this.#scope.after(waitMs - noticedMs, () => this.#restart(container, finishedAtMs));
    });
  }

  /** When the last container has ended for good, the sidecars are stopped. */
  #settle(): void {
    const { containers } = this.#scope;
    const main = containers.filter(({ role }) => role === 'main');
    if (main.length === containers.length || main.some(({ state }) => state.terminated === undefined)) return;
    for (const sidecar of containers) {
      if (sidecar.role !== 'sidecar' || sidecar.run === null) continue;
      if (sidecar.run.lives) this.#tellToEnd(sidecar, this.#graceSeconds());
      else this.#exit(sidecar, 0, 'Completed');
    }
  }

  #restarts(container: ContainerModel, exitCode: number): boolean {
    const policy = this.#scope.pod()?.spec?.restartPolicy ?? 'Always';
    if (container.role === 'ephemeral' || this.#scope.failure !== null) return false;
    if (container.role === 'sidecar') return this.#scope.containers.some(({ role, state }) => role === 'main' && (state.terminated === undefined || policy === 'Always'));
    if (container.role === 'init') return exitCode !== 0 && policy !== 'Never';
    return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
  }

  #restart(container: ContainerModel, finishedAtMs: number): void {
    container.backOff.restarted(finishedAtMs, this.#scope.cluster.clock.nowMs);
    if (container.state.terminated !== undefined) container.lastState = container.state;
    container.restartCount++;
    this.#pull(container);
  }

  /** The pod has taken longer than it may: it fails as a whole. */
  #overdue(): void {
    const pod = this.#scope.pod();
    if (pod === null || this.#ending || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
    this.#scope.failure = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    this.#scope.event('Normal', 'DeadlineExceeded', this.#scope.failure.message, null);
    this.#cancelSteps();
    for (const container of this.#scope.containers) if (container.run !== null) this.#terminated(container, 137, 'Error', '');
    this.#scope.writeStatus();
  }

  /** The process is gone, whatever the reason. */
  #stop(container: ContainerModel, pod = this.#scope.pod()): void {
    if (container.run === null) return;
    for (const probe of container.run.probes) probe.stop();
    container.run = null;
    if (pod !== null) this.#scope.runtime.stopped(pod, container.name);
  }

  #cancelSteps(): void {
    if (this.#ticket !== null) this.#scope.cluster.agenda.cancel(this.#ticket);
    this.#limit.lift();
    this.#ticket = null;
    for (const container of this.#scope.containers) this.#scope.cancel(container);
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

/** As Go prints durations: `10s`, `1m20s`, `5m0s`. */
function backOffText(durationMs: number): string {
  const seconds = durationMs / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
