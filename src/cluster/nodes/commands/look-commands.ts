import { formatDate } from '../../programs/dates.ts';
import { optionsOf } from '../../programs/command.ts';
import { FREE_DISK } from '../disk.ts';
import type { Host } from '../host.ts';
import type { HostProgram } from './host-commands.ts';
import { say } from './say.ts';

/** A process as it is listed. */
interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly user: string;
  /** Per cent of one core, and of the memory. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly startedAtMs: number;
  readonly command: string;
}

/** Everything that runs on a node: its services, what somebody started, and the programs of its pods. */
function rowsOf(host: Host): Row[] {
  const { world } = host;
  const given = world.flow(host.name)?.given ?? 1;
  const rows: Row[] = [{ pid: 1, parent: 0, user: 'root', cpu: 0, memoryMiB: 12, startedAtMs: host.bootedAtMs, command: '/sbin/init' }];
  const services = new Map([...host.units.all.values()].map(({ task, sinceMs }) => [task?.pid, sinceMs]));
  for (const { pid, parent, startedAtMs, title } of host.table.all.values()) {
    const job = host.jobs.get(pid);
    rows.push({ pid, parent, user: job?.user ?? 'root', cpu: job === undefined ? (services.has(pid) ? 0.7 : 0) : Math.min(job.cores * given, host.cores) * 100, memoryMiB: services.has(pid) ? 60 : 30, startedAtMs: services.get(pid) ?? startedAtMs, command: title.join(' ') });
  }
  let nth = 0;
  for (const pod of world.store.podsOnNode(host.name)) {
    const container = pod.spec?.containers[0];
    const started = pod.status?.containerStatuses?.[0]?.state?.running?.startedAt;
    if (container === undefined || started === undefined) continue;
    const used = world.podUsage(pod.metadata.namespace ?? '', pod.metadata.name);
    const image = (container.image ?? '').replace(/[:@].*$/, '').replace(/.*\//, '');
    rows.push({ pid: 2_000 + 41 * nth++, parent: 1_990, user: String(container.securityContext?.runAsUser ?? 'root'), cpu: (used?.cpuMilli ?? 1) / 10, memoryMiB: used?.memoryMiB ?? 20, startedAtMs: world.clock.nowMs - (world.clock.unixMs(world.clock.nowMs) - Date.parse(started)), command: [...(container.command ?? [`/app/${image}`]), ...(container.args ?? [])].join(' ') });
  }
  return rows;
}

export const ps: HostProgram = function* (host, call) {
  const asked = call.args.join(' ');
  const listed = rowsOf(host).toSorted((one, other) => (/--sort[= ]-?%?p?cpu/.test(asked) ? other.cpu - one.cpu : one.pid - other.pid));
  const started = (row: Row): string => formatDate('%H:%M', host.unixMs() - (host.world.clock.nowMs - row.startedAtMs));
  if (/\be?f|-e\b/.test(asked) && !asked.includes('aux')) return yield* say(call, `UID          PID    PPID  C STIME TTY          TIME CMD\n${listed.map((row) => `${row.user.padEnd(8)} ${String(row.pid).padStart(7)} ${String(row.parent).padStart(7)} ${String(Math.min(99, Math.round(row.cpu))).padStart(2)} ${started(row)} ?        ${spent(host, row)} ${row.command}\n`).join('')}`);
  return yield* say(call, `USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${listed.map((row) => `${row.user.padEnd(8)} ${String(row.pid).padStart(7)} ${row.cpu.toFixed(1).padStart(4)} ${share(host, row)} ${String(row.memoryMiB * 1_400).padStart(6)} ${String(Math.round(row.memoryMiB * 1_024)).padStart(5)} ?        ${row.cpu > 50 ? 'R ' : 'Ss'}   ${started(row)} ${spent(host, row)} ${row.command}\n`).join('')}`);
};

function share(host: Host, { memoryMiB }: Row): string {
  return ((memoryMiB * 104_857_600) / host.memoryBytes).toFixed(1).padStart(4);
}

/** CPU time since its start, as far as it has gone on like now. */
function spent(host: Host, { startedAtMs, cpu }: Row): string {
  const seconds = Math.round(((host.world.clock.nowMs - startedAtMs) / 1000) * (cpu / 100));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** One screen of it, as `top -b -n 1`. */
export const top: HostProgram = function* (host, call) {
  const listed = rowsOf(host).toSorted((one, other) => other.cpu - one.cpu).slice(0, 20);
  const flow = host.world.flow(host.name);
  const busy = Math.min(100, ((flow?.demand ?? 0.1) / host.cores) * 100);
  const totalMiB = host.memoryBytes / 1_048_576;
  const usedMiB = host.world.usage(host.name)?.memoryMiB ?? 800;
  return yield* say(call, `top - ${formatDate('%T', host.unixMs())} up ${upDays(host)},  0 users,  load average: ${load(host)}\nTasks: ${rowsOf(host).length} total\n%Cpu(s): ${(busy * 0.85).toFixed(1)} us, ${(busy * 0.15).toFixed(1)} sy,  0.0 ni, ${(100 - busy).toFixed(1)} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\nMiB Mem : ${totalMiB.toFixed(1)} total, ${(totalMiB - usedMiB).toFixed(1)} free, ${usedMiB.toFixed(1)} used\n\n    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n${listed.map((row) => `${String(row.pid).padStart(7)} ${row.user.padEnd(8)}  20   0 ${String(row.memoryMiB * 1_400).padStart(7)} ${String(Math.round(row.memoryMiB * 1_024)).padStart(6)}   4096 ${row.cpu > 50 ? 'R' : 'S'} ${row.cpu.toFixed(1).padStart(5)}  ${share(host, row)} ${spent(host, row).padStart(9)} ${call.args.includes('-c') ? row.command : (row.command.split(' ')[0] ?? '').replace(/.*\//, '')}\n`).join('')}`);
};

function upDays(host: Host): string {
  const seconds = Math.floor((host.world.clock.nowMs - host.bootedAtMs) / 1000);
  return seconds >= 86_400 ? `${Math.floor(seconds / 86_400)} days, ${Math.floor((seconds % 86_400) / 3_600)}:${String(Math.floor((seconds % 3_600) / 60)).padStart(2, '0')}` : `${Math.floor(seconds / 60)} min`;
}

function load(host: Host): string {
  const now = (host.world.flow(host.name)?.demand ?? 0.3) + 0.2;
  return `${now.toFixed(2)}, ${now.toFixed(2)}, ${(now * 0.9).toFixed(2)}`;
}

export const uptime: HostProgram = (host, call) => say(call, ` ${formatDate('%T', host.unixMs())} up ${upDays(host)},  0 users,  load average: ${load(host)}\n`);

export const nproc: HostProgram = (host, call) => say(call, `${host.cores}\n`);

export const free: HostProgram = (host, call) => {
  const { flags } = optionsOf(call.args);
  const unit = flags.has('g') ? 1_073_741_824 : flags.has('m') || flags.has('h') ? 1_048_576 : 1_024;
  const used = (host.world.usage(host.name)?.memoryMiB ?? 800) * 1_048_576;
  const cell = (bytes: number): string => `${Math.round(bytes / unit)}${flags.has('h') ? 'Mi' : ''}`.padStart(12);
  return say(call, `${''.padEnd(7)}${['total', 'used', 'free', 'shared', 'buff/cache', 'available'].map((word) => word.padStart(12)).join('')}\nMem:   ${[host.memoryBytes, used, (host.memoryBytes - used) * 0.7, 41_943_040, (host.memoryBytes - used) * 0.3, host.memoryBytes - used].map(cell).join('')}\nSwap:  ${[0, 0, 0].map(cell).join('')}\n`);
};

export const df: HostProgram = (host, call) => {
  const { flags } = optionsOf(call.args);
  if (flags.has('i') || flags.has('inodes')) return say(call, inodes(host, flags.has('h')));
  const human = flags.has('h');
  const cell = (bytes: number): string => (human ? `${(bytes / 1_073_741_824).toFixed(0)}G` : String(Math.round(bytes / 1_024))).padStart(10);
  const used = host.diskBytes * (1 - FREE_DISK);
  return say(call, `Filesystem     ${(human ? 'Size' : '1K-blocks').padStart(10)} ${'Used'.padStart(10)} ${(human ? 'Avail' : 'Available').padStart(10)} Use% Mounted on\n/dev/vda1      ${cell(host.diskBytes)} ${cell(used)} ${cell(host.diskBytes - used)} ${String(Math.ceil((1 - FREE_DISK) * 100)).padStart(3)}% /\ntmpfs          ${cell(host.memoryBytes / 2)} ${cell(0)} ${cell(host.memoryBytes / 2)}   0% /dev/shm\n`);
};

/** ext4 has one inode for each 16 KiB, tmpfs one for every other page of memory; the files of a node are of some 70 KiB. */
function inodes(host: Host, human: boolean): string {
  const cell = (count: number): string => (human && count >= 10_000 ? `${Math.ceil(count / 1_000)}K` : String(count)).padStart(8);
  const line = (source: string, all: number, used: number, path: string): string => `${source.padEnd(14)} ${cell(all)} ${cell(used)} ${cell(all - used)} ${`${Math.ceil((used * 100) / all)}%`.padStart(5)} ${path}\n`;
  const disk = Math.floor(host.diskBytes / 16_384);
  return `${'Filesystem'.padEnd(14)} ${'Inodes'.padStart(8)} ${'IUsed'.padStart(8)} ${'IFree'.padStart(8)} IUse% Mounted on\n${line('/dev/vda1', disk, Math.round((host.diskBytes * (1 - FREE_DISK)) / 71_680), '/')}${line('tmpfs', Math.floor(host.memoryBytes / 8_192), 1, '/dev/shm')}`;
}

/** What the kernel says: of its start, and of its connection table while that is full. */
export const dmesg: HostProgram = (host, call) => {
  const upS = (host.world.clock.nowMs - host.bootedAtMs) / 1000;
  const told = host.journal.lines(null).filter(({ by }) => by === 'kernel').map(({ atMs, text }) => `[${((atMs - host.bootedAtMs) / 1000).toFixed(6).padStart(12)}] ${text}\n`);
  const full = host.wantedConnections > host.sysctls.number('net.netfilter.nf_conntrack_max');
  const dropping = full ? [10, 9, 8, 7, 5, 4, 3, 2, 1].map((ago) => `[${(upS - ago + 0.000_4).toFixed(6).padStart(12)}] nf_conntrack: nf_conntrack: table full, dropping packet\n`) : [];
  return say(call, [...told, ...dropping].join(''));
};
