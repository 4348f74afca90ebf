import type { Cluster } from '../../cluster/cluster.ts';
import type { KindMap } from '../../cluster/objects.ts';
import { workloadOf } from '../../cluster/traffic/layout.ts';
import type { Fact } from '../../journal/timeline.ts';
import { MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import type { Check } from './check.ts';

/** What is over stays well without anybody's hands for so long. */
const ALONE_MS = 30 * MINUTE_MS;
/** Starts of a workload's containers in that time, for each of its pods, that are one too many. A crash now and then is life. */
const STARTS_A_POD = 2;

/**
 * Whether it stays quiet by itself after `/resolve`: nobody has to touch the cluster, and nothing restarts again and again.
 * A timer that restarts what hangs, in a person's hand or in the cluster, keeps users served and repairs nothing.
 */
export class QuietTime {
  readonly #cluster: Cluster;
  #since: SimMs | null = null;
  #lastHand: { readonly atMs: SimMs; readonly what: string } | null = null;
  /** Times at which containers of a workload `namespace/name` started. */
  readonly #starts = new Map<string, SimMs[]>();

  /** `workloads` are those that take part in serving, as `namespace/name`. */
  constructor(cluster: Cluster, workloads: ReadonlySet<string>, nowMs: () => SimMs) {
    this.#cluster = cluster;
    cluster.plane.store.watchKind('Pod', (type, pod, before) => {
      if (this.#since === null || type === 'DELETED') return;
      if (runOf(pod) === runOf(before)) return;
      const workload = `${pod.metadata.namespace}/${workloadOf(pod)}`;
      if (!workloads.has(workload)) return;
      this.#starts.set(workload, [...(this.#starts.get(workload) ?? []), nowMs()]);
    });
  }

  /** Somebody said that it is over. */
  begin(nowMs: SimMs): void {
    this.#since = nowMs;
    this.#lastHand = null;
    this.#starts.clear();
  }

  /** Notes what people change in the cluster. */
  hear(fact: Fact): void {
    if (fact.type === 'api-written' && fact.code < 400) this.#lastHand = { atMs: fact.atMs, what: `${fact.verb} ${fact.resource}/${fact.name}` };
    if (fact.type === 'flag-flipped') this.#lastHand = { atMs: fact.atMs, what: `flag ${fact.flag}` };
  }

  checks(nowMs: SimMs): Check[] {
    return [this.#leftAlone(nowMs), ...[...this.#starts].map(([workload, starts]) => this.#steady(workload, starts, nowMs))];
  }

  #leftAlone(nowMs: SimMs): Check {
    const hand = this.#lastHand;
    const holds = hand === null || nowMs - hand.atMs >= ALONE_MS;
    return { check: `it stays well for ${ALONE_MS / MINUTE_MS} min without anybody's hands`, holds, seen: holds || hand === null ? '' : `${hand.what}, ${Math.floor((nowMs - hand.atMs) / MINUTE_MS)} min before the end` };
  }

  #steady(workload: string, starts: readonly SimMs[], nowMs: SimMs): Check {
    const [namespace, name] = workload.split('/') as [string, string];
    const lately = starts.filter((atMs) => nowMs - atMs < ALONE_MS).length;
    const { store } = this.#cluster.plane;
    const scaled = store.list('HorizontalPodAutoscaler', namespace).some(({ spec }) => spec?.scaleTargetRef.name === name);
    const pods = Math.max(1, (store.get('Deployment', namespace, name) ?? store.get('StatefulSet', namespace, name))?.spec?.replicas ?? 1);
    return { check: `${name} runs without being restarted`, holds: scaled || lately <= STARTS_A_POD * pods, seen: `its containers started ${lately} times in the last ${ALONE_MS / MINUTE_MS} min` };
  }
}

/** Tells a pod's present container from the one before; null where it has not run yet. */
function runOf(pod: KindMap['Pod'] | null): string | null {
  const started = pod?.status?.containerStatuses?.[0];
  return started?.containerID ?? null;
}
