import type { Fact, HappeningType, Outcome, SeatId, SeatRecord, Severity } from '../journal/timeline.ts';
import type { SimMs } from '../time/sim-time.ts';

/** What has been said and done in a drill, as far as commands and screens need it: the fold of its facts. */
export interface DrillState {
  readonly seats: readonly SeatRecord[];
  readonly pages: readonly PageState[];
  readonly claimedBy: SeatId | null;
  readonly claimedAtMs: SimMs | null;
  readonly roles: ReadonlyMap<SeatId, string>;
  /** Who each seat is to the cluster's API, where that was opened to it. */
  readonly users: ReadonlyMap<SeatId, ApiUser>;
  readonly hypotheses: readonly HypothesisState[];
  readonly plan: string | null;
  readonly tickets: readonly { readonly to: string; readonly text: string }[];
  /** All that responders said, lower case: chat, updates, hypotheses. */
  readonly words: readonly string[];
  /** Kinds and targets of all observations. */
  readonly observed: ReadonlySet<string>;
  /** Texts of the hints that were given, by request or not. */
  readonly hints: readonly string[];
  /** Ids of the injects that were said. */
  readonly injects: ReadonlySet<string>;
  /** Ways back, newest last. */
  readonly undos: readonly UndoStep[];
  readonly awaiting: AwaitingConfirm | null;
  /** When the verdict's checks for it came to hold, while nobody was paged since. */
  readonly mitigatedAtMs: SimMs | null;
  /** When the responders last said that it is over, while nobody woke them since. */
  readonly resolvedAtMs: SimMs | null;
  readonly violated: boolean;
  readonly pausedAtMs: SimMs | null;
  readonly outcome: Outcome | null;
}

export interface PageState {
  readonly id: string;
  readonly severity: Severity;
  readonly text: string;
  readonly sentAtMs: SimMs;
  readonly seats: readonly SeatId[];
  readonly acknowledged: readonly { readonly seat: SeatId; readonly atMs: SimMs }[];
  readonly resolved: boolean;
}

interface ApiUser {
  readonly user: string;
  readonly groups: readonly string[];
}

interface HypothesisState {
  readonly id: string;
  readonly text: string;
  readonly as: 'open' | 'confirmed' | 'rejected';
}

/** A write that can be taken back: by a command line, or by making the object that `seq` removed again. */
export interface UndoStep {
  readonly seq: number;
  /** The command that wrote it: what one command did is taken back together. */
  readonly command: number | null;
  readonly line: string;
}

/** A command that cannot be taken back, held until the partner confirms it. */
interface AwaitingConfirm {
  readonly seq: number;
  readonly seat: SeatId;
  readonly line: string;
}

export function openingState(seats: readonly SeatRecord[]): DrillState {
  return {
    seats, pages: [], claimedBy: null, claimedAtMs: null, roles: new Map(), users: new Map(), hypotheses: [], plan: null, tickets: [], words: [], observed: new Set(),
    hints: [], injects: new Set(), undos: [], awaiting: null, mitigatedAtMs: null, resolvedAtMs: null, violated: false, pausedAtMs: null, outcome: null,
  };
}

/** The page that rings for a seat, newest last. */
export function ringingFor(state: DrillState, seat: SeatId): PageState[] {
  return state.pages.filter((page) => !page.resolved && page.seats.includes(seat) && !page.acknowledged.some((by) => by.seat === seat));
}

/** The name of whoever sits on a seat; the seat itself where nobody is known to. */
export function nameOf(state: DrillState, seat: SeatId): string {
  return state.seats.find((record) => record.seat === seat)?.name ?? seat;
}

/** Responders' seats, in order. */
export function responders(state: DrillState): SeatId[] {
  return state.seats.filter(({ role }) => role === 'responder').map(({ seat }) => seat);
}

/** Folds one fact into the state. Never refuses, never rolls, never looks elsewhere. */
export function evolve(state: DrillState, fact: Fact): DrillState {
  // The table holds one fold for each type of fact; TypeScript cannot see that this one fits this fact.
  const fold = FOLDS[fact.type] as ((state: DrillState, fact: Fact) => DrillState) | null;
  return fold === null ? state : fold(state, fact);
}

