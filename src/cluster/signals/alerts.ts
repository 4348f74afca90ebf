import type { SimMs } from '../../time/sim-time.ts';
import type { KindMap } from '../objects.ts';
import type { AlertSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import { workloadOf } from '../traffic/layout.ts';
import type { Metrics } from './metrics.ts';

export interface AlertChange {
  readonly rule: AlertSpec;
  readonly firing: boolean;
  readonly value: number;
}

/** An alert goes on firing until its value has been well for so long, or it would flap around its threshold. */
const KEEP_FIRING_MS = 60_000;

/** Alert rules over the metrics, evaluated once a window: pending while the value is beyond, firing after `forMs` of it. */
export class Alerts {
  readonly #rules: readonly AlertSpec[];
  readonly #metrics: Metrics;
  readonly #store: ObjectStore;
  readonly #pendingSince = new Map<AlertSpec, SimMs>();
  readonly #wellSince = new Map<AlertSpec, SimMs>();
  readonly #firing = new Set<AlertSpec>();
  readonly #restartsBefore = new Map<string, number>();
  /** By namespace: the pods whose restarts were counted last. */
  readonly #counted = new Map<string, { readonly pods: readonly KindMap['Pod'][]; readonly restarts: ReadonlyMap<string, number> }>();

  constructor(rules: readonly AlertSpec[], metrics: Metrics, store: ObjectStore) {
    this.#rules = rules;
    this.#metrics = metrics;
    this.#store = store;
  }

  /** Rules that fire now. */
  get firing(): readonly AlertSpec[] {
    return this.#rules.filter((rule) => this.#firing.has(rule));
  }

  /** Evaluates every rule; returns those that began or ceased to fire, in order of the rules. */
  evaluate(atMs: SimMs): AlertChange[] {
    const changes: AlertChange[] = [];
    for (const rule of this.#rules) {
      const value = this.#valueOf(rule);
      if (!(value > rule.above)) {
        this.#pendingSince.delete(rule);
        const wellSince = this.#wellSince.get(rule) ?? atMs;
        this.#wellSince.set(rule, wellSince);
        if (atMs - wellSince >= KEEP_FIRING_MS && this.#firing.delete(rule)) changes.push({ rule, firing: false, value });
        continue;
      }
      this.#wellSince.delete(rule);
      const since = this.#pendingSince.get(rule) ?? atMs;
      this.#pendingSince.set(rule, since);
      if (atMs - since >= rule.forMs && !this.#firing.has(rule)) {
        this.#firing.add(rule);
        changes.push({ rule, firing: true, value });
      }
    }
    return changes;
  }

  #valueOf({ metric, service }: AlertSpec): number {
    switch (metric) {
      case 'error-ratio': return this.#metrics.latest('http.errors', service);
      case 'p95-ms': return this.#metrics.latest('http.p95', service);
      case 'cpu-used': return this.#metrics.latest('cpu.share', service);
      case 'connections-used': return this.#metrics.latest('db.busy', service) / this.#metrics.latest('db.limit', service);
      case 'unready': return this.#unready(service);
      case 'restarts': return this.#newRestarts(service);
    }
  }

  /** Pods that a workload of the Service's name wants and that are not ready. */
  #unready(service: string): number {
    const [namespace, name] = service.split('/') as [string, string];
    const workload = this.#store.get('Deployment', namespace, name) ?? this.#store.get('StatefulSet', namespace, name);
    return workload === undefined ? Number.NaN : (workload.spec?.replicas ?? 1) - (workload.status?.readyReplicas ?? 0);
  }

  /** Container restarts since the last evaluation. */
  #newRestarts(service: string): number {
    const [namespace, name] = service.split('/') as [string, string];
    const restarts = this.#restarts(namespace).get(name) ?? 0;
    const before = this.#restartsBefore.get(service) ?? restarts;
    this.#restartsBefore.set(service, restarts);
    return Math.max(0, restarts - before);
  }

  /** Restarts by workload. The store gives the same list until a pod changes, and so often they are counted. */
  #restarts(namespace: string): ReadonlyMap<string, number> {
    const pods = this.#store.list('Pod', namespace);
    const counted = this.#counted.get(namespace);
    if (counted?.pods === pods) return counted.restarts;
    const restarts = new Map<string, number>();
    for (const pod of pods) {
      const workload = workloadOf(pod);
      restarts.set(workload, (restarts.get(workload) ?? 0) + (pod.status?.containerStatuses?.[0]?.restartCount ?? 0));
    }
    this.#counted.set(namespace, { pods, restarts });
    return restarts;
  }
}
