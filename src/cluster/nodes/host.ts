import type { SimMs } from '../../time/sim-time.ts';
import type { Destination } from '../containers/network.ts';
import type { Listener } from '../containers/servers.ts';
import { skeletonOf } from '../containers/skeleton.ts';
import { commandProgram, commandsOf } from '../containers/toolbox.ts';
import type { KindMap } from '../objects.ts';
import type { DataServers } from '../data/data-servers.ts';
import { cpuMillis, quantityBytes } from '../quantity.ts';
import { FileSystem } from '../shell/file-system.ts';
import type { Machine, Program } from '../shell/machine.ts';
import { type Process, ProcessTable } from '../shell/process.ts';
import { LeverSet } from '../traffic/lever-set.ts';
import { HOST_COMMANDS } from './commands/host-commands.ts';
import type { HostWorld } from './host-world.ts';
import { Journal } from './journal.ts';
import { KUBELET_CONFIG, readKubeletConfig } from './kubelet-config.ts';
import { diskOf, FREE_DISK } from './disk.ts';
import { Links } from './links.ts';
import { Sysctls } from './sysctls.ts';
import { type UnitName, Units } from './units.ts';

/** A program that runs on a node beside its services and pods. */
export interface Job {
  readonly command: readonly string[];
  readonly user: string;
  /** What it takes of the node: cores that it would use if it got them, and connections that it keeps open. */
  readonly cores: number;
  readonly connections: number;
}

/** A job that runs. */
export interface RunningJob extends Job {
  readonly task: Process;
}

/**
 * The machine that a node is: its kernel's settings, its services, its files, its network, its clock, and whatever somebody
 * runs on it. What it is like moves the levers of the traffic, as long as it is so. Made when somebody first needs it.
 */
export class Host implements Machine {
  readonly name: string;
  readonly shell = 'bash';
  readonly uid = 0;
  readonly gid = 0;
  readonly groups: readonly number[] = [];
  readonly ports: readonly number[] = [22, 9100, 10_248, 10_250, 10_256];
  readonly table: ProcessTable;
  readonly files: FileSystem;
  readonly journal = new Journal();
  readonly sysctls: Sysctls;
  readonly units: Units;
  readonly links: Links;
  readonly jobs = new Map<number, RunningJob>();
  readonly world: HostWorld;
  bootedAtMs: SimMs;
  /** Whether it has power. */
  on = true;
  /** By how many ms its clock is ahead. */
  #clockMs = 0;
  readonly #levers: LeverSet;

