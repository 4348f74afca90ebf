import type { JsonPatchOperation } from './api.ts';
import type { KubeObject } from './objects.ts';

/**
 * A cluster as `scenarios/clusters/NAME/` describes it: `objects.yaml` holds Kubernetes manifests as they would be
 * applied to a real cluster; `traffic.yaml` says what the images do and who calls them.
 */
export interface ClusterSpec {
  readonly name: string;
  readonly objects: readonly KubeObject[];
  readonly traffic: TrafficSpec;
}

/** An image that a cluster declares for itself: what it does is as another public image does, or as it says. */
export interface DeclaredImage {
  /** The public image that it behaves like, such as `nginx`. */
  readonly like: string | null;
  readonly tags: readonly string[];
  /** Only who brings a pull secret for its host may have it. */
  readonly private: boolean;
  /** The registry has had enough of us. */
  readonly rateLimited: boolean;
  /** Ends by itself so long after each start. */
  readonly exits: { readonly afterMs: number; readonly code: number } | null;
  /** Lines that it writes when it starts. */
  readonly log: readonly string[];
  /** It is an operator of database clusters; absent where it is none. */
  readonly operator?: OperatorSpec;
}

/** The custom kind that an operator reconciles: its definition is one of the cluster's objects. */
export interface OperatorSpec {
  readonly kind: string;
  readonly plural: string;
  readonly group: string;
}

export interface TrafficSpec {
  /** What users ask of which service. */
  readonly load: readonly LoadSpec[];
  /** By image without its tag. */
  readonly programs: Readonly<Record<string, ProgramSpec>>;
  /** Further images, by image without its tag; absent where there are none. */
  readonly images?: Readonly<Record<string, DeclaredImage>>;
  /** Parties outside of the cluster, by name; steps call them as `external/NAME`. */
  readonly externals: Readonly<Record<string, ExternalSpec>>;
  /** Where it is in the world; absent where it is in one place. Nodes say by the label `topology.kubernetes.io/region` in which region they are. */
  readonly regions?: Readonly<Record<string, RegionSpec>>;
  /** Names that users of all regions know, by host. */
  readonly globals?: Readonly<Record<string, GlobalSpec>>;
  /** What else goes on that has nothing to do with anything; nothing where absent. */
  readonly noise?: 'none' | 'some' | 'much';
  /** Alert rules, evaluated over the signals. */
  readonly alerts: readonly AlertSpec[];
}

export interface RegionSpec {
  /** Where people of this region work. */
  readonly namespace: string | null;
  /** To others. */
  readonly roundTripMs: Readonly<Record<string, number>>;
}

/** A load balancer of the whole world: sends users to the nearest region that is well. */
export interface GlobalSpec {
  /** `address`: one address that is everywhere; `dns`: a name whose answers are kept for `ttlMs`. */
  readonly by: 'address' | 'dns';
  readonly ttlMs: number;
  /** Asked so often; so many answers in a row turn what is believed. */
  readonly check: { readonly everyMs: number; readonly failures: number; readonly successes: number };
  /** By region: `namespace/service`. */
  readonly backends: Readonly<Record<string, string>>;
}

/** Users who send `ratePerS` requests to a route of a Service of the cluster. */
export interface LoadSpec {
  /** `namespace/service`. */
  readonly service: string;
  readonly route: string;
  readonly ratePerS: number;
  /** Relative standard deviation of the rate from one 15 s interval to the next. */
  readonly noise: number;
  /** After this long a user gives up; the work goes on without them. */
  readonly patienceMs: number;
  /** How often a user who met a failure tries again at once. */
  readonly retries: number;
  /** The address that users know, where they come through an Ingress: what that says decides where they get. */
  readonly ingress?: { readonly host: string; readonly path: string };
  /** The name of the world that its users know, and the region that they are in: `service` is then the one of whose users they count. */
  readonly global?: string;
  readonly from?: string;
  /** How the rate follows the day: `rate` is that at `peakMs` after midnight, twelve hours later it is `lowest` of it. */
  readonly daily?: { readonly peakMs: number; readonly lowest: number };
  /** Beside that, so many times as much for `lengthMs`, each time that `everyMs` have passed since midnight: a crawler, a job of somebody else's. */
  readonly bursts?: { readonly everyMs: number; readonly lengthMs: number; readonly factor: number };
}

