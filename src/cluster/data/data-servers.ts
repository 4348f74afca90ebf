import type { Agenda } from '../../time/agenda.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { Destination } from '../containers/network.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { environmentOf } from '../traffic/settings.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { type DiskPlace, NODE_SHARE_BYTES, ServerDisk } from './disk.ts';
import { KafkaServer } from './kafka/server.ts';
import { LeverSet, type Wanted } from '../traffic/lever-set.ts';
import { PgServer } from './postgres/server.ts';
import { PgSession, type SessionWorld } from './postgres/session.ts';
import { RedisServer } from './redis/server.ts';
import { RedisSession } from './redis/session.ts';
import { type RedisSettings, redisSettings } from './redis/settings.ts';
import { quantityBytes } from '../quantity.ts';

type Pod = KindMap['Pod'];

/** What the servers of data live in. */
export interface DataWorld {
  readonly agenda: Agenda<AgendaEntry>;
  readonly seed: number;
  readonly store: ObjectStore;
  readonly clock: ClusterClock;
  readonly traffic: Traffic;
}

/** Who asks a server of data to be let in, and from where: null is its own host. */
export interface Caller {
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  readonly address: string | null;
}

/** The databases, caches and brokers of a cluster as servers with a state of their own. Each is made when somebody first looks into it. */
export class DataServers {
  readonly #world: DataWorld;
  readonly #postgres = new Map<string, PgServer>();
  readonly #redis = new Map<string, RedisServer>();
  readonly #disks = new Map<string, ServerDisk>();
  readonly #kafka = new Map<string, KafkaServer>();
  readonly #levers: LeverSet;
  #sessions = 0;

  constructor(world: DataWorld) {
    this.#world = world;
    this.#levers = new LeverSet(world.traffic.conditions);
    world.traffic.onRefresh = () => this.#refreshed();
  }

