import type { SimMs } from '../../../time/sim-time.ts';
import type { Op, PodFlow } from '../../traffic/graph.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import { CACHE_WORDS, clientOf, type Client } from '../clients.ts';
import type { Wanted } from '../../traffic/lever-set.ts';
import { bytesOf, type RedisSettings } from './settings.ts';

/** A user of a Redis server beside `default`, or that one changed. */
export interface RedisUser {
  on: boolean;
  passwords: string[];
  nopass: boolean;
  rules: string;
}

/** An entry of the slow log. */
export interface SlowEntry {
  readonly id: number;
  readonly unixS: number;
  readonly tookUs: number;
  readonly words: readonly string[];
}

/** What was counted since the process began: by rates as they were when somebody looked. */
export interface Counters {
  hits: number;
  misses: number;
  commands: number;
  evicted: number;
}

/**
 * What a Redis server behind a Service holds. How it is set up stands in the arguments and environment of its container;
 * what is set by `CONFIG SET` and `ACL SETUSER` lasts until that ends.
 */
export class RedisServer {
  readonly key: string;
  readonly traffic: Traffic;
  /** What its container was started with, read again for each run. */
  started: RedisSettings;
  /** What was set in this run. */
  readonly set = new Map<string, string>();
  readonly users = new Map<string, RedisUser>();
  readonly keys = new Map<string, string>();
  readonly slow: SlowEntry[] = [];
  readonly counters: Counters = { hits: 0, misses: 0, commands: 0, evicted: 0 };
  flushes = 0;
  runSinceMs: SimMs;
  /** Bytes of all that its clients would like to keep in it. */
  readonly wantedBytes: number;
  readonly #born: { readonly password: string | null; readonly shown: ReadonlyMap<string, string | null> };
  #run: string;
  /** Clients whose connections were let in before the password was set anew: they keep them until they begin anew themselves. */
  readonly #letIn = new Set<string>();
  /** How many look-ups had missed when it was emptied last; null where it has not been in this run. */
  #missesAtFlush: number | null = null;
  /** Null until somebody has looked. */
  #countedMs: SimMs | null = null;

  constructor(key: string, traffic: Traffic, started: RedisSettings, limitBytes: number, runSinceMs: SimMs) {
    this.key = key;
    this.traffic = traffic;
    this.started = started;
    this.runSinceMs = runSinceMs;
    // Who set it up gave it room: three quarters of it are used.
    this.wantedBytes = Math.round((bytesOf(started.maxmemory ?? '0') || limitBytes) * 0.72);
    this.#run = this.#runs();
    this.#born = { password: this.password, shown: new Map(this.clients().map(({ pod, password }) => [pod.workloadKey, password])) };
  }

  get pods(): readonly PodFlow[] {
    return this.traffic.places.service(this.key).pods;
  }

  clients(): Client[] {
    return this.traffic.flow.layout.pods.filter(({ variant }) => variant.routes.some(({ ops }) => ops.some((op) => isOf(op, this.key)))).map((pod) => clientOf(pod, this.key, CACHE_WORDS, 'default'));
  }

  /** The password of who gives no name; null where none is asked for. */
  get password(): string | null {
    const value = this.set.get('requirepass') ?? this.started.requirepass ?? '';
    return value === '' ? null : value;
  }

  /** Most bytes that it keeps; 0 for no limit. */
  get maxBytes(): number {
    return bytesOf(this.set.get('maxmemory') ?? this.started.maxmemory ?? '0');
  }

  get policy(): string {
    return this.set.get('maxmemory-policy') ?? this.started.policy ?? 'noeviction';
  }

  /** Share of what its clients would keep that there is room for, and the share of their hits that this leaves. */
  get room(): number {
    const { maxBytes } = this;
    return maxBytes === 0 ? 1 : Math.min(1, maxBytes / this.wantedBytes);
  }

  get usedBytes(): number {
    let warmth = 0;
    for (const pod of this.pods) warmth += pod.warmth / this.pods.length;
    const filled = this.wantedBytes * Math.min(this.room, warmth);
    // What is asked for most is back soon; all the rest only as somebody misses it.
    const back = this.#missesAtFlush === null ? Infinity : (this.counters.misses - this.#missesAtFlush) * KEY_BYTES;
    return Math.round(1_310_720 + Math.min(filled, back));
  }

  /** Keys of its clients, besides those that somebody set by hand. */
  get keysOfClients(): number {
    return Math.round((this.usedBytes - 1_310_720) / KEY_BYTES);
  }

  /** Look-ups a second, and the share that it answers. */
  rates(): { readonly perS: number; readonly hit: number } {
    let perS = 0;
    let hits = 0;
    for (const variant of new Set(this.traffic.flow.layout.pods.map((pod) => pod.variant))) {
      for (const route of variant.routes) {
        for (const op of route.ops) {
          if (op.kind !== 'cache' || op.cache.key !== this.key) continue;
          const rate = route.startedPerS * op.nowShare;
          perS += rate;
          hits += rate * op.nowHit;
        }
      }
    }
    return { perS, hit: perS > 0 ? hits / perS : 0 };
  }

