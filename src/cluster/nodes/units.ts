import type { SimMs } from '../../time/sim-time.ts';
import { type Process, SIGNALS } from '../shell/process.ts';

export type UnitName = 'kubelet' | 'containerd' | 'chrony' | 'ssh' | 'flanneld' | 'systemd-networkd' | 'systemd-journald' | 'cron';

/** What a service is and how systemd looks after it. */
interface UnitFile {
  readonly description: string;
  readonly docs: string;
  readonly command: readonly string[];
  /** After an unclean end it is started again so much later; null for never. */
  readonly restartMs: number | null;
}

/** One service of a node. */
export interface Unit extends UnitFile {
  readonly name: UnitName;
  state: 'active' | 'inactive' | 'failed' | 'auto-restart';
  sinceMs: SimMs;
  /** Its main process, or the one that it had. */
  task: Process | null;
  code: number;
  enabled: boolean;
}

/** What a service does when it is started: a line that says why it cannot, or null; and when it ends. */
export interface UnitAct {
  start(): string | null;
  stopped(): void;
}

/** Where services run. */
interface UnitHost {
  nowMs(): SimMs;
  spawn(title: readonly string[], ended: (code: number) => void): Process;
  after(delayMs: number, step: () => void): void;
  say(by: string, unit: UnitName, pid: number, text: string): void;
}

/** The services of a node under systemd: each has a process, which can be killed; systemd starts what it is to start again. */
export class Units {
  readonly all: ReadonlyMap<UnitName, Unit>;
  readonly #host: UnitHost;
  readonly #acts: Partial<Readonly<Record<UnitName, UnitAct>>>;
  /** Counts boots and starts: what was to be done in an earlier one is off. */
  #era = 0;

  constructor(host: UnitHost, acts: Partial<Readonly<Record<UnitName, UnitAct>>>, bootedAtMs: SimMs) {
    this.#host = host;
    this.#acts = acts;
    this.all = new Map((Object.entries(FILES) as [UnitName, UnitFile][]).map(([name, file]) => [name, { ...file, name, state: 'active', sinceMs: bootedAtMs, task: null, code: 0, enabled: true }]));
    for (const unit of this.all.values()) unit.task = this.#process(unit);
  }

  /** By the name that people use: `kubelet`, `kubelet.service`, `chronyd`. */
  find(name: string): Unit | undefined {
    const bare = name.replace(/\.service$/, '');
    return this.all.get((ALIASES[bare] ?? bare) as UnitName);
  }

  /** Starts a service that does not run. False where it failed to. */
  start(unit: Unit): boolean {
    if (unit.state === 'active') return true;
    this.#era++;
    const { name } = unit;
    this.#host.say('systemd', name, 1, `Started ${name}.service - ${unit.description}.`);
    const trouble = this.#acts[name]?.start() ?? null;
    unit.sinceMs = this.#host.nowMs();
    if (trouble !== null) {
      unit.task = null;
      this.#host.say(nameOf(unit), name, 0, trouble);
      this.#ended(unit, 1);
      return false;
    }
    unit.state = 'active';
    unit.task = this.#process(unit);
    return true;
  }

  stop(unit: Unit): void {
    if (unit.state !== 'active' && unit.state !== 'auto-restart') return;
    this.#era++;
    const { name, task } = unit;
    const ran = unit.state === 'active';
    this.#host.say('systemd', name, 1, `Stopping ${name}.service - ${unit.description}...`);
    unit.state = 'inactive';
    unit.sinceMs = this.#host.nowMs();
    unit.code = 0;
    task?.signal('KILL');
    this.#host.say('systemd', name, 1, `${name}.service: Deactivated successfully.`);
    this.#host.say('systemd', name, 1, `Stopped ${name}.service - ${unit.description}.`);
    if (ran) this.#acts[name]?.stopped();
  }

  /** The power goes: nothing is told. */
  cut(): void {
    this.#era++;
    for (const unit of this.all.values()) {
      if (unit.state === 'active') this.#acts[unit.name]?.stopped();
      unit.state = 'inactive';
      unit.task = null;
    }
  }

  boot(): void {
    for (const unit of this.all.values()) if (unit.enabled) this.start(unit);
  }

  #process(unit: Unit): Process {
    return this.#host.spawn(unit.command, (code) => {
      if (unit.state !== 'active') return;
      this.#host.say('systemd', unit.name, 1, `${unit.name}.service: Main process exited, code=killed, status=${code - 128}/${signalName(code)}`);
      this.#acts[unit.name]?.stopped();
      this.#ended(unit, code);
    });
  }

  #ended(unit: Unit, code: number): void {
    const { name, restartMs } = unit;
    if (code < 128) this.#host.say('systemd', name, 1, `${name}.service: Main process exited, code=exited, status=${code}/FAILURE`);
    this.#host.say('systemd', name, 1, `${name}.service: Failed with result '${code > 128 ? 'signal' : 'exit-code'}'.`);
    unit.code = code;
    unit.sinceMs = this.#host.nowMs();
    unit.state = restartMs === null ? 'failed' : 'auto-restart';
    if (restartMs === null) return;
    const era = this.#era;
    this.#host.after(restartMs, () => {
      if (unit.state !== 'auto-restart' || era !== this.#era) return;
      this.#host.say('systemd', name, 1, `${name}.service: Scheduled restart job.`);
      this.start(unit);
    });
  }
}

function signalName(code: number): string {
  return Object.entries(SIGNALS).find(([, number]) => number === code - 128)?.[0] ?? 'KILL';
}

/** The name of a service's program, as the journal has it. */
export function nameOf({ command }: Unit): string {
  return (command[0] ?? '').replace(/.*\//, '');
}

const ALIASES: Readonly<Record<string, UnitName>> = { chronyd: 'chrony', sshd: 'ssh', flannel: 'flanneld', networkd: 'systemd-networkd' };

const FILES: Readonly<Record<UnitName, UnitFile>> = {
  'systemd-journald': { description: 'Journal Service', docs: 'man:systemd-journald.service(8)', command: ['/lib/systemd/systemd-journald'], restartMs: 0 },
  'systemd-networkd': { description: 'Network Configuration', docs: 'man:systemd-networkd.service(8)', command: ['/lib/systemd/systemd-networkd'], restartMs: 0 },
  chrony: { description: 'chrony, an NTP client/server', docs: 'man:chronyd(8)', command: ['/usr/sbin/chronyd', '-F', '1'], restartMs: null },
  cron: { description: 'Regular background program processing daemon', docs: 'man:cron(8)', command: ['/usr/sbin/cron', '-f'], restartMs: 0 },
  ssh: { description: 'OpenBSD Secure Shell server', docs: 'man:sshd(8)', command: ['/usr/sbin/sshd', '-D'], restartMs: 100 },
  containerd: { description: 'containerd container runtime', docs: 'https://containerd.io', command: ['/usr/bin/containerd'], restartMs: 5_000 },
  flanneld: { description: 'flannel, routes between the pods of nodes', docs: 'https://github.com/flannel-io/flannel', command: ['/usr/local/bin/flanneld', '--kube-subnet-mgr', '--ip-masq'], restartMs: 5_000 },
  kubelet: { description: 'kubelet: The Kubernetes Node Agent', docs: 'https://kubernetes.io/docs/', command: ['/usr/bin/kubelet', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--config=/var/lib/kubelet/config.yaml', '--container-runtime-endpoint=unix:///run/containerd/containerd.sock'], restartMs: 10_000 },
};
