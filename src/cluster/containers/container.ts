import type { Container as ContainerSpec } from 'kubernetes-types/core/v1';
import type { Agenda } from '../../time/agenda.ts';
import { digest } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { Host } from '../nodes/host.ts';
import type { KindMap } from '../objects.ts';
import type { DataServers } from '../data/data-servers.ts';
import type { DeclaredImage } from '../spec.ts';
import type { PublicImage } from '../registry/catalogue.ts';
import { FileSystem, type Folder, folder, resolvePath } from '../shell/file-system.ts';
import type { Machine, Program, Work } from '../shell/machine.ts';
import { type Process, ProcessTable } from '../shell/process.ts';
import { type Io, Pipe, Sink, WholeInput } from '../shell/streams.ts';
import type { ObjectStore } from '../store.ts';
import { AccountClient, type ApiDoor } from './account-client.ts';
import { cgroupFolder } from './cgroup.ts';
import { descriptorFolder, limitsFile } from './descriptors.ts';
import { containerEnvironment, expandReferences, hostnameOf } from './environment.ts';
import { ownProgram } from './entry-point.ts';
import { imageFiles } from './image-files.ts';
import { ContainerLog } from './log.ts';
import type { Destination, Network } from './network.ts';
import type { Listener } from './servers.ts';
import { skeletonOf } from './skeleton.ts';
import type { StoreWatch } from './store-watch.ts';
import { Terminal } from './terminal.ts';
import { commandProgram, commandsOf } from './toolbox.ts';
import type { Volumes } from './volumes.ts';

type Pod = KindMap['Pod'];

/** What all containers of a cluster live in. */
export interface Surroundings {
  readonly agenda: Agenda<AgendaEntry>;
  readonly store: ObjectStore;
  readonly volumes: Volumes;
  readonly network: Network;
  /** The machine behind a node. */
  host(node: string): Host | null;
  /** By how many ms a node's clock is ahead. */
  clockMs(node: string): number;
  /** The API server, as programs with an account reach it. */
  readonly door: ApiDoor;
  readonly watches: StoreWatch;
  /** Whether another container of a pod than the one of that name listens on a port. */
  isTaken(pod: Pod, container: string, port: number): boolean;
  /** Unix time in ms of a simulated moment. */
  unixMs(atMs: SimMs): number;
}

/** One run of one container of a pod: its processes, its files, what listens in it, what it wrote. */
export class Container implements Machine {
  readonly pod: Pod;
  readonly spec: ContainerSpec;
  readonly image: PublicImage;
  readonly declared: DeclaredImage | null;
  readonly table: ProcessTable;
  readonly log: ContainerLog;
  readonly surroundings: Surroundings;
  readonly startedAtMs: SimMs;
  /** What listens on its ports. */
  readonly listeners = new Map<number, Listener>();
  /** What is typed or piped into its own process. */
  readonly pipe: Pipe;
  readonly terminal: Terminal | null;
  readonly #ends: ((code: number) => void)[] = [];
  #execs = 0;
  #files: FileSystem | null = null;
  #environment: Map<string, string> | null = null;
  #commands: ReadonlySet<string> | null = null;

  constructor(pod: Pod, spec: ContainerSpec, contents: { readonly image: PublicImage; readonly declared: DeclaredImage | null }, surroundings: Surroundings) {
    this.pod = pod;
    this.spec = spec;
    this.image = contents.image;
    this.declared = contents.declared;
    this.surroundings = surroundings;
    this.table = new ProcessTable(surroundings.agenda);
    this.startedAtMs = surroundings.agenda.nowMs;
    this.log = new ContainerLog(() => surroundings.agenda.nowMs);
    this.terminal = spec.tty === true ? new Terminal((bytes) => this.log.write('out', bytes.replaceAll('\r\n', '\n'))) : null;
    this.pipe = this.terminal?.input ?? new Pipe();
  }

