import type { LifecycleHandler, Probe } from 'kubernetes-types/core/v1';
import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import type { SignToken } from '../account-claims.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import { Rbac } from '../authorization/rbac.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { DataServers } from '../data/data-servers.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { Hosts } from '../nodes/hosts.ts';
import type { KindMap } from '../objects.ts';
import type { ContainerTarget, PodRequest, PodResponse, PodTarget, Processes, ProcessOptions, ProcessReceiver, Started } from '../processes.ts';
import { imageSecrets } from '../registry/pull-secrets.ts';
import type { Registry } from '../registry/registry.ts';
import type { ContainerEnd, ContainerRuntime, ContainerStart, ProbeAnswer } from '../runtime.ts';
import type { Process } from '../shell/process.ts';
import type { LogLine } from '../signals/logs.ts';
import type { ProgramRuntime } from '../traffic/container-runtime.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { type Ran, runAtOnce } from './at-once.ts';
import { Container, type Surroundings } from './container.ts';
import { entryPointOf } from './entry-point.ts';
import { attachTo, execIn } from './exec.ts';
import { runHandler } from './hooks.ts';
import { unsigned } from './mounted-token.ts';
import { Network } from './network.ts';
import { askProbe } from './probing.ts';
import { programContents } from './program-contents.ts';
import { StoreWatch } from './store-watch.ts';
import type { Listener } from './servers.ts';
import { TrafficDoor } from './traffic-door.ts';
import { Volumes } from './volumes.ts';

type Pod = KindMap['Pod'];

/**
 * All containers of a cluster: those of the traffic's programs, which the model runs and which are made up only when
 * somebody looks inside, and all others, which run here.
 */
export class Containers implements ContainerRuntime, Processes {
  readonly #programs: ProgramRuntime;
  readonly #registry: Registry;
  readonly #make: () => Surroundings;
  readonly #plane: () => ControlPlane;
  #made: Surroundings | null = null;
  readonly #seed: number;
  /** By pod, then container: what runs or ran last, and the run before. */
  readonly #byPod = new Map<string, Map<string, { now: Container; before: Container | null }>>();
  #pulls = 0;
  #sign: SignToken = unsigned;

  constructor({ programs, registry, seed, agenda, plane, traffic, hosts, resolver, data }: { readonly programs: ProgramRuntime; readonly registry: Registry; readonly seed: number; readonly agenda: Agenda<AgendaEntry>; readonly plane: () => ControlPlane; readonly traffic: () => Traffic; readonly hosts: () => Hosts; readonly resolver: () => Resolver; readonly data: () => DataServers }) {
    this.#programs = programs;
    this.#registry = registry;
    this.#seed = seed;
    this.#plane = plane;
    this.#make = () => {
      const { store, clock, api, events, flow } = plane();
      const door = new TrafficDoor(traffic, new Die(seed, 'containers/requests'));
      const apiDoor = { api, store, events, clock, flow, rbac: new Rbac(store) };
      return { agenda, store, door: apiDoor, watches: new StoreWatch(store), isTaken: (pod, name, port) => this.#isTaken(pod, name, port), volumes: new Volumes(store, clock, () => this.#sign, hosts()), network: new Network(store, door, (pod, port) => this.listenerOf(pod, port), data(), resolver), host: (node) => hosts().of(node), clockMs: (node) => hosts().clockMs(node), unixMs: (atMs) => clock.unixMs(atMs) };
    };
  }

