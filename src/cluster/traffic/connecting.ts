import { exp } from '../../time/exact-math.ts';
import type { DatabaseFlow, Layout, PodFlow, PoolFlow } from './graph.ts';

/**
 * Connections that are being set up. It costs a database CPU (authentication, TLS, a process of its own), all attempts share
 * its cores, and who waits for longer than the client's time-out begins anew: what was done for it is lost. With enough of them
 * at once none ever succeeds, and the database does nothing else. Only for databases whose description says what it costs.
 */
export interface Connecting {
  /** Attempts under way. */
  tries: number;
  /** For so long the pool has had none at all. */
  emptyMs: number;
}

/** A piece of it takes this share of its mean for certain; the rest is exponential. */
const CERTAIN = 0.41;
/** Below this, what is lacking is a rounding error. */
const NOTHING = 1e-6;

interface Client {
  readonly pod: PodFlow;
  readonly pool: PoolFlow;
}

/** A database that connections are dear to, and the pools that want some. */
interface Door {
  readonly database: DatabaseFlow;
  readonly clients: readonly Client[];
  /** The other ends of the connections that are open. */
  readonly servers: readonly PodFlow[];
}

/** All doors of a layout. A cluster where connections cost nothing has none, and pays nothing. */
export class Doors {
  #doors: readonly Door[] = [];

  /** Share of the connections to a database that still have a server at the other end. */
  kept({ service }: DatabaseFlow): number {
    const before = this.#doors.find(({ database }) => database.service === service)?.servers;
    return before === undefined || before.length === 0 ? 1 : before.filter((pod) => service.pods.includes(pod)).length / before.length;
  }

  /** To be called when the layout changed, after what is lost was taken away. */
  refresh({ pods }: Layout, databases: Iterable<DatabaseFlow>): void {
    this.#doors = Array.from(databases).flatMap((database) => {
      if (connectCpuMs(database) === 0) return [];
      return [{ database, servers: [...database.service.pods], clients: pods.flatMap((pod) => pod.pools.flatMap((pool) => (pool.plan.database === database ? [{ pod, pool }] : []))) }];
    });
  }

  /** One tick: asks for what is lacking, and keeps the server's cores busy with it. True while anybody is connecting. */
  step(tickMs: number): boolean {
    let busy = false;
    for (const door of this.#doors) if (stepDoor(door, tickMs)) busy = true;
    return busy;
  }
}

/** CPU that a database spends on one new connection, in ms; 0 where nobody says. */
export function connectCpuMs({ service }: DatabaseFlow): number {
  return service.pods[0]?.variant.program.connectMs ?? 0;
}

function stepDoor({ database, clients }: Door, tickMs: number): boolean {
  const { pods } = database.service;
  const costMs = connectCpuMs(database);
  if (costMs === 0 || !database.up) {
    for (const { pool } of clients) pool.connecting.tries = 0;
    return false;
  }
  let cores = 0;
  let working = 0;
  for (const pod of pods) {
    cores += pod.cores * pod.given;
    working += Math.min(pod.cpuDemand - pod.connectCores, pod.cores);
  }
  let tries = 0;
  let renewed = 0;
  for (const { pool } of clients) {
    tries += launch(pool, tickMs);
    renewed += (pool.granted * tickMs) / pool.plan.lifetimeMs;
  }
  let spentMs = renewed * costMs;
  if (tries > NOTHING) {
    const tookMs = (costMs * tries) / Math.max(0.001, Math.min(tries, (cores * tries) / (tries + Math.max(0, working))));
    for (const client of clients) spentMs += finish(client, database, { tookMs, costMs, tickMs });
  }
  const each = spentMs / tickMs / pods.length;
  for (const pod of pods) {
    pod.connectCores = each;
    pod.queryDemand += each;
    if (each > 0) pod.queriesPerS += (spentMs / costMs) * (1000 / tickMs) / pods.length;
  }
  return tries > NOTHING;
}

/** Begins to ask for what a pool lacks: at once, or after a pause. Returns the attempts under way. */
function launch({ plan, granted, connecting }: PoolFlow, tickMs: number): number {
  const resting = Math.max(0, plan.size - granted - connecting.tries);
  connecting.tries += plan.connectPauseMs <= 0 ? resting : resting * (1 - exp(-tickMs / plan.connectPauseMs));
  return connecting.tries;
}

/** Ends those attempts of a pool that come to an end in this tick, one way or the other. Returns the CPU time that they took. */
function finish({ pod, pool }: Client, database: DatabaseFlow, { tookMs, costMs, tickMs }: { readonly tookMs: number; readonly costMs: number; readonly tickMs: number }): number {
  const { plan, connecting } = pool;
  if (connecting.tries <= NOTHING) return 0;
  const patience = plan.connectTimeoutMs / tookMs;
  const inTime = patience <= CERTAIN ? 0 : 1 - exp(-(patience - CERTAIN) / (1 - CERTAIN));
  const ended = connecting.tries * Math.min(1, tickMs / Math.min(tookMs, plan.connectTimeoutMs));
  const room = Math.max(0, Math.min(plan.size - pool.granted, database.maxConnections - database.open));
  const got = Math.min(room, ended * inTime);
  connecting.tries = Math.max(0, connecting.tries - ended);
  // The last thousandth of a fluid never comes.
  const more = plan.size - pool.granted - got < 0.01 ? Math.min(room, plan.size - pool.granted) : got;
  pool.granted += more;
  database.open += more;
  pool.station.resize(Math.max(0, Math.floor(pool.granted + NOTHING - pod.leaked)));
  return ended * costMs * (inTime + (1 - inTime) * Math.min(1, patience));
}