  get uid(): number {
    return this.spec.securityContext?.runAsUser ?? this.pod.spec?.securityContext?.runAsUser ?? this.image.uid;
  }

  get gid(): number {
    return this.spec.securityContext?.runAsGroup ?? this.pod.spec?.securityContext?.runAsGroup ?? 0;
  }

  get groups(): readonly number[] {
    const { fsGroup, supplementalGroups = [] } = this.pod.spec?.securityContext ?? {};
    return fsGroup === undefined ? supplementalGroups : [...supplementalGroups, fsGroup];
  }

  get shell(): Machine['shell'] {
    return this.image.tools === 'debian' ? 'dash' : 'busybox';
  }

  get workingDir(): string {
    return this.spec.workingDir ?? '/';
  }

  get podIp(): string {
    const now = this.surroundings.store.get('Pod', this.pod.metadata.namespace ?? '', this.pod.metadata.name);
    return now?.status?.podIP ?? this.pod.status?.podIP ?? '';
  }

  get environment(): ReadonlyMap<string, string> {
    // The runtime says what kind of terminal there is, where there is one.
    this.#environment ??= new Map([...(this.spec.tty === true ? [['TERM', 'xterm'] as const] : []), ...containerEnvironment(this.surroundings.store, this.pod, this.spec)]);
    return this.#environment;
  }

  get commands(): ReadonlySet<string> {
    this.#commands ??= commandsOf(this.image);
    return this.#commands;
  }

  /** Made when somebody looks: most containers are never looked into. */
  get files(): FileSystem {
    this.#files ??= this.#makeFiles();
    return this.#files;
  }

  program(name: string): Program | undefined {
    return ownProgram(this, name) ?? (this.commands.has(name) ? commandProgram(name) : undefined);
  }

  lookUp(name: string): ReturnType<Machine['lookUp']> {
    const alias = this.pod.spec?.hostAliases?.find(({ hostnames }) => hostnames?.includes(name) === true)?.ip;
    if (alias !== undefined) return { name, ips: [alias] };
    return name === this.environment.get('HOSTNAME') ? { name, ips: [this.podIp] } : this.surroundings.network.lookUp(name, this.pod.metadata.namespace ?? 'default');
  }

  nameTrouble(name: string): ReturnType<Machine['nameTrouble']> {
    return this.surroundings.network.nameTrouble(name);
  }

  get namesLateMs(): number {
    return this.surroundings.network.namesLateMs;
  }

  connect(host: string, port: number): Destination {
    return this.surroundings.network.connect(this, host, port);
  }

  get data(): DataServers {
    return this.surroundings.network.data;
  }

  shared(key: string): Map<string, string> {
    return this.surroundings.network.shared(key);
  }

  get account(): AccountClient | undefined {
    return this.pod.spec?.automountServiceAccountToken === false ? undefined : new AccountClient(this.surroundings.door, this.pod);
  }

  outer(root: string | null): Machine | null {
    const { hostPID, volumes = [], nodeName = '' } = this.pod.spec ?? {};
    if (root === null) return hostPID === true && this.spec.securityContext?.privileged === true ? this.surroundings.host(nodeName) : null;
    const mount = this.spec.volumeMounts?.find(({ mountPath }) => resolvePath('/', mountPath) === root);
    const volume = volumes.find(({ name }) => name === mount?.name);
    return volume?.hostPath?.path === '/' ? this.surroundings.host(nodeName) : null;
  }

  get ports(): readonly number[] {
    return this.listeners.size > 0 ? [...this.listeners.keys()] : (this.spec.ports ?? []).map(({ containerPort }) => containerPort);
  }

  listen(port: number, listener: Listener): void {
    this.listeners.set(port, listener);
  }

