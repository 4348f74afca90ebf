import { Host } from './host.ts';
import type { HostWorld } from './host-world.ts';

/** What turns machines off and on, as the kubelets feel it. */
interface Power {
  failNode(name: string): boolean;
  recoverNode(name: string): boolean;
}

/** The machines behind the nodes of a cluster. Each is made when somebody first needs it. */
export class Hosts {
  readonly #world: HostWorld;
  readonly #power: Power;
  readonly #hosts = new Map<string, Host>();

  constructor(world: Omit<HostWorld, 'host' | 'reboot'>, power: Power) {
    this.#world = { ...world, host: (name) => this.of(name), reboot: (name) => this.reboot(name) };
    this.#power = power;
  }

  /** By its name, or by its address where it was looked at before; null where there never was such a node. */
  of(name: string): Host | null {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#world.store.get('Node', '', name) === undefined) return [...this.#hosts.values()].find(({ podIp }) => podIp === name) ?? null;
    const host = new Host(name, this.#world);
    this.#hosts.set(name, host);
    if (this.#world.kubelet.answers(name) === 'silent') host.cut();
    return host;
  }

  /** By how many ms a node's clock is ahead. */
  clockMs(name: string): number {
    return this.#hosts.get(name)?.clockMs ?? 0;
  }

  /** False where it was off, or is none. */
  turnOff(name: string): boolean {
    if (!this.#power.failNode(name)) return false;
    this.#hosts.get(name)?.cut();
    return true;
  }

  turnOn(name: string): boolean {
    if (!this.#power.recoverNode(name)) return false;
    const host = this.#hosts.get(name);
    host?.boot();
    if (host?.runs('kubelet') === false) this.#world.kubelet.silence(name);
    return true;
  }

  reboot(name: string): void {
    if (this.turnOff(name)) this.#world.agenda.addAfter(BOOT_MS, { due: () => void this.turnOn(name) });
  }
}

/** From the command to services that run. */
const BOOT_MS = 55_000;
