import type { HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerSpec, MetricSpec, MetricStatus } from 'kubernetes-types/autoscaling/v2';
import type { SimMs } from '../../time/sim-time.ts';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { isReady } from '../pods.ts';
import { podRequests } from '../pod-resources.ts';
import type { PodMetrics } from '../runtime.ts';
import { parseQuantity } from '../quantity.ts';

type Autoscaler = KindMap['HorizontalPodAutoscaler'];
type Target = KindMap['Deployment'] | KindMap['StatefulSet'] | KindMap['ReplicaSet'];
type Pod = KindMap['Pod'];

interface Memory {
  ticket: number | null;
  /** What was recommended when, for the stabilisation windows. */
  recommendations: { atMs: SimMs; replicas: number }[];
  /** By how much it was scaled when, for the policies. */
  changes: { atMs: SimMs; by: number }[];
}

/** Scales each HorizontalPodAutoscaler's target every 15 s by what its pods use of what they asked for. */
export class AutoscalerController {
  readonly #cluster: ClusterContext;
  readonly #metrics: PodMetrics;
  readonly #memories = new Map<string, Memory>();

  constructor(cluster: ClusterContext, metrics: PodMetrics) {
    this.#cluster = cluster;
    this.#metrics = metrics;
  }

  /** Follows the store from now on. A look every 15 s is what the real controller does: use has no events. */
  start(): void {
    const { store, agenda } = this.#cluster;
    store.watchKind('HorizontalPodAutoscaler', (type, hpa) => {
      const uid = hpa.metadata.uid as string;
      const memory = this.#memories.get(uid);
      if (type === 'DELETED') {
        if (memory !== undefined && memory.ticket !== null) agenda.cancel(memory.ticket);
        this.#memories.delete(uid);
      } else if (memory === undefined) {
        this.#memories.set(uid, { ticket: runAfter(agenda, 20, () => this.#look(uid)), recommendations: [], changes: [] });
      }
    });
  }

  #look(uid: string): void {
    const { store, agenda } = this.#cluster;
    const memory = this.#memories.get(uid);
    const hpa = store.byUid(uid);
    if (memory === undefined || hpa?.kind !== 'HorizontalPodAutoscaler') return;
    memory.ticket = runAfter(agenda, PERIOD_MS, () => this.#look(uid));
    this.#reconcile(hpa, memory);
  }