  /** Adds what has passed since somebody looked last. */
  count(nowMs: SimMs): Counters {
    const { perS, hit } = this.rates();
    const seconds = Math.max(0, nowMs - (this.#countedMs ?? this.runSinceMs)) / 1000;
    this.#countedMs = nowMs;
    this.counters.hits += perS * hit * seconds;
    this.counters.misses += perS * (1 - hit) * seconds;
    this.counters.commands += perS * (2 - hit) * seconds;
    if (this.room < 1) this.counters.evicted += perS * (1 - hit) * seconds;
    return this.counters;
  }

  /** Something around it changed. `startedNow` reads what its container has and since when it runs: asked only where that is another run. */
  refreshed(startedNow: () => { readonly settings: RedisSettings; readonly sinceMs: SimMs }): void {
    const runs = this.#runs();
    if (runs === this.#run || runs === '') return;
    this.#run = runs;
    const { settings, sinceMs } = startedNow();
    this.started = settings;
    this.set.clear();
    this.#letIn.clear();
    this.users.clear();
    this.keys.clear();
    this.slow.splice(0);
    Object.assign(this.counters, { hits: 0, misses: 0, commands: 0, evicted: 0 });
    this.flushes = 0;
    this.#missesAtFlush = null;
    this.runSinceMs = sinceMs;
    this.#countedMs = null;
  }

  /** All that it holds is gone. */
  flush(nowMs: SimMs): void {
    this.#missesAtFlush = this.count(nowMs).misses;
    this.flushes++;
    this.keys.clear();
    this.traffic.conditions.adjust('cache-loss', this.key, 1)();
  }

  /** Sets a setting for this run. Who is connected when the password changes stays so. */
  configure(name: string, value: string): void {
    if (name === 'requirepass') for (const client of this.clients()) if (this.refusal(client) === null) this.#letIn.add(connectionOf(client));
    this.set.set(name, value);
  }

  /** Everybody's connections end: they have to be let in again. */
  hangUp(): void {
    this.#letIn.clear();
  }

  /** Why a client is turned away; null where it is not. */
  refusal(client: Client): string | null {
    if (this.#letIn.has(connectionOf(client))) return null;
    const { pod, role, password: shown } = client;
    const { password } = this;
    const known = this.#born.shown.has(pod.workloadKey) && this.#born.shown.get(pod.workloadKey) === shown && this.#born.password === password;
    const user = this.users.get(role);
    if (user !== undefined && (!user.on || !(user.nopass || (shown !== null && user.passwords.includes(shown))))) return shown === null ? NOAUTH : WRONGPASS;
    if (known || password === null || user !== undefined) return null;
    if (role !== 'default') return WRONGPASS;
    return shown === null ? NOAUTH : shown === password ? null : WRONGPASS;
  }

  wanted(): Wanted[] {
    const wanted: Wanted[] = [];
    const { room } = this;
    // The most asked for is kept longest: the first half of the room gives three quarters of the hits.
    if (room < 1) wanted.push({ lever: 'cache-hit', target: this.key, amount: this.policy === 'noeviction' ? room * room : room * (2 - room) });
    const byWorkload = new Map<string, { pods: number; refused: number; says: string }>();
    for (const client of this.clients()) {
      const known = byWorkload.get(client.pod.workloadKey) ?? { pods: 0, refused: 0, says: '' };
      const why = this.refusal(client);
      byWorkload.set(client.pod.workloadKey, { pods: known.pods + 1, refused: known.refused + (why === null ? 0 : 1), says: why ?? known.says });
    }
    for (const [workload, { pods, refused, says }] of byWorkload) if (refused > 0) wanted.push({ lever: 'way-denied', target: `${workload}→${this.key}`, amount: refused / pods, says });
    return wanted;
  }

  lines(): string[] {
    return [`${this.key} room ${this.room}`, `${this.key} password ${this.password ?? 'none'}`, ...[...this.users.keys()].map((name) => `${this.key} user ${name}`)];
  }

  #runs(): string {
    return this.pods.map(({ uid, run }) => `${uid}/${run}`).join(' ');
  }
}

/** A key with its value, in the mean. */
const KEY_BYTES = 1_150;

export const NOAUTH = 'NOAUTH Authentication required.';
export const WRONGPASS = 'WRONGPASS invalid username-password pair or user is disabled.';

/** So many bytes of room leave that part of the hits: the way back from {@link RedisServer.wanted}. */
export function roomFor(hitFactor: number): number {
  return 1 - Math.sqrt(Math.max(0, 1 - hitFactor));
}

/** The run of a client's program that holds a connection. */
function connectionOf({ pod: { uid, run } }: Client): string {
  return `${uid}/${run}`;
}

function isOf(op: Op, key: string): boolean {
  return op.kind === 'cache' && op.cache.key === key;
}
