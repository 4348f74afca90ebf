import type { CallOp, Layout, Op, PodFlow, RouteFlow } from './graph.ts';

/**
 * Local ports of each pod towards one destination, where its program opens a new connection for every call. A port is taken
 * from the call until its connection has waited long enough after it was closed (TIME_WAIT); with none left, a call fails at once.
 */
export interface PortTable {
  /** Ports that are taken, in each pod. */
  taken: number;
  /** Share of the calls that find none. */
  lacking: number;
}

/** Linux keeps the port of a closed connection for so long. Source: TCP_TIMEWAIT_LEN of include/net/tcp.h. */
const TIME_WAIT_MS = 60_000;
/** What a pod has without a sysctl of its own. Source: net.ipv4.ip_local_port_range, 32768 to 60999. */
const USUAL_PORTS = 28_232;
const RANGE = 'net.ipv4.ip_local_port_range';

interface Caller {
  readonly op: Op & CallOp;
  readonly route: RouteFlow;
  readonly table: PortTable;
  readonly pods: number;
  /** Of each of them. */
  readonly ports: number;
}

/** All tables of a layout. A cluster whose programs keep their connections has none. */
export class Ports {
  #callers: readonly Caller[] = [];

  /** To be called when the layout changed. */
  refresh({ pods, variants }: Layout): void {
    this.#callers = variants.flatMap((variant) => {
      const own = variant.routes.some(({ ops }) => ops.some(opensEach)) ? pods.filter((pod) => pod.variant === variant) : [];
      const ports = own[0]?.localPorts ?? 0;
      return own.length === 0 ? [] : variant.routes.flatMap((route) => route.ops.flatMap((op) => (opensEach(op) ? [{ op, route, table: op.ports, pods: own.length, ports }] : [])));
    });
  }

  /** One tick of calls. True while a table fills or empties. */
  step(tickMs: number): boolean {
    let moving = false;
    for (const { op, route, table, pods, ports } of this.#callers) {
      const wanted = (route.startedPerS * op.nowShare * op.attempts * tickMs) / 1000 / pods;
      const left = table.taken * (1 - Math.min(1, tickMs / TIME_WAIT_MS));
      const opened = Math.min(wanted, Math.max(0, ports - left));
      const taken = left + opened;
      moving ||= Math.abs(taken - table.taken) > 0.01 * ports;
      table.taken = taken;
      table.lacking = wanted > 0 ? 1 - opened / wanted : 0;
    }
    return moving;
  }

  /** Ports that wait in a pod, over all whom it calls. */
  takenIn(pod: PodFlow): number {
    let taken = 0;
    for (const { op, table } of this.#callers) if (pod.variant.routes.some(({ ops }) => ops.includes(op))) taken += table.taken;
    return Math.round(taken);
  }
}

/** How many ports containers of a pod may connect from, by its sysctls. */
export function localPortsOf(sysctls: readonly { readonly name: string; readonly value: string }[] | undefined): number {
  const written = sysctls?.find(({ name }) => name === RANGE)?.value;
  if (written === undefined) return USUAL_PORTS;
  const [first = 0, last = 0] = written.split(/\s+/).filter((word) => word !== '').map(Number);
  return Math.max(0, last - first + 1);
}

/** What a program says that has none left. */
export const NO_PORT = 'dial tcp: connect: cannot assign requested address';

/** Share of a call's tries that find no port. */
export function portless({ ports }: CallOp): number {
  return ports === null ? 0 : ports.lacking;
}

function opensEach(op: Op): op is Op & CallOp & { readonly ports: PortTable } {
  return op.kind === 'call' && op.ports !== null;
}
