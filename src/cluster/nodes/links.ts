import type { HostWorld } from './host-world.ts';

/** A discipline that somebody has put onto the network interface of a node: it lets through only so much a second, and holds the rest back. */
export interface Shaping {
  readonly rate: string;
  readonly burst: string;
  readonly latencyMs: number;
}

/** The way of a node to the pods of others: routes, and what its interface does to packets. */
export class Links {
  readonly #node: string;
  readonly #store: HostWorld['store'];
  readonly #kubelet: HostWorld['kubelet'];
  readonly #changed: () => void;
  /** Networks whose route is gone. */
  readonly #gone = new Set<string>();
  #shaping: Shaping | null = null;
  #down = false;

  constructor(node: string, { store, kubelet }: Pick<HostWorld, 'store' | 'kubelet'>, changed: () => void) {
    this.#node = node;
    this.#store = store;
    this.#kubelet = kubelet;
    this.#changed = changed;
  }

  /** The network of each other node's pods, and its way there. */
  get peers(): readonly { readonly network: string; readonly via: string }[] {
    return this.#networks().filter(({ node }) => node !== this.#node).map(({ network, via }) => ({ network, via }));
  }

  /** The network of its own pods. */
  get own(): string {
    return this.#kubelet.networkOf(this.#node);
  }

  get routes(): readonly { readonly network: string; readonly via: string }[] {
    return this.peers.filter(({ network }) => !this.#gone.has(network));
  }

  get shaping(): Shaping | null {
    return this.#shaping;
  }

  set shaping(shaping: Shaping | null) {
    this.#shaping = shaping;
    this.#changed();
  }

  /** Whether the interface is up. */
  get up(): boolean {
    return !this.#down;
  }

  set up(up: boolean) {
    this.#down = !up;
    this.#changed();
  }

  get delayMs(): number {
    return this.#shaping?.latencyMs ?? 0;
  }

  /** Share of what is sent beyond the node that finds no way. */
  get lostShare(): number {
    if (this.#down) return 1;
    if (this.#gone.size === 0) return 0;
    const { peers } = this;
    return peers.length === 0 ? 0 : peers.filter(({ network }) => this.#gone.has(network)).length / peers.length;
  }

  /** Takes the route to a network away; false where there is none. */
  unroute(network: string): boolean {
    if (!this.routes.some((route) => route.network === network)) return false;
    this.#gone.add(network);
    this.#changed();
    return true;
  }

  /** Adds a route; a wide one leads to all that it covers. False where all of that is there already. */
  route(network: string): boolean {
    const found = [...this.#gone].filter((gone) => gone === network || (network.endsWith('/16') && gone.startsWith(network.replace(/\d+\.\d+\/16$/, ''))));
    for (const one of found) this.#gone.delete(one);
    this.#changed();
    return found.length > 0;
  }

  routeAll(): void {
    this.#gone.clear();
    this.#changed();
  }

  reset(): void {
    this.#gone.clear();
    this.#shaping = null;
    this.#down = false;
  }

  #networks(): { readonly node: string; readonly network: string; readonly via: string }[] {
    return this.#store.list('Node', null).map(({ metadata: { name }, spec, status }) => ({
      node: name,
      network: spec?.podCIDR ?? this.#kubelet.networkOf(name),
      via: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? this.#kubelet.addressOf(name),
    }));
  }
}