  /** The PostgreSQL server behind a Service `namespace/name`. */
  postgres(key: string, environment: ReadonlyMap<string, string> = this.#world.traffic.places.service(key).pods[0]?.environment ?? NOTHING): PgServer {
    const known = this.#postgres.get(key);
    if (known !== undefined) return known;
    const server = new PgServer(key, this.#world.traffic, environment, this.#world.seed, this.#world.agenda.nowMs);
    this.#postgres.set(key, server);
    return server;
  }

  /** The Redis server behind a Service `namespace/name`. */
  redis(key: string, pod: Pod | undefined = this.#podOf(key)): RedisServer {
    const known = this.#redis.get(key);
    if (known !== undefined) return known;
    const limit = quantityBytes(pod?.spec?.containers[0]?.resources?.limits?.['memory']) || 536_870_912;
    const server = new RedisServer(key, this.#world.traffic, this.#redisSettings(pod), limit, this.#startedMs(pod));
    this.#redis.set(key, server);
    return server;
  }

  /** The disk of the database behind a Service. */
  disk(key: string): ServerDisk {
    const known = this.#disks.get(key) ?? new ServerDisk(this.postgres(key), () => this.#placeOf(key), this.nowMs);
    this.#disks.set(key, known);
    known.server.misread = () => known.misread;
    return known;
  }

  /** The disk that a pod's database writes to; null for a pod that is none of a database. */
  diskOf(pod: Pod): ServerDisk | null {
    const flow = this.#world.traffic.flow.layout.pods.find(({ uid }) => uid === pod.metadata.uid);
    return flow?.variant.program.kind === 'database' ? this.disk(this.#serviceOf(pod)) : null;
  }

  #placeOf(key: string): DiskPlace {
    const pod = this.#podOf(key);
    const { store } = this.#world;
    const mount = pod?.spec?.containers[0]?.volumeMounts?.find(({ name }) => pod.spec?.volumes?.some((volume) => volume.name === name && volume.persistentVolumeClaim !== undefined));
    const claim = pod?.spec?.volumes?.find(({ name }) => name === mount?.name)?.persistentVolumeClaim?.claimName ?? null;
    const found = claim === null ? undefined : store.get('PersistentVolumeClaim', pod?.metadata.namespace ?? '', claim);
    const size = found?.status?.capacity?.['storage'] ?? found?.spec?.resources?.requests?.['storage'];
    const data = pod?.spec?.containers[0]?.env?.find(({ name }) => name === 'PGDATA')?.value;
    return { mountPath: mount?.mountPath ?? data ?? '/var/lib/postgresql/data', claim, sizeBytes: quantityBytes(size) || NODE_SHARE_BYTES, node: pod?.spec?.nodeName ?? '', volume: found?.spec?.volumeName ?? null };
  }

  /** The broker behind a Service `namespace/name`, or at the other end of a connection. */
  kafka(at: string | Extract<Destination, { to: 'listener' }>): KafkaServer {
    const key = typeof at === 'string' ? at : (at.service ?? (at.pod === null ? at.ip : this.#serviceOf(at.pod)));
    const server = this.#kafka.get(key) ?? new KafkaServer(key, this.#world.traffic);
    this.#kafka.set(key, server);
    return server;
  }

  addressOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string | null {
    return this.#world.store.get('Pod', namespace, name)?.status?.podIP ?? null;
  }

  /** Somebody sends `FLUSHALL`. */
  flushRedis(key: string): void {
    new RedisSession(this.redis(key), 40_999, this.#around).force(['FLUSHALL']);
  }

  /** A connection to the Redis server that a pod runs. */
  openRedis(to: Extract<Destination, { to: 'listener' }>): RedisSession {
    const server = to.pod === null ? this.redis(to.service ?? to.ip) : this.redis(to.service ?? this.#serviceOf(to.pod), to.pod);
    return new RedisSession(server, 41_000 + this.#sessions++, this.#around);
  }

  /** A session on the server that a pod runs, or the server's words of refusal. */
  openPostgres(to: Extract<Destination, { to: 'listener' }>, { user, password, database, address }: Caller): PgSession | string {
    const server = to.pod === null ? this.postgres(to.service ?? to.ip) : this.postgres(to.service ?? this.#serviceOf(to.pod), environmentOf(to.pod, this.#world.store));
    const name = user ?? server.superuser;
    const base = database ?? (address === null || user === null ? server.database : name);
    const role = server.roles.all.get(name);
    const wrong = address !== null && server.authentication !== 'trust' && role?.password !== null && (role === undefined || role.password !== password);
    if (wrong) return password === null ? `fe_sendauth: no password supplied` : `FATAL:  password authentication failed for user "${name}"`;
    if (role === undefined) return `FATAL:  role "${name}" does not exist`;
    if (!role.login) return `FATAL:  role "${name}" is not permitted to log in`;
    if (base !== server.database && base !== 'postgres' && base !== 'template1') return `FATAL:  database "${base}" does not exist`;
    const flow = this.#world.traffic.places.databases.get(server.key);
    if (!role.superuser && flow !== undefined && flow.maxConnections > 0 && flow.open >= flow.maxConnections - RESERVED) return flow.open >= flow.maxConnections ? 'FATAL:  sorry, too many clients already' : 'FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute';
    return new PgSession(server, name, base, 29_000 + ((this.#sessions++ * 17) % 3_000), this.#around);
  }

  #all(): { wanted(): Wanted[]; lines(): string[] }[] {
    return [...this.#postgres.values(), ...this.#redis.values(), ...this.#kafka.values(), ...this.#disks.values()];
  }

  /** What sessions need of the world. */
  get #around(): SessionWorld {
    const { agenda, clock, store } = this.#world;
    return {
      get nowMs() {
        return agenda.nowMs;
      },
      unixMs: (atMs) => clock.unixMs(atMs),
      addressOf: (client) => this.addressOf(client),
      startedMs: (client) => this.#startedMs(store.get('Pod', client.namespace, client.name)),
      changed: () => this.settle(),
    };
  }

  /** Pods came or went. Caches are met at once: how they are set up stands in their containers, where anybody may change it. */
  #refreshed(): void {
    const { layout } = this.#world.traffic.flow;
    const caches = new Set(layout.pods.filter(({ variant }) => variant.program.kind === 'cache'));
    if (caches.size > 0) {
      for (const service of this.#world.traffic.places.services.values()) if (!service.key.includes(':') && service.pods.some((pod) => caches.has(pod))) this.redis(service.key);
    }
    if (this.#postgres.size + this.#redis.size + this.#kafka.size === 0) return;
    for (const server of this.#postgres.values()) server.refreshed();
    for (const server of this.#redis.values()) server.refreshed(() => this.#startOf(this.#podOf(server.key)));
    this.settle();
  }

  /** When a pod's first container was started. */
  #startedMs(pod: Pod | undefined): SimMs {
    const at = Date.parse(pod?.status?.containerStatuses?.[0]?.state?.running?.startedAt ?? '');
    return Number.isNaN(at) ? this.nowMs : at - this.#world.clock.unixMs(0);
  }

  /** The pod that leads: the first by its name, of several. */
  #podOf(key: string): Pod | undefined {
    const [flow] = this.#world.traffic.places.service(key).pods.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return flow === undefined ? undefined : this.#world.store.get('Pod', flow.namespace, flow.name);
  }

  #startOf(pod: Pod | undefined): { readonly settings: RedisSettings; readonly sinceMs: SimMs } {
    return { settings: this.#redisSettings(pod), sinceMs: this.#startedMs(pod) };
  }

  #redisSettings(pod: Pod | undefined): RedisSettings {
    return pod === undefined ? {} : redisSettings(pod.spec?.containers[0]?.args ?? [], environmentOf(pod, this.#world.store));
  }

  get nowMs(): SimMs {
    return this.#world.agenda.nowMs;
  }

  /** What they do by themselves from time to time. To be called now and then while something waits for it. */
  tend(): void {
    for (const server of this.#postgres.values()) server.tend(this.nowMs);
    for (const server of this.#kafka.values()) server.tend(this.nowMs);
    this.settle();
  }

  /** What they hold, one line a thing, for who compares. */
  lines(): string[] {
    return this.#all().flatMap((server) => server.lines());
  }

  /** Lets what the servers are like reach the traffic. To be called when one of them has changed. */
  settle(): void {
    for (const server of this.#postgres.values()) server.count(this.nowMs);
    this.#levers.follow(this.#all().flatMap((server) => server.wanted()));
  }

  /** The Service that leads to a pod; a name of its own where none does. */
  #serviceOf(pod: Pod): string {
    const flow = this.#world.traffic.flow.layout.pods.find(({ uid }) => uid === pod.metadata.uid);
    const { places } = this.#world.traffic;
    if (flow !== undefined) {
      for (const { key, service } of places.databases.values()) if (service.pods.includes(flow)) return key;
      for (const service of places.services.values()) if (!service.key.includes(':') && service.pods.includes(flow)) return service.key;
      return flow.workloadKey;
    }
    return `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
  }
}

/** Connections that only a superuser gets. */
const RESERVED = 3;
const NOTHING: ReadonlyMap<string, string> = new Map();
