import type { Cluster } from '../cluster/cluster.ts';
import { mayKnow } from '../journal/audience.ts';
import type { Fact, HappeningType, SeatId, SeatRole } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimMs } from '../time/sim-time.ts';
import { dashboardOf, findSubject } from './dashboards.ts';
import { factWords } from './fact-words.ts';
import type { ChatLine, CommandHelp, DashboardView, IncidentView, OutputBlock, PageView, PersonView, Screen, TimelineLine } from './screen.ts';
import { type DrillState, nameOf, ringingFor } from './state.ts';

/** What the screens are made of. */
interface Shown {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly nowMs: SimMs;
  readonly state: DrillState;
  readonly facts: readonly Fact[];
}

/** Builds the screens of one seat, reading each fact once. Nothing that the seat may not know passes through here. */
export class SeatView {
  readonly #drill: Shown;
  readonly #seat: SeatId;
  readonly #role: SeatRole;
  #chat: ChatLine[] = [];
  #timeline: TimelineLine[] = [];
  #read = 0;
  #openDashboard: string | null = null;
  #dashboards: { readonly windows: number; readonly open: string | null; readonly views: readonly DashboardView[] } = { windows: -1, open: null, views: [] };

  constructor(drill: Shown, seat: SeatId) {
    this.#drill = drill;
    this.#seat = seat;
    this.#role = drill.state.seats.find((record) => record.seat === seat)?.role ?? 'observer';
  }

  screen(outputs: readonly OutputBlock[], commands: readonly CommandHelp[]): Screen {
    this.#readFacts();
    const { state, scenario, nowMs } = this.#drill;
    const newest = state.pages.at(-1);
    return {
      seat: this.#seat,
      role: this.#role,
      you: nameOf(state, this.#seat),
      title: scenario.title,
      synopsis: scenario.synopsis,
      clock: { atMs: nowMs, startsAtMs: scenario.startsAtMs, timeboxMs: scenario.timeboxMs, sincePageMs: newest === undefined ? null : nowMs - newest.sentAtMs },
      incident: incidentOf(state),
      pages: state.pages.map((page) => pageView(state, page.id, this.#seat)),
      people: state.seats.map(({ seat, name, driver }): PersonView => ({ seat, name, role: state.roles.get(seat) ?? null, scripted: driver !== 'person' })),
      chat: this.#chat,
      timeline: this.#timeline,
      dashboards: this.#currentDashboards(),
      outputs: [...outputs],
      commands,
      undo: state.undos.at(-1)?.line ?? null,
      awaitingConfirm: state.awaiting !== null && state.awaiting.seat !== this.#seat ? state.awaiting.line : null,
      kubeconfig: null,
      end: state.outcome === null ? null : { outcome: state.outcome, headline: '', lines: [] },
    };
  }

  #readFacts(): void {
    const { facts, state } = this.#drill;
    if (this.#read === facts.length) return;
    const chat = [...this.#chat];
    const timeline = [...this.#timeline];
    for (; this.#read < facts.length; this.#read++) {
      const fact = facts[this.#read] as Fact;
      if (fact.type === 'observed' && fact.seat === this.#seat && fact.tool === 'dash' && fact.target !== '*') this.#openDashboard = fact.target;
      if (!mayKnow(fact, this.#seat, this.#role)) continue;
      const words = factWords(fact, (seat) => nameOf(state, seat));
      if (words !== null) timeline.push({ seq: fact.seq, atMs: fact.atMs, ...words });
      const line = chatLine(fact, state);
      if (line !== null) chat.push(line);
    }
    this.#chat = chat;
    this.#timeline = timeline;
  }

  #currentDashboards(): readonly DashboardView[] {
    const { cluster, scenario } = this.#drill;
    const { windows } = cluster.metrics;
    const known = this.#dashboards;
    if (known.windows === windows && known.open === this.#openDashboard) return known.views;
    const measured = scenario.slo.service;
    const open = this.#openDashboard === null ? null : findSubject(cluster, this.#openDashboard);
    const subjects = open === null || open === measured ? [measured] : [open, measured];
    const views = subjects.map((subject) => dashboardOf(cluster, subject, subject === measured ? scenario.slo.latencyMs : null));
    this.#dashboards = { windows, open: this.#openDashboard, views };
    return views;
  }
}

function incidentOf(state: DrillState): IncidentView {
  const open = state.pages.filter((page) => !page.resolved);
  const newest = state.pages.at(-1);
  const phase = (): IncidentView['state'] => {
    if (state.outcome !== null) return 'ended';
    if (newest === undefined) return 'quiet';
    if (open.length === 0) return 'resolved';
    return open.some((page) => page.acknowledged.length > 0) ? 'acknowledged' : 'paged';
  };
  return {
    state: phase(),
    severity: newest?.severity ?? null,
    lead: state.claimedBy === null ? null : nameOf(state, state.claimedBy),
    hypotheses: state.hypotheses,
    plan: state.plan,
    tickets: state.tickets,
  };
}

function pageView(state: DrillState, id: string, seat: SeatId): PageView {
  const page = state.pages.find((one) => one.id === id) as DrillState['pages'][number];
  return {
    id: page.id,
    severity: page.severity,
    text: page.text,
    sentAtMs: page.sentAtMs,
    ringing: ringingFor(state, seat).some((one) => one.id === id),
    acknowledged: page.acknowledged.map((by) => ({ name: nameOf(state, by.seat), atMs: by.atMs })),
    resolved: page.resolved,
  };
}

/** What a fact puts into the incident room, or null. */
function chatLine(fact: Fact, state: DrillState): ChatLine | null {
  const words = CHAT[fact.type] as ((fact: Fact) => Said) | undefined;
  if (words === undefined) return null;
  const from = 'seat' in fact && fact.seat !== null ? nameOf(state, fact.seat) : 'gameday';
  return { atMs: fact.atMs, from, ...words(fact) };
}

/** `from` only where it is not who sits on the fact's seat. */
type Said = Pick<ChatLine, 'kind' | 'text'> & { readonly from?: string };

/** Facts that the room hears of; the rest is read on the timeline or with a tool. */
const CHAT: { readonly [Type in HappeningType]?: (fact: Fact<Type>) => Said } = {
  said: ({ text }) => ({ kind: 'person', text }),
  claimed: () => ({ kind: 'person', text: "I'm on it." }),
  'update-posted': ({ text }) => ({ kind: 'update', text }),
  'inject-said': ({ from, text }) => ({ kind: 'inject', from, text }),
  'hint-given': ({ text }) => ({ kind: 'system', from: 'gameday', text: `Hint: ${text}` }),
  'page-sent': ({ page, severity, text }) => ({ kind: 'page', from: 'pager', text: `${page} ${severity}: ${text}` }),
  'page-acknowledged': ({ page }) => ({ kind: 'page', text: `acknowledged ${page}` }),
  'confirm-asked': ({ line }) => ({ kind: 'system', text: `asks for a /confirm: ${line}` }),
  'hypothesis-stated': ({ id, text }) => ({ kind: 'person', text: `${id}: ${text}` }),
  'role-taken': ({ role }) => ({ kind: 'person', text: `I take: ${role}` }),
  'resolve-claimed': () => ({ kind: 'system', text: 'says it is over.' }),
};