/** What each type of fact changes; null where nothing that is asked of the state. */
const FOLDS = {
  'page-sent': (state, fact) => ({
    ...state,
    mitigatedAtMs: null,
    resolvedAtMs: null,
    pages: [...state.pages, { id: fact.page, severity: fact.severity, text: fact.text, sentAtMs: fact.atMs, seats: fact.seats, acknowledged: [], resolved: false }],
  }),
  'page-acknowledged': (state, fact) => withPage(state, fact.page, (page) => ({ ...page, acknowledged: [...page.acknowledged, { seat: fact.seat, atMs: fact.atMs }] })),
  'page-resolved': (state, fact) => withPage(state, fact.page, (page) => ({ ...page, resolved: true })),
  observed: (state, fact) => ({ ...state, observed: new Set([...state.observed, fact.kind, fact.target, `${fact.kind} ${fact.target}`]) }),
  'api-written': withWrite,
  'flag-flipped': withFlip,
  said: (state, fact) => heard(state, fact.text),
  claimed: (state, fact) => ({ ...state, claimedBy: fact.seat, claimedAtMs: state.claimedAtMs ?? fact.atMs }),
  'role-taken': (state, fact) => ({ ...state, roles: new Map([...state.roles, [fact.seat, fact.role]]) }),
  'hypothesis-stated': (state, fact) => ({ ...heard(state, fact.text), hypotheses: [...state.hypotheses, { id: fact.id, text: fact.text, as: 'open' }] }),
  'hypothesis-settled': (state, fact) => ({ ...state, hypotheses: state.hypotheses.map((one) => (one.id === fact.id ? { ...one, as: fact.as } : one)) }),
  'plan-stated': (state, fact) => ({ ...heard(state, fact.text), plan: fact.text }),
  'update-posted': (state, fact) => heard(state, `update ${fact.text}`),
  'ticket-filed': (state, fact) => ({ ...state, tickets: [...state.tickets, { to: fact.to, text: fact.text }] }),
  'inject-said': (state, fact) => ({ ...state, injects: new Set([...state.injects, fact.inject]) }),
  'hint-given': (state, fact) => ({ ...state, hints: [...state.hints, fact.text] }),
  confirmed: (state) => ({ ...state, awaiting: null }),
  'confirm-asked': (state, fact) => ({ ...state, awaiting: { seq: fact.seq, seat: fact.seat, line: fact.line } }),
  'verdict-reached': (state, fact) => ({
    ...state,
    mitigatedAtMs: fact.verdict === 'mitigated' ? fact.atMs : state.mitigatedAtMs,
    violated: state.violated || fact.verdict === 'violated',
  }),
  'resolve-claimed': (state, fact) => ({ ...state, resolvedAtMs: fact.atMs }),
  'drill-paused': (state, fact) => ({ ...state, pausedAtMs: fact.atMs }),
  'drill-continued': (state) => ({ ...state, pausedAtMs: null }),
  'drill-ended': (state, fact) => ({ ...state, outcome: fact.outcome }),
  'command-given': null,
  'command-refused': null,
  'pager-answered': null,
  'tool-started': null,
  'process-started': null,
  'process-told': null,
  'pod-asked': null,
  'pod-answered': null,
  'process-exited': null,
  'tool-ended': null,
  'api-opened': (state, fact) => ({ ...state, users: new Map([...state.users, [fact.seat, { user: fact.user, groups: fact.groups }]]) }),
  'api-requested': null,
  'stage-entered': null,
  'fault-began': null,
  'fault-ended': null,
  'alert-fired': null,
  'alert-cleared': null,
  'change-made': null,
  'workload-ready-changed': null,
  'service-level-measured': null,
  verified: null,
  'handed-off': null,
  'verdict-missed': null,
  'ghost-measured': null,
} as const satisfies { readonly [Type in HappeningType]: ((state: DrillState, fact: Fact<Type>) => DrillState) | null };

function withPage(state: DrillState, id: string, change: (page: PageState) => PageState): DrillState {
  return { ...state, pages: state.pages.map((page) => (page.id === id ? change(page) : page)) };
}

function withWrite(state: DrillState, fact: Fact<'api-written'>): DrillState {
  if (fact.code >= 400) return state;
  const undos = fact.undoes === null ? state.undos : state.undos.filter(({ seq }) => seq !== fact.undoes);
  return { ...state, undos: fact.undo === null || fact.undoes !== null ? undos : [...undos, { seq: fact.seq, command: fact.causeSeq, line: fact.undo }] };
}

/** Flipping a flag back takes the flip back; it is no new thing to undo. */
function withFlip(state: DrillState, fact: Fact<'flag-flipped'>): DrillState {
  const back = state.undos.findLast(({ line }) => line === `/flag ${fact.flag} ${fact.to}`);
  const undos = back === undefined ? [...state.undos, { seq: fact.seq, command: fact.causeSeq, line: `/flag ${fact.flag} ${fact.from}` }] : state.undos.filter((undo) => undo !== back);
  return { ...state, undos };
}

function heard(state: DrillState, text: string): DrillState {
  return { ...state, words: [...state.words, text.toLowerCase()] };
}
