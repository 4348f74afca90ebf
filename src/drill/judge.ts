import type { Cluster } from '../cluster/cluster.ts';
import type { ConditionFacts, PodFacts, SinceWord, WorkloadFacts } from '../scenario/condition-facts.ts';
import { ConditionTimer, Expressions } from '../scenario/conditions.ts';
import type { Condition, Scenario } from '../scenario/scenario.ts';
import type { SimMs } from '../time/sim-time.ts';
import type { DrillState } from './state.ts';
import type { LevelNow } from './tools/tool.ts';

/** What the judge asks of the drill it judges. */
export interface Judged {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly nowMs: SimMs;
  readonly state: DrillState;
  readonly level: LevelNow;
  readonly activeStages: readonly string[];
}

/** Evaluates the scenario's conditions over a drill, and holds its verdict. */
export class Judge {
  readonly expressions: Expressions;
  readonly #drill: Judged;
  readonly #mitigated: readonly ConditionTimer[];
  readonly #resolved: readonly ConditionTimer[];
  readonly #never: readonly ConditionTimer[];

  constructor(drill: Judged) {
    this.#drill = drill;
    this.expressions = new Expressions(conditionFacts(drill), () => undefined);
    const timers = (conditions: readonly Condition[]): ConditionTimer[] => conditions.map((condition) => new ConditionTimer(condition));
    this.#mitigated = timers(drill.scenario.verdict.mitigated);
    this.#resolved = timers(drill.scenario.verdict.resolved);
    this.#never = timers(drill.scenario.verdict.never);
  }

  holds(expression: string): boolean {
    return this.expressions.holds(expression);
  }

  /** Looks at every condition of the verdict; to be called at each sample, or `for:` loses count. */
  look(): { readonly mitigated: boolean; readonly unresolved: readonly string[]; readonly violated: readonly string[] } {
    const failing = (timers: readonly ConditionTimer[]): string[] =>
      timers.filter((timer) => !timer.update(this.#drill.nowMs, this.holds(timer.condition.if))).map((timer) => timer.condition.if);
    const violated = this.#never.filter((timer) => timer.update(this.#drill.nowMs, this.holds(timer.condition.if))).map((timer) => timer.condition.if);
    return { mitigated: failing(this.#mitigated).length === 0, unresolved: failing(this.#resolved), violated };
  }
}

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
    pod: (name) => podFacts(drill, split(name)),
  };
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