/** What a container of an image does. `Setting`s can be changed by the responders: by environment or by a flag. */
export interface ProgramSpec {
  readonly tags: readonly string[];
  readonly kind: 'service' | 'database' | 'cache' | 'worker';
  /** Topics of brokers that its pods read, as one group. A broker is a service whose routes are its topics. */
  readonly consumes?: readonly ConsumerSpec[];
  /** Databases: follows the one whose address is in `env`, and is a primary without it. Behind by at least `lagMs`; catches up `catchUp` times as fast as is written. */
  readonly replica?: { readonly env: string; readonly lagMs: number; readonly catchUp: number };
  /** What it does by itself before it ends, where it is the program of a Job. */
  readonly job?: BatchSpec;
  /** From the container's start until its readiness probe may pass. */
  readonly startMs: number;
  /** Requests served at once; the rest queue. */
  readonly threads: Setting;
  /** Environment variables without which the program exits with an error, and what it logs then. */
  readonly needs: readonly string[];
  /** `namespace/configmap` whose keys are read live, without a restart, or null. */
  readonly flags: string | null;
  /** Databases: client connections it takes before it refuses more. */
  readonly maxConnections: Setting | null;
  /** Databases: what they do beside statements, again and again; absent where it never matters. */
  readonly upkeep?: readonly UpkeepSpec[];
  /** Databases: CPU that a new connection costs, in ms; absent where it never matters. */
  readonly connectMs?: number;
  /** Databases and caches: how many times slower, and how much rarer a hit, right after a start, and how many served requests warm it up. */
  readonly cold: { readonly factor: number; readonly requests: number } | null;
  /** Requests that may wait for a thread before more are turned away; absent is a listen backlog of 512. */
  readonly queue?: Setting;
  /** Who waits is served in order of arrival, or the newest first: then the oldest may never be; absent is in order. */
  readonly order?: 'fifo' | 'lifo';
  /** Routes that are turned away first, from half a full queue on. */
  readonly sheds?: readonly string[];
  /** Until when the certificate is good that it shows, as Unix time in ms; absent where its callers look at none. */
  readonly certificateUntilMs?: number;
  /** Memory that requests inside take; absent where it never matters. */
  readonly memory?: { readonly perRequestMiB: number; /** The heap that its runtime allows itself: the fuller it is, the more is spent on collecting. */ readonly heapMiB?: number };
  /** By route; `default` serves routes that have no entry of their own. */
  readonly routes: Readonly<Record<string, readonly Step[]>>;
  /** What single versions do differently, by tag. */
  readonly versions: Readonly<Record<string, VersionSpec>>;
  /** Lines that healthy life logs, with `{route}`, `{ms}`, `{id}` filled in. */
  readonly logs: readonly LogSpec[];
  /** How it writes them; plain text where absent. */
  readonly logFormat?: LogFormat;
  /** What it answers the API server, where it serves admission webhooks. */
  readonly webhook?: WebhookSpec;
}

/** Work of so many units, as many at once as the program has threads; then the container ends. */
export interface BatchSpec {
  /** The program's own route that handles one unit. */
  readonly route: string;
  readonly units: Setting;
  /** In MiB: what it keeps of each unit until `flushEvery` of them are written at once. */
  readonly unitMiB: number;
  readonly flushEvery: Setting;
  /** With more failures than these it gives up. */
  readonly mayFail: Setting;
}

export interface ConsumerSpec {
  /** The broker, as DNS, and its topic: the route that producers call. */
  readonly from: string;
  readonly topic: string;
  /** The consumer's own route that handles one message. */
  readonly route: string;
  /** Each is read by one pod, one message after the other. */
  readonly partitions: number;
  /** What waits longer is gone. */
  readonly retentionMs: number;
  /** For so long nobody reads when pods come or go. */
  readonly rebalanceMs: number;
}

/** Admission webhooks that a program serves over HTTPS. */
export interface WebhookSpec {
  /** Of the container. */
  readonly port: number;
  /** From the call to its answer. */
  readonly latencyMs: Setting;
  /** The first rule of a path whose condition holds decides; without one the request is allowed. */
  readonly rules: readonly WebhookRule[];
}

interface WebhookRule {
  readonly path: string;
  /** CEL over `request`, `object` and `oldObject`. */
  readonly if: string;
  /** Refuses with this message. */
  readonly deny: string | null;
  readonly warn: string | null;
  /** Operations of RFC 6902 on the object. */
  readonly patch: readonly JsonPatchOperation[] | null;
}

export interface VersionSpec {
  /** CPU steps take this many times as long. */
  readonly cpuFactor: number;
  /** Share of requests that fail by a defect of this version. */
  readonly errors: number;
  /** Exits this long after its start, or null. */
  readonly crashAfterMs: number | null;
}