  /** An id as the container runtime gives one to each command that is executed in it. */
  execId(): string {
    this.#execs++;
    const id = digest(`${this.pod.metadata.uid ?? ''}/${this.spec.name}/${this.#execs}`);
    return (id + digest(id) + digest(`${id}/2`) + digest(`${id}/3`)).slice(0, 64);
  }

  /** `told` hears its exit code when it ends. */
  whenEnded(told: (code: number) => void): void {
    this.#ends.push(told);
  }

  /** It has ended: nothing listens any more. */
  ended(code: number): void {
    this.listeners.clear();
    this.table.clear();
    this.log.end();
    for (const told of this.#ends.splice(0)) told(code);
  }

  /** By the clock of its node. */
  unixMs(): number {
    return this.surroundings.unixMs(this.surroundings.agenda.nowMs) + this.surroundings.clockMs(this.pod.spec?.nodeName ?? '');
  }

  /** What the pod asks to be run: command and arguments with their variables filled in; null where the image's own entry point is. */
  get entry(): readonly string[] | null {
    const { command = [], args = [] } = this.spec;
    if (command.length === 0) return null;
    return [...command, ...args].map((word) => expandReferences(word, (name) => this.environment.get(name)));
  }

  /** The arguments for the image's own entry point. */
  get entryArguments(): readonly string[] {
    return (this.spec.args ?? []).map((word) => expandReferences(word, (name) => this.environment.get(name)));
  }

  /** The streams of its own process. */
  get io(): Io {
    const stdout = new Sink((bytes) => this.log.write('out', bytes));
    return { stdin: this.spec.stdin === true ? this.pipe : new WholeInput(''), stdout, stderr: this.spec.tty === true ? stdout : new Sink((bytes) => this.log.write('err', bytes)) };
  }

  get work(): Work {
    const { pod, spec, surroundings } = this;
    const node = surroundings.host(pod.spec?.nodeName ?? '');
    const flow = pod.spec?.containers[0]?.name === spec.name ? surroundings.network.flowOf(pod) : undefined;
    const cores = node?.cores ?? 4;
    return {
      ownCores: flow === undefined ? 0 : Math.min(flow.cpuDemand, flow.cores * flow.given), ownMiB: flow?.wear.usedMiB ?? 4,
      busyCores: Math.min(cores, node?.world.flow(node.name)?.demand ?? 0.1), cores, memoryMiB: (node?.memoryBytes ?? 16_777_216_000) / 1_048_576,
    };
  }

  /** Its first process; undefined where it has ended. */
  get main(): Process | undefined {
    return this.table.all.get(1);
  }

  /** What was written for whoever asks why it ended; '' where nothing was. */
  terminationMessage(failed: boolean): string {
    const node = this.#files?.find(this.spec.terminationMessagePath ?? '/dev/termination-log');
    const written = node?.type === 'file' ? node.bytes.slice(0, 4_096) : '';
    return written === '' && failed && this.spec.terminationMessagePolicy === 'FallbackToLogsOnError' ? this.log.tail(80, 2_048) : written;
  }

  #mountCgroup(root: Folder): void {
    const sys = root.entries.get('sys');
    if (sys?.type !== 'folder') return;
    const { agenda, network } = this.surroundings;
    const fs = folder(this.startedAtMs);
    fs.entries.set('cgroup', cgroupFolder(this.spec, () => network.flowOf(this.pod), () => agenda.nowMs - (network.flowOf(this.pod)?.startedAtMs ?? this.startedAtMs)));
    sys.entries.set('fs', fs);
  }

