import type { SimMs } from '../time/sim-time.ts';

/**
 * The timeline: what happened in a drill, as past-tense facts that are only ever appended.
 *
 * `input` facts came from outside the world (a command, a pager's answer, a pause); replay feeds them again at
 * their simulated times. All other facts are outcomes; replay computes them again and compares.
 * What a fact may be seen by is in `audience.ts`; how it is written to a file is in `line.ts`.
 */

/** First line of a timeline: enough, with the inputs, to run the drill again on a machine that has nothing else of it. */
export interface TimelineHeader {
  readonly format: 'gameday-timeline';
  readonly version: 1;
  readonly engine: string;
  /** Names the drill in pages and reports: unique among drills, derived from nothing secret. */
  readonly drillId: string;
  readonly seed: number;
  readonly scenario: {
    /** File name of the scenario inside `files`. */
    readonly file: string;
    /** SHA-256 over the names and texts of `files`, in hexadecimal. */
    readonly sha256: string;
  };
  /** Every text the scenario was read from, by its path relative to the scenario's folder, in order of path. */
  readonly files: Readonly<Record<string, string>>;
  /** Who sits where, in order of their seats. */
  readonly seats: readonly SeatRecord[];
  /** `local`, `pagerduty`, or `none` in a rehearsal. */
  readonly pager: 'local' | 'pagerduty' | 'none';
}

export interface SeatRecord {
  /** `responder-1`, `responder-2`, `dm`. */
  readonly seat: SeatId;
  readonly role: SeatRole;
  readonly name: string;
  /** Who drives it: a person, or the scripted responder of that name. */
  readonly driver: 'person' | ScriptName;
}

export type SeatId = string;
export type SeatRole = 'dm' | 'responder' | 'observer' | 'stakeholder';
export type ScriptName = 'noop' | 'golden' | 'johnny' | 'john' | 'random' | 'cheat';

/** How one drill ended: cause gone and confirmed; symptom gone only; time ran out; time ran out with more impact than doing nothing. */
export type Outcome = 'resolved' | 'mitigated' | 'timebox' | 'worse';

export type Severity = 'SEV-1' | 'SEV-2' | 'SEV-3' | 'SEV-4';

/** What a responder looked at. Rubric B4 counts the distinct kinds. */
export type ObservationKind = 'changes' | 'metrics' | 'logs' | 'state' | 'dependencies' | 'traces' | 'check';

/**
 * How an action can be taken back: U0 read-only, U1 reversible by the API, U2 reversible with a snapshot taken first,
 * U3 compensable only, U4 irreversible (needs the partner's `/confirm`).
 */
export type UndoClass = 'U0' | 'U1' | 'U2' | 'U3' | 'U4';