export type LogFormat = 'text' | 'json' | 'logfmt';

export interface LogSpec {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  /** Lines per served request. */
  readonly perRequest: number;
}

/** A number that the environment variable `env` (or the flag of that name) overrides. */
export interface Setting {
  readonly default: number;
  readonly env: string | null;
}

/** One thing that a request does, in order. Durations in ms, before contention. */
export type Step =
  /** CPU time in all, on so many threads at once; absent is one. */
  | { readonly do: 'cpu'; readonly ms: number; readonly threads?: Setting }
  | { readonly do: 'call'; readonly call: CallSpec }
  /** Takes one connection from the pod's pool to `on`, runs `steps` while it holds it, gives it back. */
  | { readonly do: 'transaction'; readonly on: string; readonly pool: Setting; readonly acquireTimeoutMs: Setting; /** How the pool gets its connections; the usual way where absent. */ readonly connect?: ConnectSpec; readonly steps: readonly Step[] }
  /** Inside a transaction: works in the database for so long. `lock` names rows that only one transaction may hold at once. */
  | { readonly do: 'query'; readonly ms: number; readonly lock: string | null; /** Fails on a replica that lags behind by more. */ readonly freshMs?: number; /** The table that it works on; absent is one named after the lock, or after what its program does. */ readonly table?: string; /** A replica does not take it; absent where it does unless rows are locked. */ readonly writes?: boolean }
  /** Asks a cache; runs `miss` for the share that it does not have. */
  | { readonly do: 'cached'; readonly on: string; readonly hit: number; readonly ms: number; readonly expiry?: CacheExpiry; readonly miss: readonly Step[] }
  /** Runs `steps` only while the named setting is none of `off`, `false`, `0`. */
  | { readonly do: 'when'; readonly env: string; readonly default: string; readonly steps: readonly Step[] };

/** What a cache holds ends after `ttlMs`. Until the source has answered, everybody misses; or, where misses are coalesced, one asks and all wait. */
export interface CacheExpiry {
  readonly ttlMs: number;
  readonly coalesced: boolean;
}

export interface CallSpec {
  /** `service.namespace:port/route`-less: the DNS name of a Service (`payments` or `payments.shop`), or `external/NAME`. */
  readonly to: string;
  readonly route: string;
  /** Calls per request; below 1 it is a share of requests. */
  readonly times: number;
  readonly timeoutMs: Setting;
  readonly retries: Setting;
  /** The pause before the first retry, twice as long before each further one, each with full jitter; absent is none. */
  readonly backoffMs?: Setting;
  /** At most this share of first tries is tried again; absent is without a limit. */
  readonly budget?: number;
  /** The environment variable (or flag) that sets it. */
  readonly budgetEnv?: string;
  readonly breaker?: BreakerSpec;
  /** Whether it keeps its connections for further calls; absent where it does. */
  readonly keepAlive?: { readonly env: string | null; readonly default: boolean };
  /** What a failed call means for the request. */
  readonly onFailure: 'fail' | 'degrade';
}

/** Opens when `failures` of the calls fail, lets none through for `openMs`, then a few to see whether all is well again. */
interface BreakerSpec {
  readonly failures: number;
  readonly openMs: Setting;
}

/** A checkpoint, a vacuum: from each `everyMs` since midnight on, for `lengthMs`, it takes so many cores, and the disk takes longer for each statement. */
export interface UpkeepSpec {
  readonly everyMs: number;
  readonly lengthMs: number;
  readonly cores: number;
  readonly diskMs: number;
}

/** How a pool opens connections: how long it waits for one, how long it pauses (in the mean, with full jitter) after it did not get one, and how long it keeps each. */
export interface ConnectSpec {
  readonly timeoutMs: Setting;
  readonly pauseMs: Setting;
  readonly lifetimeMs: Setting;
}

export interface ExternalSpec {
  readonly latencyMs: number;
  readonly errors: number;
  readonly host: string;
  /** Requests a second that it grants us before it answers 429; absent where it does not count. */
  readonly limitPerS?: number;
}

/** An alert rule: fires when the value has been beyond the threshold for `forMs`. */
export interface AlertSpec {
  readonly name: string;
  readonly service: string;
  readonly metric: 'error-ratio' | 'p95-ms' | 'connections-used' | 'restarts' | 'cpu-used' | 'unready';
  readonly above: number;
  readonly forMs: number;
  readonly severity: 'page' | 'warning';
  readonly text: string;
}
