import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { Die } from '../../time/dice.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import { randomSuffix } from '../names.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isActive, isReady, podFromTemplate, readySince } from '../pods.ts';
import type { WatchType } from '../store.ts';
import { WorkQueue } from '../work-queue.ts';
import { adoptPod, releasePods } from './ownership.ts';
import { CreationBackOff, makePod } from './pod-maker.ts';
import { rankForDeletion } from './pod-ranking.ts';

type Pod = KindMap['Pod'];
/** A ReplicationController is a ReplicaSet whose selector is of labels alone. */
type ReplicaSet = KindMap['ReplicaSet'] | KindMap['ReplicationController'];

/** Keeps as many pods of each ReplicaSet, or of each ReplicationController, as it asks for, and says how many there are. */
export class ReplicaSetController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #kind: ReplicaSet['kind'];
  readonly #source: { readonly component: string };
  /** Pods of each ReplicaSet by its uid, counted as they change so that a thousand of them cost nothing to look at. */
  readonly #tallies = new Map<string, Tally>();
  readonly #dice = new Map<string, Die>();
  /** By uid: why the API did not take a ReplicaSet's last pod. */
  readonly #refusals = new Map<string, string>();
  readonly #backOff = new CreationBackOff();
  /** ReplicaSets that may have pods to release or to adopt. */
  readonly #unsettled = new Set<string>();

  constructor(cluster: ClusterContext, kind: ReplicaSet['kind'] = 'ReplicaSet') {
    this.#cluster = cluster;
    this.#kind = kind;
    this.#source = { component: kind === 'ReplicaSet' ? 'replicaset-controller' : 'replication-controller' };
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind<ReplicaSet['kind']>(this.#kind, (type, set, previous) => {
      const uid = set.metadata.uid as string;
      if (type === 'ADDED') this.#unsettled.add(uid);
      if (type === 'DELETED') this.#forget(uid);
      else if (previous === null || previous.spec !== set.spec || previous.metadata !== set.metadata) this.#queue.mark(uid);
    });
    store.watchKind('Pod', (type, pod, previous) => this.#podChanged(type, pod, previous));
  }

  #podChanged(type: WatchType, pod: Pod, previous: Pod | null): void {
    const owner = controllerOf(pod);
    const was = previous === null ? undefined : controllerOf(previous);
    const before = previous === null ? 0 : standing(previous);
    const after = type === 'DELETED' ? 0 : standing(pod);
    if (owner === undefined && was === undefined) {
      if (type !== 'DELETED' && pod.metadata.deletionTimestamp === undefined) this.#markAdopters(pod);
      return;
    }
    if (owner?.uid === was?.uid && before === after && previous?.metadata.labels === pod.metadata.labels) return;
    if (owner !== undefined && previous !== null && previous.metadata.labels !== pod.metadata.labels) this.#unsettled.add(owner.uid);
    if (was?.kind === this.#kind) this.#count(was.uid, before, -1);
    if (owner?.kind === this.#kind && type !== 'DELETED') this.#count(owner.uid, after, 1);
  }

  #count(uid: string, flags: number, by: 1 | -1): void {
    let tally = this.#tallies.get(uid);
    if (tally === undefined) {
      tally = { active: 0, ready: 0 };
      this.#tallies.set(uid, tally);
    }
    if (flags & ACTIVE) tally.active += by;
    if (flags & READY) tally.ready += by;
    this.#queue.mark(uid);
  }

  #markAdopters(pod: Pod): void {
    for (const set of this.#cluster.store.list<ReplicaSet['kind']>(this.#kind, pod.metadata.namespace ?? '')) {
      if (!selects(selectorOf(set), pod.metadata.labels)) continue;
      this.#unsettled.add(set.metadata.uid as string);
      this.#queue.mark(set.metadata.uid as string);
    }
  }

  #forget(uid: string): void {
    this.#tallies.delete(uid);
    this.#dice.delete(uid);
    this.#refusals.delete(uid);
    this.#unsettled.delete(uid);
  }

  #sync(uid: string): void {
    const set = this.#cluster.store.byUid(uid);
    if (set?.kind !== 'ReplicaSet' && set?.kind !== 'ReplicationController') return;
    if (set.metadata.deletionTimestamp === undefined) {
      if (this.#unsettled.delete(uid)) this.#releaseAndAdopt(set);
      const missing = (set.spec?.replicas ?? 1) - (this.#tallies.get(uid)?.active ?? 0);
      if (missing > BURST) this.#queue.mark(uid);
      if (missing > 0) this.#createPods(set, Math.min(missing, BURST));
      else this.#refusals.delete(uid);
      if (missing < 0) this.#deletePods(set, -missing);
    }
    this.#writeStatus(set);
  }

  #createPods(set: ReplicaSet, count: number): void {
    const uid = set.metadata.uid as string;
    const { store, events, seed } = this.#cluster;
    let die = this.#dice.get(uid);
    if (die === undefined) {
      die = new Die(seed, `pod-names/${set.metadata.namespace ?? ''}/${set.metadata.name}/${uid}`);
      this.#dice.set(uid, die);
    }
    const namespace = set.metadata.namespace ?? '';
    for (let nth = 0; nth < count; nth++) {
      let name: string;
      do name = `${set.metadata.name}-${randomSuffix(die)}`; while (store.get('Pod', namespace, name) !== undefined);
      const result = makePod(this.#cluster, podFromTemplate(set, set.spec?.template ?? {}, name, { generateName: `${set.metadata.name}-` }));
      if ('problem' in result) return this.#refused(set, result.problem);
      events.record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`, this.#source);
    }
    this.#refusals.delete(uid);
    this.#backOff.reset(uid);
  }

  #refused(set: ReplicaSet, problem: string): void {
    const uid = set.metadata.uid as string;
    this.#cluster.events.record(set, 'Warning', 'FailedCreate', `Error creating: ${problem}`, this.#source);
    this.#refusals.set(uid, problem);
    this.#queue.markAfter(uid, this.#backOff.next(uid));
  }

  #deletePods(set: ReplicaSet, count: number): void {
    const { store, clock, events } = this.#cluster;
    const pods = this.#podsOf(set).filter(isActive);
    for (const pod of rankForDeletion(pods, this.#related(set), clock).slice(0, count)) {
      requestDeletion(store, clock, pod, null);
      events.record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, this.#source);
    }
  }

  #podsOf(set: ReplicaSet): Pod[] {
    const pods: Pod[] = [];
    for (const owned of this.#cluster.store.ownedBy(set.metadata.uid as string)) if (owned.kind === 'Pod') pods.push(owned);
    return pods;
  }

  /** Active pods of all ReplicaSets of the same Deployment: those doubled up on a node go first. */
  #related(set: ReplicaSet): Pod[] {
    const owner = controllerOf(set);
    if (owner === undefined) return this.#podsOf(set).filter(isActive);
    const pods: Pod[] = [];
    for (const sibling of this.#cluster.store.ownedBy(owner.uid)) {
      if (sibling.kind === 'ReplicaSet') pods.push(...this.#podsOf(sibling).filter(isActive));
    }
    return pods;
  }

  /** A pod whose labels were changed leaves; one without an owner that matches is taken in. */
  #releaseAndAdopt(set: ReplicaSet): void {
    const { store } = this.#cluster;
    releasePods(store, set, selectorOf(set));
    for (const pod of store.list('Pod', set.metadata.namespace ?? '')) if (isActive(pod)) adoptPod(store, set, selectorOf(set), pod);
  }

  #writeStatus(stale: ReplicaSet): void {
    const { store } = this.#cluster;
    const uid = stale.metadata.uid as string;
    const set = store.byUid(uid);
    if (set?.kind !== 'ReplicaSet' && set?.kind !== 'ReplicationController') return;
    const { active, ready } = this.#tallies.get(uid) ?? { active: 0, ready: 0 };
    const available = this.#available(set, ready);
    const generation = set.metadata.generation;
    const status = {
      replicas: active,
      ...(active > 0 ? { fullyLabeledReplicas: active } : {}),
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      ...(available > 0 ? { availableReplicas: available } : {}),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...this.#failure(set),
    };
    if (!sameJson(status, set.status)) store.update<ReplicaSet>({ ...set, status });
  }

  /** Its conditions: what keeps it from making pods, and what others wrote. */
  #failure(set: ReplicaSet): Pick<NonNullable<ReplicaSet['status']>, 'conditions'> {
    const message = this.#refusals.get(set.metadata.uid as string);
    const others = (set.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
    const before = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (message === undefined) return others.length === 0 ? {} : { conditions: others };
    // As the real one, it goes on telling of the first refusal, until there is none.
    if (before !== undefined) return { conditions: [...others, before] };
    return { conditions: [...others, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: this.#cluster.clock.now() }] };
  }

  /** Pods that have been ready for `minReadySeconds`. Looks again when the next one will have been. */
  #available(set: ReplicaSet, ready: number): number {
    const minReadyMs = (set.spec?.minReadySeconds ?? 0) * 1000;
    if (minReadyMs === 0) return ready;
    const { clock } = this.#cluster;
    let available = 0;
    let nextInMs = Infinity;
    for (const pod of this.#podsOf(set)) {
      if (!isActive(pod) || !isReady(pod)) continue;
      const leftMs = clock.simMs(readySince(pod)) + minReadyMs - clock.nowMs;
      if (leftMs <= 0) available++;
      else nextInMs = Math.min(nextInMs, leftMs);
    }
    if (nextInMs < Infinity) this.#queue.markAfter(set.metadata.uid as string, nextInMs);
    return available;
  }
}

interface Tally { active: number; ready: number }

const SYNC_DELAY_MS = 4;
/** How many pods it makes at a time. */
const BURST = 500;
const ACTIVE = 1;
const READY = 2;

function selectorOf(set: ReplicaSet): LabelSelector | undefined {
  if (set.kind === 'ReplicaSet') return set.spec?.selector;
  return set.spec?.selector === undefined ? undefined : { matchLabels: set.spec.selector };
}

/** What a pod counts as. */
function standing(pod: Pod): number {
  if (!isActive(pod)) return 0;
  return isReady(pod) ? ACTIVE | READY : ACTIVE;
}
