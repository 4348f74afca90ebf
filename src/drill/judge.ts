import type { Cluster } from '../cluster/cluster.ts';
import { selects } from '../cluster/labels.ts';
import type { ConditionFacts, PodFacts, SinceWord, WorkloadFacts } from '../scenario/condition-facts.ts';
import { ConditionTimer, Expressions } from '../scenario/conditions.ts';
import type { Condition, Scenario } from '../scenario/scenario.ts';
import type { Fact } from '../journal/timeline.ts';
import { formatDurationMs, type SimMs } from '../time/sim-time.ts';
import type { DrillState } from './state.ts';
import type { LevelNow } from './tools/tool.ts';
import { type Check, checkWords } from './verdict/check.ts';
import { Protections } from './verdict/protections.ts';
import { QuietTime } from './verdict/quiet.ts';

/** What the judge asks of the drill it judges. */
export interface Judged {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly nowMs: SimMs;
  readonly state: DrillState;
  readonly level: LevelNow;
  readonly activeStages: readonly string[];
}

/** What a verdict comes to now. */
export interface Standing {
  /** The service is back: the scenario's own checks for it, and the protections that every verdict has. */
  readonly mitigated: readonly Check[];
  /** The cause is gone or handed over: the scenario's own checks for it. */
  readonly resolved: readonly Check[];
  /** It stayed well by itself since somebody said that it is over. */
  readonly quiet: readonly Check[];
}

/**
 * Evaluates the scenario's conditions over a drill, and holds its verdict. A verdict is about the world: what was typed
 * to make it so is nobody's business here, and what only looks well is found out by the {@link Protections}.
 */
export class Judge {
  readonly expressions: Expressions;
  readonly #drill: Judged;
  readonly #mitigated: readonly ConditionTimer[];
  readonly #resolved: readonly ConditionTimer[];
  readonly #never: readonly ConditionTimer[];
  readonly #protections: Protections;
  readonly #quiet: QuietTime;

  constructor(drill: Judged) {
    this.#drill = drill;
    this.expressions = new Expressions(conditionFacts(drill), () => undefined);
    const timers = (conditions: readonly Condition[]): ConditionTimer[] => conditions.map((condition) => new ConditionTimer(condition));
    this.#mitigated = timers(drill.scenario.verdict.mitigated);
    this.#resolved = timers(drill.scenario.verdict.resolved);
    this.#never = timers(drill.scenario.verdict.never);
    this.#protections = new Protections(drill.cluster, drill.scenario);
    this.#quiet = new QuietTime(drill.cluster, this.#protections.workloads, () => drill.nowMs);
  }

  holds(expression: string): boolean {
    return this.expressions.holds(expression);
  }

  /** Counts what users get. To be called at each sample. */
  sample(): void {
    this.#protections.sample(this.#drill.nowMs);
  }

  /** Hears of what people do: the quiet time begins when they say that it is over. */
  hear(fact: Fact): void {
    if (fact.type === 'resolve-claimed') {
      this.#protections.served.beginQuiet();
      this.#quiet.begin(fact.atMs);
    } else this.#quiet.hear(fact);
  }

