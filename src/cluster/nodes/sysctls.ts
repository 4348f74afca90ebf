import { type Folder, folder, type PlainFile } from '../shell/file-system.ts';

/** What the kernel of a node keeps under /proc/sys: defaults, and what was written over them since it was booted. */
export class Sysctls {
  readonly #written = new Map<string, string>();
  readonly #live: Readonly<Record<string, () => string>>;
  readonly #changed: () => void;

  /** `live`: what the kernel itself says, and nobody can write. */
  constructor(live: Readonly<Record<string, () => string>>, changed: () => void) {
    this.#live = live;
    this.#changed = changed;
  }

  get names(): readonly string[] {
    return [...Object.keys(DEFAULTS), ...Object.keys(this.#live)].toSorted((one, other) => (one < other ? -1 : 1));
  }

  /** Undefined where the kernel knows no such name. */
  get(name: string): string | undefined {
    if (Object.hasOwn(this.#live, name)) return this.#live[name]?.();
    return this.#written.get(name) ?? (Object.hasOwn(DEFAULTS, name) ? DEFAULTS[name] : undefined);
  }

  number(name: string): number {
    return Number(this.get(name)?.split(/\s+/)[0] ?? 0);
  }

  /** Sets a value; what the kernel says to one that it does not take, or null. */
  set(name: string, value: string): string | null {
    if (Object.hasOwn(this.#live, name)) return 'Permission denied';
    if (!Object.hasOwn(DEFAULTS, name)) return 'No such file or directory';
    const words = value.trim().split(/\s+/);
    const wanted = (DEFAULTS[name] as string).split(/\s+/);
    if (words.length > wanted.length || words.some((word) => !/^-?\d+$/.test(word))) return 'Invalid argument';
    if (name === 'net.ipv4.ip_local_port_range' && !(words.length === 2 && Number(words[0]) <= Number(words[1]) && Number(words[1]) <= 65_535)) return 'Invalid argument';
    this.#written.set(name, words.join('\t'));
    this.#changed();
    return null;
  }

  /** A boot forgets what was only written to the running kernel. */
  forget(): void {
    this.#written.clear();
  }

  /** The settings as files below /proc/sys. */
  folder(): Folder {
    const root = folder(0);
    for (const name of this.names) {
      const parts = name.split('.');
      let at = root;
      for (const part of parts.slice(0, -1)) {
        const next = at.entries.get(part);
        const inner = next?.type === 'folder' ? next : folder(0);
        at.entries.set(part, inner);
        at = inner;
      }
      at.entries.set(parts.at(-1) as string, this.#file(name));
    }
    return root;
  }

  #file(name: string): PlainFile {
    const read = (): string => `${this.get(name) ?? ''}\n`;
    // A redirection empties a file, then adds to it: the last line is what was written.
    const write = (bytes: string): void => void this.set(name, bytes.trimEnd().split('\n').at(-1) ?? '');
    return {
      type: 'file', mode: 0o644, uid: 0, changedAtMs: 0,
      get bytes() {
        return read();
      },
      set bytes(bytes: string) {
        write(bytes);
      },
    };
  }
}

/** Of Debian's 6.1 kernel on a machine of 16 GiB, as far as people ask for them. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'fs.file-max': '9223372036854775807', 'fs.inotify.max_user_instances': '128', 'fs.inotify.max_user_watches': '122425', 'fs.nr_open': '1048576',
  'kernel.panic': '10', 'kernel.panic_on_oops': '1', 'kernel.pid_max': '4194304', 'kernel.threads-max': '127524',
  'net.bridge.bridge-nf-call-ip6tables': '1', 'net.bridge.bridge-nf-call-iptables': '1',
  'net.core.netdev_max_backlog': '1000', 'net.core.rmem_max': '212992', 'net.core.somaxconn': '4096', 'net.core.wmem_max': '212992',
  'net.ipv4.conf.all.rp_filter': '0', 'net.ipv4.ip_forward': '1', 'net.ipv4.ip_local_port_range': '32768\t60999', 'net.ipv4.ip_local_reserved_ports': '0', 'net.ipv4.neigh.default.gc_thresh3': '1024',
  'net.ipv4.tcp_fin_timeout': '60', 'net.ipv4.tcp_keepalive_time': '7200', 'net.ipv4.tcp_max_syn_backlog': '1024', 'net.ipv4.tcp_tw_reuse': '2',
  'net.netfilter.nf_conntrack_buckets': '65536', 'net.netfilter.nf_conntrack_max': '131072', 'net.netfilter.nf_conntrack_tcp_timeout_close_wait': '60', 'net.netfilter.nf_conntrack_tcp_timeout_established': '432000', 'net.netfilter.nf_conntrack_tcp_timeout_time_wait': '120',
  'vm.max_map_count': '65530', 'vm.overcommit_memory': '1', 'vm.panic_on_oom': '0', 'vm.swappiness': '60',
};
