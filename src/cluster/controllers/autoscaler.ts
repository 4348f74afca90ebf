import type { HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerSpec, MetricSpec, MetricStatus } from 'kubernetes-types/autoscaling/v2';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { SimMs } from '../../time/sim-time.ts';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import { RESOURCES, type KindMap } from '../objects.ts';
import { isReady } from '../pods.ts';
import { podRequests } from '../pod-resources.ts';
import type { PodMetrics } from '../runtime.ts';
import { parseQuantity } from '../quantity.ts';

type Autoscaler = KindMap['HorizontalPodAutoscaler'];
type Target = KindMap['Deployment'] | KindMap['StatefulSet'] | KindMap['ReplicaSet'] | KindMap['ReplicationController'];
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
    const target = isScalable(kind) ? store.get(kind, hpa.metadata.namespace ?? '', name) : undefined;
    if (target === undefined) {
      const missing = isScalable(kind) ? `${RESOURCES[kind].plural}${kind === 'ReplicationController' ? '' : '.apps'} "${name}" not found` : `no matches for kind "${kind}" in group "${groupOf(hpa)}"`;
      events.record(hpa, 'Warning', 'FailedGetScale', missing, SOURCE);
      return this.#write(hpa, [['AbleToScale', false, 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${missing}`]], {});
    }
    const current = target.spec?.replicas ?? 1;
    const able = ['AbleToScale', true, 'SucceededGetScale', "the HPA controller was able to get the target's current scale"] as const;
    if (current === 0) return this.#write(hpa, [able, ['ScalingActive', false, 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero']], { currentReplicas: 0, desiredReplicas: 0 });
    const { minReplicas = 1, maxReplicas = 1 } = hpa.spec ?? {};
    const outside = current > maxReplicas ? 'Current number of replicas above Spec.MaxReplicas' : current < minReplicas ? 'Current number of replicas below Spec.MinReplicas' : null;
    if (outside !== null) {
      const inside = Math.max(minReplicas, Math.min(maxReplicas, current));
      this.#rescale(hpa, target, memory, inside, outside);
      return this.#write(hpa, [['AbleToScale', true, 'SucceededRescale', `the HPA controller was able to update the target scale to ${inside}`]], { currentReplicas: current, desiredReplicas: inside, lastScaleTime: clock.now() });
    }
    const measured = this.#measure(hpa.spec as HorizontalPodAutoscalerSpec, target, current);
    if ('problem' in measured) {
      events.record(hpa, 'Warning', measured.reason, measured.problem, SOURCE);
      events.record(hpa, 'Warning', 'FailedComputeMetricsReplicas', `invalid metrics (${measured.invalid} invalid out of ${measured.of}), first error is: failed to get ${measured.what}: ${measured.problem}`, SOURCE);
      return this.#write(hpa, [able, ['ScalingActive', false, measured.reason, `the HPA was unable to compute the replica count: ${measured.problem}`]], { currentReplicas: current, desiredReplicas: hpa.status?.desiredReplicas ?? current });
    }
    const { desired, conditions } = this.#bounded(hpa, memory, current, measured.replicas, measured.metric);
    if (desired !== current) this.#rescale(hpa, target, memory, desired, desired > current ? `${measured.metric} above target` : 'All metrics below target');
    const scaled = desired === current ? {} : { lastScaleTime: clock.now() };
    this.#write(hpa, conditions, { currentReplicas: current, desiredReplicas: desired, currentMetrics: measured.statuses, ...scaled });
  }

  #rescale(hpa: Autoscaler, target: Target, memory: Memory, replicas: number, reason: string): void {
    const { store, events, clock } = this.#cluster;
    const spec = { ...target.spec, replicas };
    store.update({ ...target, metadata: { ...target.metadata, generation: (target.metadata.generation ?? 1) + 1 }, spec } as Target);
    memory.changes.push({ atMs: clock.nowMs, by: replicas - (target.spec?.replicas ?? 1) });
    events.record(hpa, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`, SOURCE);
  }

  /** What the metrics ask for: the most that any of them does. One that fails is passed over where the others ask for no fewer pods than there are. */
  #measure(spec: HorizontalPodAutoscalerSpec, target: Target, current: number): Measured | Failure {
    const pods = this.#cluster.store.list('Pod', target.metadata.namespace ?? '').filter((pod) => selects(selectorOf(target), pod.metadata.labels) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
    const metrics = spec.metrics ?? [];
    let best: Measured | null = null;
    const statuses: MetricStatus[] = [];
    const failures: Omit<Failure, 'invalid' | 'of'>[] = [];
    for (const metric of metrics) {
      const one = this.#measureOne(metric, pods, current);
      if ('problem' in one) failures.push({ ...one, ...namesOf(metric) });
      else {
        statuses.push(...one.statuses);
        if (best === null || one.replicas > best.replicas) best = one;
      }
    }
    const [first = { problem: 'no metrics', reason: 'InvalidMetricSourceType', what: 'metrics' }] = failures;
    if (best === null || (failures.length > 0 && best.replicas < current)) return { ...first, invalid: failures.length, of: metrics.length };
    return { ...best, statuses };
  }

  #measureOne(metric: MetricSpec, pods: readonly Pod[], current: number): Measured | { problem: string } {
    const source = metric.resource ?? metric.containerResource;
    const name = source?.name ?? '';
    const goal = source?.target;
    if (goal === undefined || (name !== 'cpu' && name !== 'memory')) return { problem: unservedProblem(metric) };
    let used = 0;
    let asked = 0;
    let measured = 0;
    for (const pod of pods) {
      if (!isReady(pod) || pod.metadata.deletionTimestamp !== undefined) continue;
      const container = metric.containerResource?.container;
      if (container !== undefined && !(pod.spec?.containers ?? []).some((one) => one.name === container)) return { problem: `failed to get ${name} utilization: container ${container} not present in metrics for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}` };
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
    const now = { averageValue, ...(goal.type === 'Utilization' ? { averageUtilization: utilization } : {}) };
    const statuses: MetricStatus[] = metric.containerResource === undefined
      ? [{ type: 'Resource', resource: { name, current: now } }]
      : [{ type: 'ContainerResource', containerResource: { name, container: metric.containerResource.container, current: now } }];
    const replicas = ratio >= 1 - TOLERANCE && ratio <= 1 + TOLERANCE ? current : settled(ratio, measured, current);
    return { replicas, statuses, metric: `${name} ${metric.containerResource === undefined ? '' : 'container '}resource ${goal.type === 'Utilization' ? 'utilization (percentage of request)' : ''}`.trimEnd() };
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
    const held: Said = stable !== recommended
      ? stable > recommended
        ? ['AbleToScale', true, 'ScaleDownStabilized', 'recent recommendations were higher than current one, applying the highest recent recommendation']
        : ['AbleToScale', true, 'ScaleUpStabilized', 'recent recommendations were lower than current one, applying the lowest recent recommendation']
      : desired !== current ? ['AbleToScale', true, 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`]
        : ['AbleToScale', true, 'ReadyForNewScale', 'recommended size matches current size'];
    const bound: Said = limited > maxReplicas ? ['ScalingLimited', true, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count']
      : limited < minReplicas ? ['ScalingLimited', true, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count']
      : up < stable ? ['ScalingLimited', true, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate']
        : limited > up ? ['ScalingLimited', true, 'ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate']
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

/** Why no metric could be had: the first of those that failed, how many did, and of how many. */
interface Failure {
  readonly problem: string;
  readonly reason: string;
  readonly what: string;
  readonly invalid: number;
  readonly of: number;
}

/** The reason that a metric's failure is told under, and what the metric is called in its message. */
function namesOf(metric: MetricSpec): { readonly reason: string; readonly what: string } {
  switch (metric.type) {
    case 'Resource':
      return { reason: 'FailedGetResourceMetric', what: `${metric.resource?.name ?? ''} resource metric value` };
    case 'ContainerResource':
      return { reason: 'FailedGetContainerResourceMetric', what: `${metric.containerResource?.name ?? ''} container metric value` };
    case 'Pods':
      return { reason: 'FailedGetPodsMetric', what: 'pods metric value' };
    case 'Object':
      return { reason: 'FailedGetObjectMetric', what: 'object metric value' };
    case 'External':
      return { reason: 'FailedGetExternalMetric', what: 'external metric value' };
    default:
      return { reason: 'InvalidMetricSourceType', what: 'metric value' };
  }
}

/** What is said of a metric that no adapter serves. */
function unservedProblem({ pods, object, external, resource, containerResource }: MetricSpec): string {
  if (pods !== undefined) return `unable to get metric ${pods.metric.name}: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered`;
  if (object !== undefined) return `unable to get metric ${object.metric.name}: ${object.describedObject.kind} on ${object.describedObject.name}/unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered`;
  if (external !== undefined) return `unable to get external metric ${external.metric.name}: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered`;
  const name = resource?.name ?? containerResource?.name ?? '';
  return `failed to get ${name} utilization: unable to get metrics for resource ${name}: no metrics returned from resource metrics API`;
}

function isScalable(kind: string): kind is Target['kind'] {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'ReplicaSet' || kind === 'ReplicationController';
}

function groupOf(hpa: Autoscaler): string {
  const [group = '', version] = (hpa.spec?.scaleTargetRef.apiVersion ?? '').split('/');
  return version === undefined ? '' : group;
}

function selectorOf(target: Target): LabelSelector | undefined {
  if (target.kind !== 'ReplicationController') return target.spec?.selector;
  return target.spec?.selector === undefined ? undefined : { matchLabels: target.spec.selector };
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
