import type { Severity, SeatId, SeatRole, Outcome } from '../journal/timeline.ts';
import type { SimMs } from '../time/sim-time.ts';

/**
 * All that one seat may see at one moment, and nothing else: the UI, the web page and remote seats draw this and hold
 * no drill. It is plain data that survives JSON.
 */
export interface Screen {
  readonly seat: SeatId;
  readonly role: SeatRole;
  readonly you: string;
  readonly title: string;
  readonly synopsis: string;
  readonly clock: ScreenClock;
  readonly incident: IncidentView;
  /** Newest last. Closed pages stay, marked. */
  readonly pages: readonly PageView[];
  readonly people: readonly PersonView[];
  /** The incident room, oldest first. */
  readonly chat: readonly ChatLine[];
  /** What this seat may know of the timeline, oldest first. */
  readonly timeline: readonly TimelineLine[];
  /** The dashboard this seat has open, then the service level it is measured by. */
  readonly dashboards: readonly DashboardView[];
  /** What this seat's own commands answered, oldest first. */
  readonly outputs: readonly OutputBlock[];
  readonly commands: readonly CommandHelp[];
  /** What `/undo` would run, or null where there is nothing to undo. */
  readonly undo: string | null;
  /** A U4 command of the partner's that waits for this seat's `/confirm`, or null. */
  readonly awaitingConfirm: string | null;
  /** The file by which this seat's own clients find the cluster, on this machine; null where it is not served. */
  readonly kubeconfig: string | null;
  /** Set once the drill has ended. */
  readonly end: EndView | null;
}

export interface ScreenClock {
  readonly atMs: SimMs;
  /** Unix time in ms that the drill pretends to start at; the incident clock shows `startsAtMs + atMs` in UTC. */
  readonly startsAtMs: number;
  readonly timeboxMs: number;
  /** Simulated ms since the newest page was sent, or null before the first. */
  readonly sincePageMs: number | null;
}

export interface IncidentView {
  readonly state: 'quiet' | 'paged' | 'acknowledged' | 'resolved' | 'ended';
  readonly severity: Severity | null;
  readonly lead: string | null;
  readonly hypotheses: readonly { readonly id: string; readonly text: string; readonly as: 'open' | 'confirmed' | 'rejected' }[];
  readonly plan: string | null;
  readonly tickets: readonly { readonly to: string; readonly text: string }[];
}

export interface PageView {
  readonly id: string;
  readonly severity: Severity;
  readonly text: string;
  readonly sentAtMs: SimMs;
  /** Rings for this seat: sent to it and not acknowledged by it. */
  readonly ringing: boolean;
  readonly acknowledged: readonly { readonly name: string; readonly atMs: SimMs }[];
  readonly resolved: boolean;
}

export interface PersonView {
  readonly seat: SeatId;
  readonly name: string;
  readonly role: string | null;
  readonly scripted: boolean;
}

export interface ChatLine {
  readonly atMs: SimMs;
  readonly from: string;
  /** `inject`: from outside the room; `system`: the exercise itself. */
  readonly kind: 'person' | 'inject' | 'system' | 'page' | 'update';
  readonly text: string;
}

export interface TimelineLine {
  readonly seq: number;
  readonly atMs: SimMs;
  readonly who: string | null;
  readonly kind: 'world' | 'page' | 'look' | 'act' | 'talk' | 'end';
  readonly text: string;
}

export interface DashboardView {
  readonly title: string;
  readonly panels: readonly PanelView[];
}

/** One plotted series. `values` are evenly spaced, oldest first; null where nothing was measured. */
export interface PanelView {
  readonly label: string;
  readonly unit: 'ms' | '/s' | '%' | '' | 'MiB';
  readonly values: readonly (number | null)[];
  readonly stepMs: number;
  /** What is normal at this hour: median of the quiet time before, or null. */
  readonly baseline: number | null;
  /** The line that must not be crossed (an objective, a limit), or null. */
  readonly limit: number | null;
  /** Which way is worse. */
  readonly worse: 'up' | 'down';
}

export interface OutputBlock {
  readonly seq: number;
  readonly atMs: SimMs;
  readonly line: string;
  /** Lines of plain text, control characters already neutralised. */
  readonly text: readonly string[];
  /** `refused`: the drill would not do it; `failed`: the tool answered with an error; `running`: it has not ended yet. */
  readonly status: 'ok' | 'failed' | 'refused' | 'running';
}

/** One entry of the command table, as this seat finds it now. */
export interface CommandHelp {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly group: 'look' | 'act' | 'talk' | 'incident';
  /** Null where it may be used now; else why not, in a sentence. */
  readonly disabled: string | null;
  /** Whole lines that complete what is typed so far may begin with these. */
  readonly examples: readonly string[];
}

export interface EndView {
  readonly outcome: Outcome;
  readonly headline: string;
  /** Lines of the hot wash: anchors, intervals, impact, score. */
  readonly lines: readonly string[];
}