/** Service level in one interval that ends at the fact's time. */
export interface ServiceLevel {
  readonly service: string;
  /** Requests that ended in the interval, and those of them that failed or were too slow. Rounded to 1/1000. */
  readonly total: number;
  readonly bad: number;
  /** Latencies in ms, rounded; null where no request ended. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** The impact of a ghost run: the same scenario and seed, played by a script over the same horizon. */
export interface GhostRun {
  readonly as: ScriptName;
  readonly outcome: Outcome;
  /** ∫ bad share dt over the horizon, in minutes. */
  readonly badMinutes: number;
  readonly ttmMs: number | null;
  readonly ttrMs: number | null;
}

/** A verb of the API, in the words of Kubernetes' audit log. */
type ApiVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Bytes that came from a client: as text where they are UTF-8, else in base64. */
export interface Received {
  readonly as: 'text' | 'base64';
  readonly data: string;
}

/** One request to the cluster's API, with all that its answer depends on beside the cluster itself. */
export interface ApiRequested {
  readonly seat: SeatId;
  /** Whom the token stands for. */
  readonly user: string;
  readonly groups: readonly string[];
  /** Whom it wants to speak for instead, or null. */
  readonly as: { readonly user: string; readonly groups: readonly string[] } | null;
  readonly verb: ApiVerb;
  /** '' is the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | null;
  /** Null for all namespaces, and for kinds without. */
  readonly namespace: string | null;
  readonly name: string | null;
  readonly method: string;
  /** Decoded; the query is as it came, without `?`. */
  readonly path: string;
  readonly query: string;
  readonly accept: string;
  /** Null where the request had none. */
  readonly mediaType: string | null;
  readonly body: Received | null;
  /** What the connection is to become: such as `websocket`; null where it stays as it is. */
  readonly upgrade: string | null;
  readonly agent: string;
  /** What kubectl says of itself: such as `kubectl get`, and one id for all requests of one run. */
  readonly command: string | null;
  readonly session: string | null;
  /** Wall clock minus simulated clock as the client was shown it, in whole seconds given in ms. */
  readonly offsetMs: number;
  readonly code: number;
  /** SHA-256 of the body of the answer, in hexadecimal; '' where it streams. */
  readonly answer: string;
}

/** What each fact says beside `seq`, `atMs` and `causeSeq`. */
export type Happening =
  // Inputs.
  | { readonly type: 'command-given'; readonly seat: SeatId; readonly line: string }
  | { readonly type: 'pager-answered'; readonly page: string; readonly person: string; readonly via: 'pagerduty' }
  | { readonly type: 'drill-paused'; readonly reason: 'quit' | 'asked' }
  | { readonly type: 'drill-continued' }
  /** A seat's real program, such as kubectl, begins to run a line. What it does to the cluster are requests of its own; a replay runs no program. */
  | { readonly type: 'tool-started'; readonly seat: SeatId; readonly line: string }
  /** It ended: by itself with a code, or null where it was stopped. `shown` is the digest of the `lines` that it printed, `tail` the last of them. */
  | { readonly type: 'tool-ended'; readonly seat: SeatId; readonly exit: number | null; readonly lines: number; readonly shown: string; readonly tail: readonly string[] }
  /** The cluster's API is open to a seat's own clients, as that user: the role is such as `view` or `shop/edit`. */
  | { readonly type: 'api-opened'; readonly seat: SeatId; readonly user: string; readonly groups: readonly string[]; readonly role: string }
  | ({ readonly type: 'api-requested' } & ApiRequested)
  /** A client starts a command in a container, or joins what runs there (then `command` is empty). */
  | {
      readonly type: 'process-started';
      readonly seat: SeatId;
      readonly verb: 'exec' | 'attach';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly command: readonly string[];
      readonly stdin: boolean;
      readonly tty: boolean;
    }
  /** It types into it, closes its input, changes the size of its terminal, or leaves. */
  | {
      readonly type: 'process-told';
      readonly seat: SeatId;
      readonly what: 'typed' | 'closed' | 'resized' | 'left';
      readonly data: Received | null;
      readonly columns: number | null;
      readonly rows: number | null;
    }
  /** A client asks what listens on a port of a pod, through the API's proxy or a forwarded port. */
  | {
      readonly type: 'pod-asked';
      readonly seat: SeatId;
      readonly namespace: string;
      readonly pod: string;
      readonly port: number;
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Received | null;
    }
  // The world's side.
  | { readonly type: 'stage-entered'; readonly stage: string }
  | { readonly type: 'fault-began'; readonly fault: string; readonly kind: string; readonly target: string }
  | { readonly type: 'fault-ended'; readonly fault: string; readonly how: 'ended' | 'cured' }
  | { readonly type: 'alert-fired'; readonly alert: string; readonly service: string; readonly text: string; readonly value: number }
  | { readonly type: 'alert-cleared'; readonly alert: string; readonly service: string }
  | { readonly type: 'change-made'; readonly who: string; readonly what: string; readonly target: string }
  | { readonly type: 'workload-ready-changed'; readonly workload: string; readonly ready: number; readonly desired: number }
  | { readonly type: 'service-level-measured'; readonly slo: ServiceLevel; readonly burn: number; readonly budgetUsed: number; readonly services: readonly ServiceLevel[] }
  /** A process that a client started ended, or could not be started; `shown` is the digest of all that it printed. */
  | { readonly type: 'process-exited'; readonly seat: SeatId; readonly code: number; readonly shown: string }
  /** What it answered. */
  | { readonly type: 'pod-answered'; readonly seat: SeatId; readonly status: number; readonly shown: string }
  // Pages.
  | { readonly type: 'page-sent'; readonly page: string; readonly seats: readonly SeatId[]; readonly severity: Severity; readonly text: string; readonly again: boolean }
  | { readonly type: 'page-acknowledged'; readonly page: string; readonly seat: SeatId; readonly via: 'local' | 'pagerduty' }
  | { readonly type: 'page-resolved'; readonly page: string }
  // The exercise's side.
  | { readonly type: 'inject-said'; readonly inject: string; readonly from: string; readonly text: string }
  | { readonly type: 'hint-given'; readonly seat: SeatId | null; readonly text: string }
  // What responders did and said.
  | { readonly type: 'command-refused'; readonly seat: SeatId; readonly line: string; readonly reason: string }
  | {
      readonly type: 'observed';
      readonly seat: SeatId;
      readonly kind: ObservationKind;
      readonly tool: string;
      /** What was looked at, such as `deployment/checkout` or `storefront`; `*` for everything. */
      readonly target: string;
      /** Digest of what was shown, so that a replay proves the responder saw the same. */
      readonly shown: string;
    }
  | {
      readonly type: 'api-written';
      readonly seat: SeatId;
      readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
      readonly resource: string;
      readonly namespace: string;
      readonly name: string;
      readonly code: number;
      readonly undoClass: UndoClass;
      /** The command line that takes it back, or null where none does. */
      readonly undo: string | null;
      /** The fact of the write that this one took back by `/undo`, or null where it took none back. */
      readonly undoes: number | null;
    }
  | { readonly type: 'flag-flipped'; readonly seat: SeatId; readonly flag: string; readonly from: string; readonly to: string }
  | { readonly type: 'said'; readonly seat: SeatId; readonly text: string; readonly to: SeatId | null }
  | { readonly type: 'claimed'; readonly seat: SeatId }
  | { readonly type: 'role-taken'; readonly seat: SeatId; readonly role: string }
  | { readonly type: 'hypothesis-stated'; readonly seat: SeatId; readonly id: string; readonly text: string }
  | { readonly type: 'hypothesis-settled'; readonly seat: SeatId; readonly id: string; readonly as: 'confirmed' | 'rejected' }
  | { readonly type: 'plan-stated'; readonly seat: SeatId; readonly text: string }
  | { readonly type: 'verified'; readonly seat: SeatId; readonly bad: number; readonly burn: number; readonly p95Ms: number | null; readonly meets: boolean }
  | { readonly type: 'update-posted'; readonly seat: SeatId; readonly audience: 'team' | 'stakeholders'; readonly text: string }
  | { readonly type: 'ticket-filed'; readonly seat: SeatId; readonly to: string; readonly text: string }
  | { readonly type: 'handed-off'; readonly seat: SeatId; readonly text: string }
  /** A command that nothing takes back waits for the partner. */
  | { readonly type: 'confirm-asked'; readonly seat: SeatId; readonly line: string }
  | { readonly type: 'confirmed'; readonly seat: SeatId; readonly command: number }
  // The verdict and the end.
  | { readonly type: 'verdict-reached'; readonly verdict: 'mitigated' | 'resolved' | 'violated'; readonly checks: readonly string[] }
  /** The drill ends without it: each check that did not hold, with what was seen. */
  | { readonly type: 'verdict-missed'; readonly checks: readonly string[] }
  | { readonly type: 'resolve-claimed'; readonly seat: SeatId; readonly failing: readonly string[] }
  | { readonly type: 'drill-ended'; readonly outcome: Outcome }
  | { readonly type: 'ghost-measured'; readonly ghost: GhostRun };

export type HappeningType = Happening['type'];

/** A happening with its place: `seq` from 1 without gaps, `atMs` never before the fact ahead, `causeSeq` the fact it follows from, or null. */
export type Fact<Type extends HappeningType = HappeningType> = {
  readonly seq: number;
  readonly atMs: SimMs;
  readonly causeSeq: number | null;
} & Extract<Happening, { type: Type }>;

export interface Timeline {
  readonly header: TimelineHeader;
  readonly facts: readonly Fact[];
}

/** True for facts of one type, narrowing: `facts.filter(isA('page-sent'))`. */
export function isA<Type extends HappeningType>(type: Type): (fact: Fact) => fact is Fact<Type> {
  return (fact): fact is Fact<Type> => fact.type === type;
}
