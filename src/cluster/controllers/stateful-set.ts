import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isActive, isReady, podFromTemplate, readySince } from '../pods.ts';
import { WorkQueue } from '../work-queue.ts';
import { adoptPod, releasePods } from './ownership.ts';
import { CreationBackOff, makePod } from './pod-maker.ts';
import { RevisionHistory } from './revision-history.ts';
import { StatefulClaims, withClaims } from './stateful-claims.ts';

type Pod = KindMap['Pod'];
type StatefulSet = KindMap['StatefulSet'];

/** Keeps pods with fixed names, made in order and taken away in the reverse order, each only when those before are ready. */
export class StatefulSetController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** Of the revisions, so that pods below the partition stay as they are. */
  readonly #history: RevisionHistory;
  readonly #claims: StatefulClaims;
  readonly #backOff = new CreationBackOff();
  /** Sets that may have pods to release or to adopt. */
  readonly #unsettled = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#claims = new StatefulClaims(cluster);
    this.#history = new RevisionHistory(cluster, 'controller.kubernetes.io/hash');
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('StatefulSet', (type, set, previous) => {
      const uid = set.metadata.uid as string;
      if (type === 'ADDED') this.#unsettled.add(uid);
      if (type !== 'DELETED' && previous?.spec !== set.spec) this.#queue.mark(uid);
    });
    store.watchKind('Pod', (type, pod, previous) => {
      const owner = controllerOf(pod);
      const was = previous === null ? undefined : controllerOf(previous);
      if (was?.kind === 'StatefulSet' && was.uid !== owner?.uid) this.#queue.mark(was.uid);
      if (owner === undefined) this.#markAdopters(pod, type === 'DELETED');
      else if (owner.kind === 'StatefulSet') {
        if (previous !== null && previous.metadata.labels !== pod.metadata.labels) this.#unsettled.add(owner.uid);
        this.#queue.mark(owner.uid);
      }
    });
    store.watchKind('ControllerRevision', (type, revision) => {
      const owner = controllerOf(revision);
      if (type === 'DELETED' && owner?.kind === 'StatefulSet') this.#queue.mark(owner.uid);
    });
  }

  /** A pod that nobody owns may be one that a set lost, or stand in the place of one. */
  #markAdopters(pod: Pod, gone: boolean): void {
    for (const set of this.#cluster.store.list('StatefulSet', pod.metadata.namespace ?? '')) {
      if (ordinalOf(set, pod) === null) continue;
      if (!gone && selects(set.spec?.selector, pod.metadata.labels)) this.#unsettled.add(set.metadata.uid as string);
      this.#queue.mark(set.metadata.uid as string);
    }
  }

  #sync(uid: string): void {
    const { store } = this.#cluster;
    const set = store.byUid(uid);
    if (set?.kind !== 'StatefulSet') return;
    if (this.#unsettled.delete(uid) && set.metadata.deletionTimestamp === undefined) {
      releasePods(store, set, set.spec?.selector);
      for (const pod of store.list('Pod', set.metadata.namespace ?? '')) if (ordinalOf(set, pod) !== null) adoptPod(store, set, set.spec?.selector, pod);
    }
    const revision = this.#history.note(set).metadata.name;
    const pods = this.#podsOf(set);
    if (set.metadata.deletionTimestamp === undefined) {
      for (const [ordinal, pod] of pods) this.#claims.retain(set, pod, !isWanted(set, ordinal));
      this.#step(set, pods, revision);
    }
    this.#writeStatus(set, revision);
    const inUse = [...pods.values()].map((pod) => revisionOf(pod) ?? '');
    this.#history.trim(set, new Set([...inUse, revision, set.status?.currentRevision ?? revision]));
  }

  /** One careful step: the first pod that is missing is made, or the last that is too many or too old is deleted. */
  #step(set: StatefulSet, pods: ReadonlyMap<number, Pod>, revision: string): void {
    const { start, end } = rangeOf(set);
    const parallel = set.spec?.podManagementPolicy === 'Parallel';
    const unhealthy = [...pods].sort(([left], [right]) => left - right).find(([, pod]) => !isHealthy(pod));
    for (let ordinal = start; ordinal < end; ordinal++) {
      const pod = pods.get(ordinal);
      if (pod === undefined) this.#create(set, ordinal, revision);
      else if (!isActive(pod) && pod.metadata.deletionTimestamp === undefined) this.#recreate(set, pod);
      if ((pod === undefined || !isHealthy(pod) || this.#leftMs(set, pod) > 0) && !parallel) return;
    }
    const surplus = [...pods.keys()].filter((ordinal) => !isWanted(set, ordinal)).sort((left, right) => right - left);
    for (const ordinal of surplus) {
      const pod = pods.get(ordinal) as Pod;
      const held = !parallel && !isHealthy(pod) && unhealthy?.[0] !== ordinal;
      if (pod.metadata.deletionTimestamp === undefined && !held) this.#delete(set, pod);
      if (!parallel) return;
    }
    if (set.spec?.updateStrategy?.type !== 'OnDelete') this.#update(set, pods, revision);
  }

  /** From the last pod down to the partition: the first that is not of the newest revision is deleted, and its place waited for. */
  #update(set: StatefulSet, pods: ReadonlyMap<number, Pod>, revision: string): void {
    const { start, end } = rangeOf(set);
    const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let ordinal = end - 1; ordinal >= start + partition; ordinal--) {
      const pod = pods.get(ordinal);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
      if (revisionOf(pod) !== revision) return this.#delete(set, pod);
      if (!isReady(pod)) return;
    }
  }

  #create(set: StatefulSet, ordinal: number, newest: string): void {
    const { store, events } = this.#cluster;
    const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
    const current = set.status?.currentRevision;
    const revision = ordinal < rangeOf(set).start + partition && current !== undefined ? current : newest;
    const template = this.#history.template(set, revision) ?? set.spec?.template ?? {};
    const uid = set.metadata.uid as string;
    const name = `${set.metadata.name}-${ordinal}`;
    const refused = (problem: string): void => {
      events.record(set, 'Warning', 'FailedCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${problem}`, SOURCE);
      this.#queue.markAfter(uid, this.#backOff.next(uid));
    };
    if (store.get('Pod', set.metadata.namespace ?? '', name) !== undefined) return;
    const labels = { 'apps.kubernetes.io/pod-index': String(ordinal), 'controller-revision-hash': revision, 'statefulset.kubernetes.io/pod-name': name };
    const pod = podFromTemplate(set, template, name, { generateName: `${set.metadata.name}-`, labels });
    const hostname = { hostname: name, ...(set.spec?.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }) };
    const claimProblem = this.#claims.make(set, name);
    if (claimProblem !== null) return refused(claimProblem);
    const result = makePod(this.#cluster, withClaims(set, { ...pod, spec: { containers: [], ...pod.spec, ...hostname } }));
    if ('problem' in result) return refused(result.problem);
    this.#backOff.reset(uid);
    events.record(set, 'Normal', 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`, SOURCE);
  }

  /** A pod that has ended is deleted, and made again when it is gone. */
  #recreate(set: StatefulSet, pod: Pod): void {
    const { events } = this.#cluster;
    const where = `StatefulSet ${set.metadata.namespace ?? ''}/${set.metadata.name}`;
    if (pod.status?.phase === 'Failed') events.record(set, 'Warning', 'RecreatingFailedPod', `${where} is recreating failed Pod ${pod.metadata.name}`, SOURCE);
    else events.record(set, 'Normal', 'RecreatingTerminatedPod', `${where} is recreating terminated Pod ${pod.metadata.name}`, SOURCE);
    this.#delete(set, pod);
  }

  #delete(set: StatefulSet, pod: Pod): void {
    requestDeletion(this.#cluster.store, this.#cluster.clock, pod, null);
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    this.#cluster.events.record(set, 'Normal', 'SuccessfulDelete', message, SOURCE);
  }

  #podsOf(set: StatefulSet): Map<number, Pod> {
    const pods = new Map<number, Pod>();
    for (const owned of this.#cluster.store.ownedBy(set.metadata.uid as string)) {
      const ordinal = owned.kind === 'Pod' ? ordinalOf(set, owned) : null;
      if (owned.kind === 'Pod' && ordinal !== null) pods.set(ordinal, owned);
    }
    return pods;
  }

  #writeStatus(stale: StatefulSet, revision: string): void {
    const { store } = this.#cluster;
    const set = store.byUid(stale.metadata.uid as string);
    if (set?.kind !== 'StatefulSet') return;
    const all = [...this.#podsOf(set).values()];
    const pods = all.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const updated = pods.filter((pod) => revisionOf(pod) === revision);
    const ready = all.filter(isReady);
    const available = this.#available(set, ready);
    const before = set.status?.currentRevision ?? revision;
    const wanted = set.spec?.replicas ?? 1;
    const rolling = set.spec?.updateStrategy?.type !== 'OnDelete';
    const complete = rolling && updated.length === wanted && all.length === wanted && ready.length === wanted;
    const currentRevision = complete ? revision : before;
    const current = pods.filter((pod) => revisionOf(pod) === currentRevision).length;
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: all.length,
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(current > 0 ? { currentReplicas: current } : {}),
      ...(updated.length > 0 ? { updatedReplicas: updated.length } : {}),
      currentRevision,
      updateRevision: revision,
      collisionCount: 0,
      availableReplicas: available,
      ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
    };
    if (!sameJson(status, set.status)) store.update<StatefulSet>({ ...set, status });
  }

  #available(set: StatefulSet, ready: readonly Pod[]): number {
    const waiting = ready.map((pod) => this.#leftMs(set, pod)).filter((leftMs) => leftMs > 0);
    if (waiting.length > 0) this.#queue.markAfter(set.metadata.uid as string, Math.min(...waiting));
    return ready.length - waiting.length;
  }

  /** How long a ready pod has yet to be ready before it counts as available. */
  #leftMs(set: StatefulSet, pod: Pod): number {
    const { clock } = this.#cluster;
    return clock.simMs(readySince(pod)) + (set.spec?.minReadySeconds ?? 0) * 1000 - clock.nowMs;
  }
}

const SOURCE = { component: 'statefulset-controller' };
const SYNC_DELAY_MS = 7;

function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.['controller-revision-hash'];
}

/** The numbers of a set's pods: from `start` on, `end` excluded. */
function rangeOf(set: StatefulSet): { readonly start: number; readonly end: number } {
  const start = set.spec?.ordinals?.start ?? 0;
  return { start, end: start + (set.spec?.replicas ?? 1) };
}

function isWanted(set: StatefulSet, ordinal: number): boolean {
  const { start, end } = rangeOf(set);
  return ordinal >= start && ordinal < end;
}

/** The number of a pod by its name, `NAME-3`; null where it has no name of the set's. */
function ordinalOf(set: StatefulSet, { metadata: { name } }: Pod): number | null {
  const prefix = `${set.metadata.name}-`;
  const digits = name.slice(prefix.length);
  return name.startsWith(prefix) && /^\d+$/.test(digits) ? Number(digits) : null;
}

function isHealthy(pod: Pod): boolean {
  return isActive(pod) && isReady(pod);
}