  /**
   * Looks at every condition of the verdict; to be called at each sample once somebody was paged, or `for:` loses count.
   * `mitigated` is not asked of the world again where it is `known` already.
   */
  look(known: boolean): { readonly mitigated: boolean; readonly violated: readonly string[] } {
    const update = (timer: ConditionTimer): boolean => timer.update(this.#drill.nowMs, this.holds(timer.condition.if));
    const held = this.#mitigated.map(update);
    for (const timer of this.#resolved) update(timer);
    const violated = this.#never.filter(update).map(({ condition }) => checkWords({ check: `never ${condition.if}`, holds: false, seen: this.expressions.seen(condition.if) }));
    return { mitigated: !known && held.every(Boolean) && this.#protections.lately().every(({ holds }) => holds), violated };
  }

  /** Every check as it stands now, with what is seen. */
  standing(): Standing {
    const told = (timer: ConditionTimer): Check => this.#told(timer);
    return {
      mitigated: [...this.#mitigated.map(told), ...this.#protections.lately()],
      resolved: this.#resolved.map(told),
      quiet: [...this.#protections.atTheEnd(this.#drill.nowMs), ...this.#quiet.checks(this.#drill.nowMs)],
    };
  }

  /** Of what {@link standing} says, what responders may read: the level, and the protections; nothing that names the cure. */
  shown(): readonly Check[] {
    return [...this.#mitigated.filter(({ condition }) => ABOUT_THE_LEVEL.test(condition.if)).map((timer) => this.#told(timer)), ...this.#protections.lately()];
  }

  #told(timer: ConditionTimer): Check {
    const { forMs } = timer.condition;
    const holds = timer.wouldHold(this.#drill.nowMs, this.holds(timer.condition.if));
    const heldMs = timer.heldMs(this.#drill.nowMs);
    const since = forMs === 0 || heldMs === null ? '' : `, well for ${formatDurationMs(heldMs)}`;
    return { check: timer.words, holds, seen: `${this.expressions.seen(timer.condition.if)}${since}` };
  }
}

/** Conditions that ask of nothing but the service level. */
const ABOUT_THE_LEVEL = /^(?:[\s\d.<>=&|()!]|slo\.(?:burn|bad|p95))+$/;

function conditionFacts(drill: Judged): ConditionFacts {
  const store = drill.cluster.plane.store;
  const home = drill.scenario.slo.service.split('/')[0] as string;
  const split = (name: string): [string, string] => (name.includes('/') ? (name.split('/') as [string, string]) : [home, name]);
  const holdsWord = (texts: Iterable<string>, word: string): boolean => {
    for (const text of texts) if (text.toLowerCase().includes(word.toLowerCase())) return true;
    return false;
  };
  const workload = (kind: 'Deployment' | 'StatefulSet', name: string): WorkloadFacts | null => {
    const found = store.get(kind, ...split(name));
    if (found === undefined) return null;
    return { replicas: found.spec?.replicas ?? 1, ready: found.status?.readyReplicas ?? 0, image: found.spec?.template.spec?.containers[0]?.image ?? '' };
  };
  return {
    burn: () => drill.level.burn,
    bad: () => drill.level.bad,
    p95Ms: () => drill.level.p95Ms ?? 0,
    alert: (name) => drill.cluster.alerts.firing.some((rule) => rule.name === name),
    said: (word) => holdsWord(drill.state.words, word),
    read: (word) => holdsWord(drill.state.observed, word),
    ticketed: (word) => drill.state.tickets.some(({ to, text }) => holdsWord([to, text], word)),
    claimed: () => drill.state.claimedBy !== null,
    acknowledged: () => (drill.state.pages.at(-1)?.acknowledged.length ?? 0) > 0,
    flag: (name) => drill.cluster.flags().find((flag) => flag.name === name)?.value ?? '',
    since: (what) => sinceSeconds(drill, what),
    stage: (path) => drill.activeStages.includes(path),
    deployment: (name) => workload('Deployment', name),
    statefulset: (name) => workload('StatefulSet', name),
    service: (name) => store.get('Service', ...split(name)) !== undefined,
    images: (name) => imagesBehind(drill, split(name)),
    pod: (name) => podFacts(drill, split(name)),
  };
}

/** While nobody is ready, of the pods that would be: a crash is no roll-back. */
function imagesBehind({ cluster }: Judged, [namespace, name]: [string, string]): readonly string[] {
  const serving = (cluster.traffic.places.services.get(`${namespace}/${name}`)?.pods ?? []).map(({ image }) => image ?? '');
  if (serving.length > 0) return [...new Set(serving)];
  const selector = cluster.plane.store.get('Service', namespace, name)?.spec?.selector;
  if (selector === undefined) return [];
  const meant = cluster.plane.store.list('Pod', namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined && selects({ matchLabels: selector }, metadata.labels));
  return [...new Set(meant.flatMap(({ spec }) => spec?.containers[0]?.image ?? []))];
}

function podFacts(drill: Judged, [namespace, name]: [string, string]): PodFacts | null {
  const pod = drill.cluster.plane.store.get('Pod', namespace, name);
  const status = pod?.status?.containerStatuses?.[0];
  return pod === undefined ? null : { ready: status?.ready ?? false, restarts: status?.restartCount ?? 0 };
}

function sinceSeconds({ state, nowMs }: Judged, what: SinceWord): number {
  const first = state.pages[0];
  const atMs = {
    start: 0,
    page: first?.sentAtMs ?? null,
    acknowledged: first?.acknowledged[0]?.atMs ?? null,
    claimed: state.claimedAtMs,
    mitigated: state.mitigatedAtMs,
  }[what];
  return atMs === null ? -1 : (nowMs - atMs) / 1000;
}