  constructor(name: string, world: HostWorld) {
    this.name = name;
    this.world = world;
    this.bootedAtMs = world.clock.nowMs - UPTIME_MS;
    this.table = new ProcessTable(world.agenda, FIRST_PID);
    this.#levers = new LeverSet(world.conditions);
    this.sysctls = new Sysctls({ 'net.netfilter.nf_conntrack_count': () => String(this.connections) }, () => this.settle());
    this.links = new Links(name, world, () => this.settle());
    const nowMs = world.clock.nowMs;
    const root = skeletonOf({
      hostname: name, podIp: this.podIp, namespace: '', family: 'debian', commands: [...this.commands], own: diskOf(name, this.podIp), hostAliases: [], resolvConf: 'nameserver 192.168.0.2\n', terminationPath: '/var/log/wtmp', workingDir: '/root',
    }, nowMs);
    this.files = new FileSystem(root, false, () => world.clock.nowMs);
    const proc = root.entries.get('proc');
    if (proc?.type === 'folder') proc.entries.set('sys', this.sysctls.folder());
    this.units = new Units({
      nowMs: () => world.clock.nowMs,
      spawn: (title, ended) => this.table.start(title, 1, idle, ended),
      after: (delayMs, step) => void world.agenda.addAfter(Math.max(1, delayMs), { due: step }),
      say: (by, unit, pid, text) => this.say(by, unit, pid, text),
    }, {
      kubelet: { start: () => this.#startKubelet(), stopped: () => world.kubelet.silence(name) },
      chrony: { start: () => (this.clockMs = 0, null), stopped: () => undefined },
      flanneld: { start: () => (this.links.routeAll(), null), stopped: () => undefined },
    }, this.bootedAtMs);
  }

  get node(): KindMap['Node'] | undefined {
    return this.world.store.get('Node', '', this.name);
  }

  get podIp(): string {
    return this.node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? this.world.kubelet.addressOf(this.name);
  }

  get commands(): ReadonlySet<string> {
    return new Set([...commandsOf({ tools: 'debian', extra: ['curl', 'dig', 'host', 'jq', 'nc', 'pgrep', 'ping', 'pkill', 'nslookup'] }), ...Object.keys(HOST_COMMANDS)]);
  }

  get memoryBytes(): number {
    return quantityBytes(this.node?.status?.capacity?.['memory']) || 16 * 1_073_741_824;
  }

  get diskBytes(): number {
    return quantityBytes(this.node?.status?.capacity?.['ephemeral-storage']) || 98_831_908 * 1024;
  }

  get cores(): number {
    return Math.max(1, cpuMillis(this.node?.status?.capacity?.['cpu']) / 1000);
  }

  get clockMs(): number {
    return this.#clockMs;
  }

  /** Its clock is so far ahead from now on, until something sets it right. */
  set clockMs(ms: number) {
    this.#clockMs = ms;
    this.settle();
  }

  /** Whether a service runs, by its name. */
  runs(unit: UnitName): boolean {
    return this.on && this.units.all.get(unit)?.state === 'active';
  }

  /** Entries that its connections would fill of its table, if there were room. */
  get wantedConnections(): number {
    let wanted = OWN_CONNECTIONS;
    for (const { connections } of this.jobs.values()) wanted += connections;
    return wanted;
  }

  get connections(): number {
    return Math.min(this.wantedConnections, this.sysctls.number('net.netfilter.nf_conntrack_max'));
  }

  /** Runs a program until somebody ends it. */
  run(job: Job): Process {
    const task = this.table.start(job.command, 1, idle, () => {
      this.jobs.delete(task.pid);
      this.settle();
    });
    this.jobs.set(task.pid, { ...job, task });
    this.settle();
    return task;
  }

  /** Moves the traffic's levers to what it is like now. */
  settle(): void {
    const table = this.sysctls.number('net.netfilter.nf_conntrack_max');
    let cores = 0;
    for (const job of this.jobs.values()) cores += job.cores;
    const amounts = {
      'node-cpu': cores,
      conntrack: this.jobs.size > 0 || table !== USUAL_TABLE ? this.wantedConnections / Math.max(1, table) : 0,
      'conntrack-table': table - USUAL_TABLE,
      'node-latency': this.links.delayMs,
      'node-loss': this.links.lostShare,
      'clock-skew': this.#clockMs,
    };
    this.#levers.follow(LEVERS.flatMap((lever) => (amounts[lever] === 0 ? [] : [{ lever, target: this.name, amount: amounts[lever] }])));
  }

  say(by: string, unit: string, pid: number, text: string): void {
    this.journal.add({ atMs: this.world.clock.nowMs, by, unit, pid, text });
  }

  /** The power goes: nothing of what ran and nothing that was only in memory is left. */
  cut(): void {
    this.on = false;
    this.jobs.clear();
    this.table.clear();
    this.units.cut();
    this.sysctls.forget();
    this.links.reset();
    this.#clockMs = 0;
    this.settle();
  }

  /** It starts as its files say. */
  boot(): void {
    this.on = true;
    this.bootedAtMs = this.world.clock.nowMs;
    this.say('kernel', '', 0, 'Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org)');
    this.applySysctls();
    this.units.boot();
    this.settle();
  }

  /** What `/etc/sysctl.conf` and `/etc/sysctl.d` say, as at each boot; the lines that were applied. */
  applySysctls(paths: readonly string[] = this.#sysctlFiles()): string[] {
    const applied: string[] = [];
    for (const path of paths) {
      const file = this.files.find(path);
      for (const line of file?.type === 'file' ? file.bytes.split('\n') : []) {
        const [, name, value] = /^\s*([a-z][\w./-]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined && this.sysctls.set(name.replaceAll('/', '.'), value) === null) applied.push(`${name} = ${value}`);
      }
    }
    return applied;
  }

  program(name: string): Program | undefined {
    const own = Object.hasOwn(HOST_COMMANDS, name) ? HOST_COMMANDS[name] : undefined;
    if (own !== undefined) return (call) => own(this, call);
    return this.commands.has(name) ? commandProgram(name) : undefined;
  }

  unixMs(): number {
    return this.world.clock.unixMs(this.world.clock.nowMs) + this.#clockMs;
  }

  /** By the resolver of the network, which knows no Services, and by its hosts file. */
  lookUp(name: string): ReturnType<Machine['lookUp']> {
    const bare = name.replace(/\.$/, '');
    const node = this.world.store.get('Node', '', bare);
    const address = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (address !== undefined) return { name: bare, ips: [address] };
    return /\.svc(?:\.|$)|^[a-z0-9-]+$/.test(bare) && bare !== 'localhost' ? null : this.world.network().lookUpOutside(bare);
  }

  nameTrouble(): null {
    return null;
  }

  readonly namesLateMs = 0;

  connect(host: string, port: number): Destination {
    const found = this.lookUp(host);
    if (found?.ips[0]?.startsWith('127.') === true || found?.ips[0] === this.podIp) return this.#toItself(port, found.ips[0] ?? '');
    return this.world.network().connect({ pod: null, lookUp: (name) => this.lookUp(name) }, host, port);
  }

  listen(_port: number, _listener: Listener): void {
    // What serves on a node are its services.
  }

  get data(): DataServers {
    return this.world.network().data;
  }

  shared(key: string): Map<string, string> {
    return this.world.network().shared(`${this.name}/${key}`);
  }

  outer(): Machine {
    return this;
  }

  #toItself(port: number, ip: string): Destination {
    const kubelet = port === 10_248 || port === 10_250;
    if (!this.ports.includes(port) || (kubelet && !this.runs('kubelet'))) return { to: 'refused', ip, tookMs: 1 };
    const body = new TextEncoder().encode(port === 10_248 ? 'ok' : 'Unauthorized\n');
    return { to: 'listener', ip, tookMs: 1, speaks: port === 22 ? 'tcp' : 'http', pod: null, service: null, ask: () => ({ status: port === 10_248 || port === 10_256 ? 200 : 401, headers: { 'content-type': 'text/plain' }, body, tookMs: 1 }) };
  }