  /** Only the first container of a pod is the program that the traffic knows. */
  #mountDescriptors(root: Folder): void {
    const { pod, spec, surroundings: { network } } = this;
    const first = folderIn(folderIn(root, 'proc'), '1');
    const started = folderIn(first, 'fd');
    if (first !== null && started !== null && pod.spec?.containers[0]?.name === spec.name) first.entries.set('fd', descriptorFolder(started.entries, () => network.flowOf(pod)));
  }

  #makeFiles(): FileSystem {
    const { pod, spec, surroundings } = this;
    const { nowMs } = surroundings.agenda;
    const namespace = pod.metadata.namespace ?? 'default';
    const root = skeletonOf({
      hostname: hostnameOf(pod), podIp: this.podIp, namespace, family: this.image.tools === 'debian' ? 'debian' : this.image.tools === 'busybox' ? 'busybox' : 'alpine',
      commands: [...this.commands], own: { ...imageFiles(this.image), '/proc/1/cmdline': `${(this.entry ?? this.image.command).join('\0')}\0`, '/proc/1/limits': limitsFile() }, hostAliases: pod.spec?.hostAliases ?? [], resolvConf: resolvConf(pod), terminationPath: spec.terminationMessagePath ?? '/dev/termination-log', workingDir: this.workingDir,
    }, nowMs);
    this.#mountCgroup(root);
    this.#mountDescriptors(root);
    const files = new FileSystem(root, spec.securityContext?.readOnlyRootFilesystem === true, () => surroundings.agenda.nowMs);
    // What a database has on its disk it knows itself.
    const disk = surroundings.network.data.diskOf(pod);
    for (const { name, mountPath, subPath, subPathExpr, readOnly } of spec.volumeMounts ?? []) {
      const volume = surroundings.volumes.of(pod, name);
      if (volume === undefined) continue;
      const path = resolvePath('/', mountPath);
      const part = subPathExpr === undefined ? subPath : expandReferences(subPathExpr, (variable) => this.environment.get(variable));
      const mounted = part === undefined || part === '' || volume.folder.type !== 'folder' ? volume.folder : partOf(volume.folder, part, nowMs);
      if (path !== '/' && path !== disk?.mountPath) files.mount({ path, folder: mounted, readOnly: readOnly === true || volume.readOnly, source: volume.source, kind: volume.kind });
    }
    if (disk !== null) files.mount({ path: disk.mountPath, folder: disk.folder, readOnly: false, source: '/dev/nvme1n1', kind: 'ext4', usage: () => disk });
    return files;
  }
}

function folderIn(at: Folder | null, name: string): Folder | null {
  const node = at?.entries.get(name);
  return node?.type === 'folder' ? node : null;
}

/** A part of a volume; a folder where there is nothing yet. */
function partOf(volume: Folder, path: string, nowMs: SimMs): ReturnType<Folder['entries']['get']> & object {
  let at: Folder = volume;
  const parts = resolvePath('/', path).split('/').filter((part) => part !== '');
  for (const [nth, part] of parts.entries()) {
    const next = at.entries.get(part);
    if (next !== undefined && (next.type !== 'folder' || nth === parts.length - 1)) return next;
    const inner = next?.type === 'folder' ? next : folder(nowMs);
    at.entries.set(part, inner);
    at = inner;
  }
  return at;
}

/** The cluster's name server, as the kubelets give it to pods. */
const CLUSTER_DNS = '10.96.0.10';

function resolvConf({ spec, metadata }: Pod): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = spec ?? {};
  const cluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  const names = [...(cluster ? [CLUSTER_DNS] : dnsPolicy === 'None' ? [] : ['192.168.0.2']), ...(dnsConfig?.nameservers ?? [])];
  const search = [...(cluster ? [`${metadata.namespace ?? 'default'}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'] : []), ...(dnsConfig?.searches ?? [])];
  const options = [...(cluster && dnsConfig?.options?.some(({ name }) => name === 'ndots') !== true ? ['ndots:5'] : []), ...(dnsConfig?.options ?? []).map(({ name, value }) => (value === undefined ? (name ?? '') : `${name}:${value}`))];
  return `${search.length > 0 ? `search ${search.join(' ')}\n` : ''}${names.map((name) => `nameserver ${name}\n`).join('')}${options.length > 0 ? `options ${options.join(' ')}\n` : ''}`;
}
