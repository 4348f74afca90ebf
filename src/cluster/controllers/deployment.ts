import type { SimMs } from '../../time/sim-time.ts';
import type { ClusterContext } from '../context.ts';
import { refOf, requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, controllerReference } from '../pods.ts';
import { WorkQueue } from '../work-queue.ts';
import { availableCondition, countReplicas, deadlineMs, hasProgressed, isComplete, progressing, progressReason, withCondition, withFailure, type Verdict } from './deployment-status.ts';
import { findSetFor, HASH_LABEL, REVISION, revisionOf, setAnnotations, sizeAnnotations, sizedFor, templateHash } from './revisions.ts';
import { availableOf, boundsOf, byAge, growNew, scaleInProportion, shrinkOld, sizeOf, type Bounds, type Resize } from './rolling-update.ts';

type Deployment = KindMap['Deployment'];
type ReplicaSet = KindMap['ReplicaSet'];

/** Rolls Deployments out through their ReplicaSets, one careful step at a time. */
export class DeploymentController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** By uid: when the rollout last came further, and the ticket of its deadline. */
  readonly #progress = new Map<string, { atMs: SimMs; ticket: number | null }>();

  /** Deployments that may have ReplicaSets to let go or to take in, such as those that one deleted as `--cascade=orphan` left. */
  readonly #newcomers = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('Deployment', (type, deployment, previous) => {
      const uid = deployment.metadata.uid as string;
      if (type === 'ADDED') this.#newcomers.add(uid);
      if (type === 'DELETED') this.#forget(uid);
      else if (previous === null || previous.spec !== deployment.spec || previous.metadata.annotations !== deployment.metadata.annotations) this.#queue.mark(uid);
    });
    store.watchKind('ReplicaSet', (type, set, previous) => {
      const owner = controllerOf(set);
      const was = previous === null ? undefined : controllerOf(previous);
      if (was?.kind === 'Deployment' && was.uid !== owner?.uid) this.#queue.mark(was.uid);
      if (owner?.kind === 'Deployment') {
        if (previous !== null && previous.metadata.labels !== set.metadata.labels) this.#newcomers.add(owner.uid);
        this.#queue.mark(owner.uid);
      } else if (owner === undefined && type !== 'DELETED') this.#markAdopters(set);
    });
    store.watchKind('Pod', (type, pod) => {
      if (type === 'DELETED') this.#podGone(controllerOf(pod)?.uid);
    });
  }

  #markAdopters(set: ReplicaSet): void {
    for (const deployment of this.#cluster.store.list('Deployment', set.metadata.namespace ?? '')) {
      if (!selects(deployment.spec?.selector, set.metadata.labels)) continue;
      this.#newcomers.add(deployment.metadata.uid as string);
      this.#queue.mark(deployment.metadata.uid as string);
    }
  }

  /** Recreate waits for the old pods to be gone. */
  #podGone(setUid: string | undefined): void {
    const set = setUid === undefined ? undefined : this.#cluster.store.byUid(setUid);
    const owner = set === undefined ? undefined : controllerOf(set);
    const deployment = owner === undefined ? undefined : this.#cluster.store.byUid(owner.uid);
    if (deployment?.kind === 'Deployment' && deployment.spec?.strategy?.type === 'Recreate') this.#queue.mark(deployment.metadata.uid as string);
  }

  #forget(uid: string): void {
    const ticket = this.#progress.get(uid)?.ticket;
    if (ticket !== undefined && ticket !== null) this.#cluster.agenda.cancel(ticket);
    this.#progress.delete(uid);
  }

  #sync(uid: string): void {
    const deployment = this.#cluster.store.byUid(uid);
    if (deployment?.kind !== 'Deployment') return;
    if (this.#newcomers.delete(uid) && deployment.metadata.deletionTimestamp === undefined) this.#adopt(deployment);
    const sets = this.#setsOf(uid);
    if (deployment.metadata.deletionTimestamp !== undefined) return this.#writeStatus(deployment, findSetFor(deployment.spec?.template, sets), null);
    const bounds = boundsOf(deployment);
    const paused = deployment.spec?.paused === true;
    const found = findSetFor(deployment.spec?.template, sets);
    const scaling = sets.some((set) => sizeOf(set) > 0 && sizedFor(set).desired !== null && sizedFor(set).desired !== bounds.replicas);
    if (paused || scaling) {
      this.#scale(deployment, bounds, found, sets);
      this.#writeStatus(deployment, found, this.#pausedVerdict(deployment));
      return;
    }
    const old = sets.filter((set) => set !== found);
    if (deployment.spec?.strategy?.type === 'Recreate') return this.#recreate(deployment, bounds, found, old);
    const newSet = this.#newSet(deployment, bounds, found, old, Math.min(bounds.replicas, bounds.replicas + bounds.maxSurge - old.reduce((sum, set) => sum + sizeOf(set), 0)));
    if (newSet === null) return;
    const grown = growNew(bounds, newSet, [...old, newSet]);
    if (grown !== sizeOf(newSet)) this.#resize(deployment, bounds, { set: newSet, replicas: grown });
    else for (const resize of shrinkOld(bounds, newSet, old)) this.#resize(deployment, bounds, resize);
    this.#settle(deployment, newSet, old);
  }

  /** Lets go of ReplicaSets whose labels do not match any more, and takes in those without an owner that do. */
  #adopt(deployment: Deployment): void {
    const { store } = this.#cluster;
    for (const set of this.#setsOf(deployment.metadata.uid as string)) {
      if (selects(deployment.spec?.selector, set.metadata.labels)) continue;
      const { ownerReferences = [], ...metadata } = set.metadata;
      const left = ownerReferences.filter(({ uid }) => uid !== deployment.metadata.uid);
      store.update({ ...set, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata });
    }
    for (const set of store.list('ReplicaSet', deployment.metadata.namespace ?? '')) {
      if (controllerOf(set) !== undefined || set.metadata.deletionTimestamp !== undefined) continue;
      if (!selects(deployment.spec?.selector, set.metadata.labels)) continue;
      store.update({ ...set, metadata: { ...set.metadata, ownerReferences: [...(set.metadata.ownerReferences ?? []), controllerReference(deployment)] } });
    }
  }

  #recreate(deployment: Deployment, bounds: Bounds, found: ReplicaSet | undefined, old: readonly ReplicaSet[]): void {
    for (const set of old) if (sizeOf(set) > 0) this.#resize(deployment, bounds, { set, replicas: 0 });
    const podsLeft = old.some((set) => {
      for (const _pod of this.#cluster.store.ownedBy(set.metadata.uid as string)) return true;
      return false;
    });
    if (podsLeft) return this.#writeStatus(deployment, found, null);
    const newSet = this.#newSet(deployment, bounds, found, old, bounds.replicas);
    if (newSet === null) return;
    if (sizeOf(newSet) !== bounds.replicas) this.#resize(deployment, bounds, { set: newSet, replicas: bounds.replicas });
    this.#settle(deployment, newSet, old);
  }

  #settle(stale: Deployment, newSet: ReplicaSet, old: readonly ReplicaSet[]): void {
    const deployment = this.#cluster.store.byUid(stale.metadata.uid as string) as Deployment;
    this.#writeStatus(deployment, newSet, null);
    if (old.length <= historyLimit(deployment)) return;
    const complete = isComplete(deployment, countReplicas(deployment, newSet, this.#setsOf(deployment.metadata.uid as string)));
    if (complete) this.#dropHistory(deployment, old);
  }

  /** The ReplicaSet of the current template: found and brought up to date, or made with `replicas`; null where the name was taken. */
  #newSet(deployment: Deployment, bounds: Bounds, found: ReplicaSet | undefined, old: readonly ReplicaSet[], replicas: number): ReplicaSet | null {
    const { store } = this.#cluster;
    const revision = old.map(revisionOf).reduce((most, one) => (one > most ? one : most), 0n) + 1n;
    const annotations = setAnnotations(deployment, found, revision, bounds.replicas + bounds.maxSurge);
    if (found !== undefined) {
      const changed = !sameJson(annotations, found.metadata.annotations);
      const set = changed ? store.update({ ...found, metadata: { ...found.metadata, annotations } }) : found;
      this.#writeRevision(deployment, set);
      if (progressReason(deployment) === undefined) this.#say(deployment, progressing('FoundNewReplicaSet', `Found new replica set "${set.metadata.name}"`));
      return set;
    }
    const hash = templateHash(deployment.spec?.template, deployment.status?.collisionCount ?? 0);
    const name = `${deployment.metadata.name}-${hash}`;
    const namespace = deployment.metadata.namespace ?? '';
    if (store.get('ReplicaSet', namespace, name) !== undefined) {
      store.update({ ...deployment, status: { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 } });
      this.#queue.mark(deployment.metadata.uid as string);
      return null;
    }
    const set = store.create(newReplicaSet(deployment, name, hash, Math.max(0, replicas), annotations));
    if (replicas > 0) this.#recordScaling(deployment, set, 0, replicas);
    this.#writeRevision(deployment, set);
    this.#say(deployment, progressing('NewReplicaSetCreated', `Created new replica set "${name}"`));
    return set;
  }

  #writeRevision(deployment: Deployment, set: ReplicaSet): void {
    const revision = String(revisionOf(set));
    const current = this.#cluster.store.byUid(deployment.metadata.uid as string) as Deployment;
    if (current.metadata.annotations?.[REVISION] === revision) return;
    this.#cluster.store.update({ ...current, metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [REVISION]: revision } } });
  }

  #scale(deployment: Deployment, bounds: Bounds, found: ReplicaSet | undefined, sets: readonly ReplicaSet[]): void {
    const active = sets.filter((set) => sizeOf(set) > 0);
    const newest = active.length <= 1 ? (active[0] ?? found ?? sets.at(-1)) : undefined;
    if (newest !== undefined) {
      if (sizeOf(newest) !== bounds.replicas || sizedFor(newest).desired !== bounds.replicas) this.#resize(deployment, bounds, { set: newest, replicas: bounds.replicas });
      return;
    }
    if (found !== undefined && sizeOf(found) === bounds.replicas && sizedFor(found).desired === bounds.replicas && availableOf(found) === bounds.replicas) {
      for (const set of active) if (set !== found) this.#resize(deployment, bounds, { set, replicas: 0 });
    } else if (deployment.spec?.strategy?.type !== 'Recreate') {
      for (const resize of scaleInProportion(bounds, active, deployment.status?.replicas ?? 0)) this.#resize(deployment, bounds, resize);
    }
  }

  #resize(deployment: Deployment, bounds: Bounds, { set, replicas }: Resize): void {
    const current = this.#cluster.store.byUid(set.metadata.uid as string) as ReplicaSet;
    const before = sizeOf(current);
    const annotations = { ...current.metadata.annotations, ...sizeAnnotations(deployment, bounds.replicas + bounds.maxSurge) };
    if (before === replicas && sameJson(annotations, current.metadata.annotations)) return;
    const generation = (current.metadata.generation ?? 1) + (before === replicas ? 0 : 1);
    const spec = before === replicas ? current.spec : { ...current.spec, selector: current.spec?.selector ?? {}, replicas };
    this.#cluster.store.update({ ...current, metadata: { ...current.metadata, annotations, generation }, ...(spec === undefined ? {} : { spec }) });
    if (before !== replicas) this.#recordScaling(deployment, current, before, replicas);
  }

  #recordScaling(deployment: Deployment, set: ReplicaSet, from: number, to: number): void {
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
    this.#cluster.events.record(deployment, 'Normal', 'ScalingReplicaSet', message, SOURCE);
  }

  #dropHistory(deployment: Deployment, old: readonly ReplicaSet[]): void {
    const { store, clock } = this.#cluster;
    const idle = old.filter((set) => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && set.metadata.deletionTimestamp === undefined);
    const surplus = idle.length - historyLimit(deployment);
    if (surplus <= 0) return;
    const byRevision = [...idle].sort((left, right) => Number(revisionOf(left) - revisionOf(right)));
    for (const set of byRevision.slice(0, surplus)) requestDeletion(store, clock, store.get('ReplicaSet', refOf(set).namespace, set.metadata.name) ?? set, null);
  }

  #pausedVerdict(deployment: Deployment): Verdict | null {
    const reason = progressReason(deployment);
    const paused = deployment.spec?.paused === true;
    if (deployment.spec?.progressDeadlineSeconds === undefined || reason === 'ProgressDeadlineExceeded') return null;
    if (paused && reason !== 'DeploymentPaused') return progressing('DeploymentPaused', 'Deployment is paused');
    return null;
  }

  #say(stale: Deployment, verdict: Verdict): void {
    const deployment = this.#cluster.store.byUid(stale.metadata.uid as string) as Deployment;
    const conditions = withCondition(deployment.status?.conditions ?? [], verdict, this.#cluster.clock.now(), true);
    this.#cluster.store.update({ ...deployment, status: { ...deployment.status, conditions: [...conditions] } });
    this.#moved(deployment);
  }

  #writeStatus(stale: Deployment, newSet: ReplicaSet | undefined, verdict: Verdict | null): void {
    const { store, clock } = this.#cluster;
    const uid = stale.metadata.uid as string;
    const deployment = store.byUid(uid) as Deployment;
    const fresh = newSet === undefined ? undefined : (store.byUid(newSet.metadata.uid as string) as ReplicaSet | undefined);
    const counts = countReplicas(deployment, fresh, this.#setsOf(uid));
    let conditions = withCondition(deployment.status?.conditions ?? [], availableCondition(deployment, counts), clock.now());
    if (verdict !== null) conditions = withCondition(conditions, verdict, clock.now());
    else if (deployment.spec?.paused !== true) conditions = this.#judgeProgress(deployment, counts, fresh, conditions);
    const status = { ...counts, conditions: withFailure(conditions, fresh) };
    if (!sameJson(status, deployment.status)) store.update({ ...deployment, status });
  }

  #judgeProgress(deployment: Deployment, counts: ReturnType<typeof countReplicas>, newSet: ReplicaSet | undefined, conditions: ReturnType<typeof withCondition>): ReturnType<typeof withCondition> {
    const { clock } = this.#cluster;
    const uid = deployment.metadata.uid as string;
    const reason = progressReason(deployment);
    const name = newSet === undefined ? `deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
    if (isComplete(deployment, counts)) {
      this.#forget(uid);
      return withCondition(conditions, progressing('NewReplicaSetAvailable', `${name} has successfully progressed.`), clock.now());
    }
    const rolledOut = reason === 'NewReplicaSetAvailable' && (counts.replicas ?? 0) === (counts.updatedReplicas ?? 0);
    if (rolledOut) return conditions;
    if (reason === 'DeploymentPaused') {
      this.#moved(deployment);
      return withCondition(conditions, progressing('DeploymentResumed', 'Deployment is resumed'), clock.now());
    }
    if (hasProgressed(deployment.status ?? {}, counts)) {
      this.#moved(deployment);
      return withCondition(conditions, progressing('ReplicaSetUpdated', `${name} is progressing.`), clock.now(), true);
    }
    const deadline = deadlineMs(deployment, this.#progress.get(uid)?.atMs ?? clock.nowMs);
    if (deadline === null || clock.nowMs < deadline || reason === 'NewReplicaSetAvailable') return conditions;
    return withCondition(conditions, progressing('ProgressDeadlineExceeded', `${name} has timed out progressing.`), clock.now());
  }

  /** The rollout came further: its deadline starts anew. */
  #moved(deployment: Deployment): void {
    const uid = deployment.metadata.uid as string;
    this.#forget(uid);
    const nowMs = this.#cluster.clock.nowMs;
    const deadline = deadlineMs(deployment, nowMs);
    this.#progress.set(uid, { atMs: nowMs, ticket: deadline === null ? null : this.#queue.markAfter(uid, deadline - nowMs) });
  }

  /** Oldest first. */
  #setsOf(uid: string): ReplicaSet[] {
    const sets: ReplicaSet[] = [];
    for (const owned of this.#cluster.store.ownedBy(uid)) if (owned.kind === 'ReplicaSet') sets.push(owned);
    return sets.sort(byAge);
  }
}

const SOURCE = { component: 'deployment-controller' };
const SYNC_DELAY_MS = 5;

/** How many old ReplicaSets are kept to roll back to. */
function historyLimit(deployment: Deployment): number {
  return deployment.spec?.revisionHistoryLimit ?? 10;
}

function newReplicaSet(deployment: Deployment, name: string, hash: string, replicas: number, annotations: Record<string, string>): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec ?? { template: {}, selector: {} };
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: deployment.metadata.namespace ?? '', labels, annotations, generation: 1, ownerReferences: [controllerReference(deployment)] },
    spec: {
      replicas,
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    },
    status: { replicas: 0 },
  };
}