  #sysctlFiles(): string[] {
    const folder = this.files.find('/etc/sysctl.d');
    const inFolder = folder?.type === 'folder' ? [...folder.entries.keys()].filter((name) => name.endsWith('.conf')).toSorted((one, other) => (one < other ? -1 : 1)).map((name) => `/etc/sysctl.d/${name}`) : [];
    return [...inFolder, '/etc/sysctl.conf'];
  }

  #startKubelet(): string | null {
    const file = this.files.find(KUBELET_CONFIG);
    const config = readKubeletConfig(file?.type === 'file' ? file.bytes : null, this);
    if ('problem' in config) return config.problem;
    const usedBytes = (this.world.usage(this.name)?.memoryMiB ?? 800) * 1_048_576;
    this.world.kubelet.speak(this.name);
    this.world.kubelet.press(this.name, { MemoryPressure: 1 - usedBytes / this.memoryBytes < config.memoryShare, DiskPressure: FREE_DISK < config.diskShare });
    return null;
  }
}

/** A program that works for itself until it is ended. */
function* idle(): Generator<number, number, void> {
  for (;;) yield Infinity;
}

const FIRST_PID = 611;
const UPTIME_MS = 40 * 86_400_000;
/** Connections of the node's own programs and pods, on a calm day. */
const OWN_CONNECTIONS = 900;
const USUAL_TABLE = 131_072;
const LEVERS = ['node-cpu', 'conntrack', 'conntrack-table', 'node-latency', 'node-loss', 'clock-skew'] as const;