  /** Made at the first use: the cluster is not there yet when this is. */
  get #surroundings(): Surroundings {
    this.#made ??= this.#make();
    return this.#made;
  }

  get network(): Network {
    return this.#surroundings.network;
  }

  /** From now on the tokens that are mounted are signed so. */
  mountTokens(sign: SignToken): void {
    this.#sign = sign;
  }

  pull(image: string, pod: Pod): ReturnType<ContainerRuntime['pull']> {
    if (this.#programs.knows(image)) return this.#programs.pull(image);
    const resolved = this.#registry.resolve(image, imageSecrets(this.#surroundings.store, pod));
    if (!resolved.ok) return resolved;
    const die = new Die(this.#seed, `registry/pull/${image}/${this.#pulls++}`);
    const sizeBytes = Math.round(resolved.image.sizeMib * 1_048_576 * new Die(this.#seed, `registry/size/${image}`).between(0.95, 1.05));
    return { ok: true, tookMs: Math.round(die.between(450, 900) + Math.min(4_000, resolved.image.sizeMib * die.between(8, 14))), sizeBytes };
  }

  start(pod: Pod, name: string, exited: (end: ContainerEnd) => void): ContainerStart {
    const spec = specOf(pod, name);
    if (spec === undefined || this.#isProgram(spec)) return this.#startProgram(pod, name, exited);
    const contents = this.#programs.knows(spec.image ?? '') ? programContents(spec.image ?? '', this.#programs.kindOf(spec.image ?? '')) : this.#registry.contents(spec.image ?? '');
    if (contents === undefined) return { outcome: 'exits', afterMs: 200, exitCode: 127, reason: 'Error' };
    const container = new Container(pod, spec, contents, this.#surroundings);
    const entry = entryPointOf(container);
    if ('missing' in entry) {
      return { outcome: 'fails', exitCode: 128, message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${entry.missing}": ${entry.why}: unknown` };
    }
    this.#keep(pod, name, container);
    container.table.start(entry.title, 0, entry.run, (code) => {
      const message = container.terminationMessage(code !== 0);
      container.ended(code);
      exited({ exitCode: code, reason: code === 0 ? 'Completed' : 'Error', message });
    });
    return { outcome: 'lives' };
  }

  /** A program that finds its port taken, by what else runs in its pod, ends when it would listen. */
  #startProgram(pod: Pod, name: string, exited: (end: ContainerEnd) => void): ContainerStart {
    const start = this.#programs.start(pod, name);
    const ports = specOf(pod, name)?.ports ?? [];
    if (start.outcome !== 'runs' || ports.length === 0 || (pod.spec?.containers.length ?? 0) < 2) return start;
    this.#surroundings.agenda.addAfter(Math.max(1, start.readyAfterMs - 1), { due: () => {
      const taken = ports.find(({ containerPort }) => this.#isTaken(pod, name, containerPort))?.containerPort;
      if (taken === undefined) return;
      this.#programs.said(pod, `fatal: listen tcp :${taken}: bind: address already in use`);
      exited({ exitCode: 1, reason: 'Error', message: '' });
    } });
    return start;
  }

  #isTaken(pod: Pod, name: string, port: number): boolean {
    for (const [other, { now }] of this.#byPod.get(pod.metadata.uid ?? '') ?? []) if (other !== name && now.listeners.has(port)) return true;
    const statuses = this.#surroundings.store.get('Pod', pod.metadata.namespace ?? '', pod.metadata.name)?.status?.containerStatuses ?? [];
    return (pod.spec?.containers ?? []).some((other) => other.name !== name && this.#isProgram(other) && (other.ports ?? []).some(({ containerPort }) => containerPort === port) && statuses.some((status) => status.name === other.name && status.ready && status.state?.running !== undefined));
  }

  probe(pod: Pod, name: string, probe: { readonly kind: 'startup' | 'readiness' | 'liveness'; readonly spec: Probe }, answer: (answer: ProbeAnswer) => void): void {
    const spec = specOf(pod, name);
    if (spec === undefined || (this.#isProgram(spec) && probe.spec.exec === undefined)) return answer(this.#programs.probe(pod, probe.spec));
    const container = this.#containerOf(pod, name);
    if (container === null) return answer({ ok: false, output: null, steady: false });
    askProbe(container, probe.spec, answer);
  }

  runHook(pod: Pod, name: string, handler: LifecycleHandler, done: (problem: string | null) => void): boolean {
    const container = this.#containerOf(pod, name);
    return container !== null && runHandler(container, handler, done);
  }

  terminate(pod: Pod, name: string): boolean {
    const main = this.#byPod.get(pod.metadata.uid ?? '')?.get(name)?.now.main;
    if (main === undefined || this.#isProgram(specOf(pod, name))) return false;
    main.signal('TERM');
    return true;
  }

  stopped(pod: Pod, name: string): void {
    const held = this.#byPod.get(pod.metadata.uid ?? '')?.get(name);
    if (held !== undefined) held.now.ended(137);
  }

  removed(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#byPod.delete(uid);
    this.#surroundings.volumes.forget(uid);
  }

  runsAsRoot(image: string): boolean | null {
    if (this.#programs.knows(image)) return null;
    const contents = this.#registry.contents(image);
    return contents === undefined ? null : contents.image.uid === 0;
  }

  exec(target: ContainerTarget, command: readonly string[], options: ProcessOptions, receiver: ProcessReceiver): Started {
    const container = this.#target(target);
    return container === null ? notFound(target) : execIn(container, command, options, receiver);
  }

  /** Runs a command to its end, in no time, for who cannot wait. */
  execute(target: ContainerTarget, command: readonly string[]): Ran {
    const container = this.#target(target);
    return container === null ? { out: '', error: '', code: null, refusal: `container not found ("${target.container}")` } : runAtOnce(container, command);
  }

  /** As {@link execute}, in a container on a node that has the node's root and namespaces, as `kubectl debug node/…` makes one. */
  executeOnNode(node: string, image: string, command: readonly string[]): Ran {
    const contents = this.#registry.contents(image);
    const answers = this.#plane().kubelet.answers(node) === 'yes';
    if (!answers || contents === undefined) return { out: '', error: '', code: null, refusal: answers ? `failed to pull image "${image}"` : `the kubelet of ${node} does not answer` };
    const spec = { name: 'debugger', image, command: [...command], volumeMounts: [{ name: 'host-root', mountPath: '/host' }] };
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `node-debugger-${node}`, namespace: 'default', uid: `node-debugger-${node}` }, spec: { nodeName: node, hostNetwork: true, hostPID: true, hostIPC: true, containers: [spec], volumes: [{ name: 'host-root', hostPath: { path: '/' } }] } };
    const ran = runAtOnce(new Container(pod, spec, contents, this.#surroundings), command);
    this.#surroundings.volumes.forget(pod.metadata.uid ?? '');
    return ran;
  }

  attach(target: ContainerTarget, options: ProcessOptions, receiver: ProcessReceiver): Started {
    const container = this.#target(target);
    return container === null ? notFound(target) : attachTo(container, options, receiver);
  }

  listener({ namespace, pod: name }: PodTarget, port: number): 'http' | 'tcp' | null {
    const pod = this.#surroundings.store.get('Pod', namespace, name);
    const destination = pod === undefined ? null : this.#surroundings.network.toPod(pod, port);
    return destination?.to !== 'listener' ? null : destination.speaks === 'http' ? 'http' : 'tcp';
  }

  request({ namespace, pod: name }: PodTarget, port: number, request: PodRequest, respond: (response: PodResponse) => void): void {
    const pod = this.#surroundings.store.get('Pod', namespace, name);
    const destination = pod === undefined ? null : this.#surroundings.network.toPod(pod, port);
    const { agenda } = this.#surroundings;
    const answer = destination?.to === 'listener' ? destination.ask(request) : { status: 502, headers: {}, body: new Uint8Array(0), tookMs: 1 };
    agenda.addAfter(Math.max(1, Math.round(answer.tookMs)), { due: () => respond({ status: answer.status, headers: answer.headers, body: answer.body }) });
  }

  /** Starts a process in a running container, beside its own, that goes on until it is ended; null where the container does not run. */
  spawn(target: ContainerTarget, command: readonly string[], ended: () => void): Process | null {
    const container = this.#target(target);
    return container === null ? null : container.table.start(command, 0, function* () {
      for (;;) yield Infinity;
    }, ended);
  }

  /** What listens on a port of a pod, in any of its containers. */
  listenerOf(pod: Pod, port: number): Listener | null {
    for (const { now } of this.#byPod.get(pod.metadata.uid ?? '')?.values() ?? []) {
      const listener = now.listeners.get(port);
      if (listener !== undefined) return listener;
    }
    return null;
  }

  /** What a container has written, in its present run or the one before; null where the traffic model says. */
  logs(pod: Pod, name: string, previous: boolean): readonly LogLine[] | null {
    if (this.#isProgram(specOf(pod, name))) return null;
    const held = this.#byPod.get(pod.metadata.uid ?? '')?.get(name);
    return (previous ? held?.before : held?.now)?.log.lines ?? [];
  }

  /** The programs of a pod that run here write something to their logs. */
  write(pod: Pod, text: string): void {
    for (const { now } of this.#byPod.get(pod.metadata.uid ?? '')?.values() ?? []) if (now.main !== undefined) now.log.write('out', text);
  }

  #isProgram(spec: ReturnType<typeof specOf>): boolean {
    return spec !== undefined && (spec.command ?? []).length === 0 && this.#programs.knows(spec.image ?? '');
  }

  #keep(pod: Pod, name: string, container: Container): void {
    const uid = pod.metadata.uid ?? '';
    const held = this.#byPod.get(uid) ?? new Map<string, { now: Container; before: Container | null }>();
    this.#byPod.set(uid, held.set(name, { now: container, before: held.get(name)?.now ?? null }));
  }

  #target({ namespace, pod: name, container }: ContainerTarget): Container | null {
    const pod = this.#surroundings.store.get('Pod', namespace, name);
    return pod === undefined ? null : this.#containerOf(pod, container);
  }

  /** The container that runs now; one of the traffic's programs is made up at the first look. */
  #containerOf(pod: Pod, name: string): Container | null {
    const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = this.#surroundings.store.get('Pod', pod.metadata.namespace ?? '', pod.metadata.name)?.status ?? {};
    const status = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find((candidate) => candidate.name === name);
    const held = this.#byPod.get(pod.metadata.uid ?? '')?.get(name)?.now;
    if (held?.main !== undefined) return held;
    const spec = specOf(pod, name);
    if (status?.state?.running === undefined || spec === undefined || !this.#isProgram(spec)) return null;
    const contents = programContents(spec.image ?? '', this.#programs.kindOf(spec.image ?? ''));
    const container = new Container(pod, spec, contents, this.#surroundings);
    container.table.start(contents.image.command, 0, function* () {
      for (;;) yield Infinity;
    }, () => undefined);
    this.#keep(pod, name, container);
    return container;
  }
}

function specOf(pod: Pod, name: string): NonNullable<Pod['spec']>['containers'][number] | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...containers, ...initContainers, ...ephemeralContainers].find((candidate) => candidate.name === name);
}

function notFound({ container }: ContainerTarget): Started {
  return { ok: false, code: 500, message: `container not found ("${container}")` };
}