  #reconcile(hpa: Autoscaler, memory: Memory): void {
    const { store, events, clock } = this.#cluster;
    const { kind, name } = hpa.spec?.scaleTargetRef ?? { kind: '', name: '' };
    const namespace = hpa.metadata.namespace ?? '';
    const target = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'ReplicaSet' ? store.get(kind, namespace, name) : undefined;
    if (target === undefined) {
      const message = `the HPA controller was unable to get the target's current scale: ${kind.toLowerCase()}s.apps "${name}" not found`;
      events.record(hpa, 'Warning', 'FailedGetScale', `${kind.toLowerCase()}s.apps "${name}" not found`, SOURCE);
      return this.#write(hpa, [['AbleToScale', false, 'FailedGetScale', message]], {});
    }
    const current = target.spec?.replicas ?? 1;
    const able = ['AbleToScale', true, 'SucceededGetScale', "the HPA controller was able to get the target's current scale"] as const;
    if (current === 0) return this.#write(hpa, [able, ['ScalingActive', false, 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero']], { currentReplicas: 0, desiredReplicas: 0 });
    const measured = this.#measure(hpa.spec as HorizontalPodAutoscalerSpec, target, current);
    if ('problem' in measured) {
      events.record(hpa, 'Warning', 'FailedGetResourceMetric', measured.problem, SOURCE);
      events.record(hpa, 'Warning', 'FailedComputeMetricsReplicas', `invalid metrics (1 invalid out of 1), first error is: ${measured.problem}`, SOURCE);
      return this.#write(hpa, [able, ['ScalingActive', false, 'FailedGetResourceMetric', `the HPA was unable to compute the replica count: ${measured.problem}`]], { currentReplicas: current, desiredReplicas: hpa.status?.desiredReplicas ?? current });
    }
    const { desired, conditions } = this.#bounded(hpa, memory, current, measured.replicas, measured.metric);
    if (desired !== current) {
      const spec = { ...target.spec, replicas: desired };
      store.update({ ...target, metadata: { ...target.metadata, generation: (target.metadata.generation ?? 1) + 1 }, spec } as Target);
      memory.changes.push({ atMs: clock.nowMs, by: desired - current });
      const reason = desired > current ? `${measured.metric} above target` : 'All metrics below target';
      events.record(hpa, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`, SOURCE);
    }
    const scaled = desired === current ? {} : { lastScaleTime: clock.now() };
    this.#write(hpa, conditions, { currentReplicas: current, desiredReplicas: desired, currentMetrics: measured.statuses, ...scaled });
  }

  /** What the metrics ask for: the most that any of them does. */
  #measure(spec: HorizontalPodAutoscalerSpec, target: Target, current: number): Measured | { problem: string } {
    const pods = this.#cluster.store.list('Pod', target.metadata.namespace ?? '').filter((pod) => selects(target.spec?.selector, pod.metadata.labels) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
    let best: Measured | null = null;
    const statuses: MetricStatus[] = [];
    let problem: string | null = null;
    for (const metric of spec.metrics ?? []) {
      const one = this.#measureOne(metric, pods, current);
      if ('problem' in one) problem ??= one.problem;
      else {
        statuses.push(...one.statuses);
        if (best === null || one.replicas > best.replicas) best = one;
      }
    }
    return best === null ? { problem: problem ?? 'no metrics' } : { ...best, statuses };
  }

  #measureOne(metric: MetricSpec, pods: readonly Pod[], current: number): Measured | { problem: string } {
    const name = metric.resource?.name ?? metric.containerResource?.name ?? '';
    const goal = metric.resource?.target ?? metric.containerResource?.target;
    if (goal === undefined || (name !== 'cpu' && name !== 'memory')) return { problem: `unable to get metric ${metric.pods?.metric.name ?? metric.external?.metric.name ?? name}: no metrics known` };
    let used = 0;
    let asked = 0;
    let measured = 0;
    for (const pod of pods) {
      if (!isReady(pod) || pod.metadata.deletionTimestamp !== undefined) continue;
      const usage = this.#metrics.podUsage(pod);
      if (usage === null) continue;
      const request = podRequests(pod)[name];
      if (request === undefined && goal.type === 'Utilization') return { problem: `failed to get ${name} utilization: missing request for ${name} in container ${pod.spec?.containers[0]?.name ?? ''} of Pod ${pod.metadata.name}` };
      measured++;
      used += name === 'cpu' ? usage.cpuMilli : usage.memoryBytes;
      asked += (request ?? 0) * (name === 'cpu' ? 1000 : 1);
    }
    if (measured === 0) return { problem: `failed to get ${name} utilization: unable to get metrics for resource ${name}: no metrics returned from resource metrics API` };
    const value = used / measured;
    const utilization = asked === 0 ? 0 : Math.floor((100 * used) / asked);
    const aim = goal.type === 'Utilization' ? (goal.averageUtilization ?? 80) : (parseQuantity(goal.averageValue ?? '1') ?? 1) * (name === 'cpu' ? 1000 : 1);
    const ratio = (goal.type === 'Utilization' ? utilization : value) / aim;
    const averageValue = name === 'cpu' ? `${Math.round(value)}m` : String(Math.round(value));
    const statuses = [{ type: 'Resource', resource: { name, current: { averageValue, ...(goal.type === 'Utilization' ? { averageUtilization: utilization } : {}) } } }];
    const replicas = ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE ? current : settled(ratio, measured, current);
    return { replicas, statuses, metric: `${name} resource ${goal.type === 'Utilization' ? 'utilization (percentage of request)' : ''}`.trimEnd() };
  }

  /** Within its bounds, its windows and its policies. */
  #bounded(hpa: Autoscaler, memory: Memory, current: number, recommended: number, metric: string): { desired: number; conditions: Said[] } {
    const minReplicas = hpa.spec?.minReplicas ?? 1;
    const maxReplicas = hpa.spec?.maxReplicas ?? 1;
    const behavior = hpa.spec?.behavior;
    const nowMs = this.#cluster.clock.nowMs;
    const downMs = (behavior?.scaleDown?.stabilizationWindowSeconds ?? 300) * 1000;
    const upMs = (behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
    memory.recommendations = memory.recommendations.filter(({ atMs }) => atMs > nowMs - Math.max(downMs, upMs));
    memory.recommendations.push({ atMs: nowMs, replicas: recommended });
    memory.changes = memory.changes.filter(({ atMs }) => atMs > nowMs - 3_600_000);
    let highest = recommended;
    let lowest = recommended;
    for (const { atMs, replicas } of memory.recommendations) {
      if (atMs > nowMs - downMs) highest = Math.max(highest, replicas);
      if (atMs >= nowMs - upMs) lowest = Math.min(lowest, replicas);
    }
    const stable = current < lowest ? lowest : current > highest ? highest : current;
    const up = stable > current ? Math.min(stable, current + allowance(behavior?.scaleUp ?? UP, memory, nowMs, current, 1)) : stable;
    const limited = up < current ? Math.max(up, current - allowance(behavior?.scaleDown ?? DOWN, memory, nowMs, current, -1)) : up;
    const desired = Math.max(minReplicas, Math.min(maxReplicas, limited));
    const held: Said = stable !== recommended && recommended < current
      ? ['AbleToScale', true, 'ScaleDownStabilized', 'recent recommendations were higher than current one, applying the highest recent recommendation']
      : desired !== current ? ['AbleToScale', true, 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`]
        : ['AbleToScale', true, 'ReadyForNewScale', 'recommended size matches current size'];
    const bound: Said = limited > maxReplicas ? ['ScalingLimited', true, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count']
      : limited < minReplicas ? ['ScalingLimited', true, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count']
        : ['ScalingLimited', false, 'DesiredWithinRange', 'the desired count is within the acceptable range'];
    return { desired, conditions: [held, ['ScalingActive', true, 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${metric}`], bound] };
  }

  #write(hpa: Autoscaler, said: readonly Said[], counts: Partial<NonNullable<Autoscaler['status']>>): void {
    const { store, clock } = this.#cluster;
    const before = hpa.status?.conditions ?? [];
    const conditions = said.map(([type, is, reason, message]): HorizontalPodAutoscalerCondition => {
      const status = is ? 'True' : 'False';
      const was = before.find((condition) => condition.type === type);
      return { type, status, reason, message, lastTransitionTime: was?.status === status ? (was.lastTransitionTime ?? clock.now()) : clock.now() };
    });
    const status = { currentReplicas: 0, desiredReplicas: 0, ...hpa.status, ...counts, conditions };
    if (!sameJson(status, hpa.status)) store.update<Autoscaler>({ ...hpa, status });
  }
}

type Said = readonly [type: string, is: boolean, reason: string, message: string];

interface Measured {
  readonly replicas: number;
  readonly statuses: MetricStatus[];
  readonly metric: string;
}

const SOURCE = { component: 'horizontal-pod-autoscaler' };
const PERIOD_MS = 15_000;
const TOLERANCE = 0.1;

interface Rules {
  readonly selectPolicy?: string;
  readonly policies?: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[];
}

const UP: Rules = { policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }] };
const DOWN: Rules = { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

/** Pods without metrics count as idle when there is to be more, and as fully busy when less. */
function settled(ratio: number, measured: number, current: number): number {
  const missing = current - measured;
  if (missing <= 0) return Math.ceil(ratio * measured - 1e-9);
  const whole = ratio > 1 ? (ratio * measured) / current : (ratio * measured + missing) / current;
  if ((ratio > 1 && whole <= 1 + TOLERANCE) || (ratio < 1 && whole >= 1 - TOLERANCE)) return current;
  return Math.ceil(whole * current - 1e-9);
}

/** How many pods may come (or go) now by the policies, counting what came in their periods. */
function allowance(rules: Rules, memory: Memory, nowMs: SimMs, current: number, sign: 1 | -1): number {
  if (rules.selectPolicy === 'Disabled') return 0;
  const allowances = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    let recent = 0;
    for (const { atMs, by } of memory.changes) if (atMs > nowMs - periodSeconds * 1000 && by * sign > 0) recent += by * sign;
    const then = current - recent * sign;
    return Math.max(0, (type === 'Percent' ? Math.ceil((then * value) / 100) : value) - recent);
  });
  if (allowances.length === 0) return Infinity;
  return rules.selectPolicy === 'Min' ? Math.min(...allowances) : Math.max(...allowances);
}
