import { admitClaim } from '../admission/claim-admission.ts';
import { claimDefaults } from '../admission/kind-defaults.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isActive, isReady, podFromTemplate, readySince } from '../pods.ts';
import { WorkQueue } from '../work-queue.ts';
import { CreationBackOff, makePod } from './pod-maker.ts';
import { RevisionHistory } from './revision-history.ts';

type Pod = KindMap['Pod'];
type StatefulSet = KindMap['StatefulSet'];

/** Keeps pods with fixed names, made in order and taken away in the reverse order, each only when those before are ready. */
export class StatefulSetController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** Of the revisions, so that pods below the partition stay as they are. */
  readonly #history: RevisionHistory;
  readonly #backOff = new CreationBackOff();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#history = new RevisionHistory(cluster, 'controller.kubernetes.io/hash');
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('StatefulSet', (type, set, previous) => {
      const uid = set.metadata.uid as string;
      if (type !== 'DELETED' && previous?.spec !== set.spec) this.#queue.mark(uid);
    });
    store.watchKind('Pod', (_type, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind === 'StatefulSet') this.#queue.mark(owner.uid);
    });
  }

  #sync(uid: string): void {
    const set = this.#cluster.store.byUid(uid);
    if (set?.kind !== 'StatefulSet') return;
    const revision = this.#history.note(set).metadata.name;
    const pods = this.#podsOf(uid);
    if (set.metadata.deletionTimestamp === undefined) this.#step(set, pods, revision);
    this.#writeStatus(set, revision);
    const inUse = [...pods.values()].map((pod) => revisionOf(pod) ?? '');
    this.#history.trim(set, new Set([...inUse, revision, set.status?.currentRevision ?? revision]));
  }

  /** One careful step: the first pod that is missing is made, or the last that is too many or too old is deleted. */
  #step(set: StatefulSet, pods: ReadonlyMap<number, Pod>, revision: string): void {
    const replicas = set.spec?.replicas ?? 1;
    const parallel = set.spec?.podManagementPolicy === 'Parallel';
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      const pod = pods.get(ordinal);
      if (pod === undefined) this.#create(set, ordinal, revision);
      else if (!isActive(pod) && pod.metadata.deletionTimestamp === undefined) this.#delete(set, pod);
      if ((pod === undefined || !isActive(pod) || !isReady(pod)) && !parallel) return;
    }
    const surplus = [...pods.keys()].filter((ordinal) => ordinal >= replicas).sort((left, right) => right - left);
    for (const ordinal of surplus) {
      const pod = pods.get(ordinal) as Pod;
      if (pod.metadata.deletionTimestamp === undefined) this.#delete(set, pod);
      if (!parallel) return;
    }
    if (set.spec?.updateStrategy?.type !== 'OnDelete') this.#update(set, pods, revision);
  }

  /** From the last pod down to the partition: the first that is not of the newest revision is deleted, and its place waited for. */
  #update(set: StatefulSet, pods: ReadonlyMap<number, Pod>, revision: string): void {
    const partition = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
    for (let ordinal = (set.spec?.replicas ?? 1) - 1; ordinal >= partition; ordinal--) {
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
    const revision = ordinal < partition && current !== undefined ? current : newest;
    const template = this.#history.template(set, revision) ?? set.spec?.template ?? {};
    const name = `${set.metadata.name}-${ordinal}`;
    if (store.get('Pod', set.metadata.namespace ?? '', name) !== undefined) return;
    const labels = { 'apps.kubernetes.io/pod-index': String(ordinal), 'controller-revision-hash': revision, 'statefulset.kubernetes.io/pod-name': name };
    const pod = podFromTemplate(set, template, name, { generateName: `${set.metadata.name}-`, labels });
    const hostname = { hostname: name, ...(set.spec?.serviceName === undefined ? {} : { subdomain: set.spec.serviceName }) };
    const volumes = this.#claims(set, name);
    const result = makePod(this.#cluster, { ...pod, spec: { containers: [], ...pod.spec, ...hostname, ...(volumes.length === 0 ? {} : { volumes: [...(pod.spec?.volumes ?? []), ...volumes] }) } });
    if ('problem' in result) {
      events.record(set, 'Warning', 'FailedCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${result.problem}`, SOURCE);
      this.#queue.markAfter(set.metadata.uid as string, this.#backOff.next(set.metadata.uid as string));
      return;
    }
    this.#backOff.reset(set.metadata.uid as string);
    events.record(set, 'Normal', 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`, SOURCE);
  }

  /** A pod's own claims, made where they are missing and kept when the pod goes, as the volumes that mount them. */
  #claims(set: StatefulSet, podName: string): NonNullable<NonNullable<Pod['spec']>['volumes']> {
    const { store, events } = this.#cluster;
    const namespace = set.metadata.namespace ?? '';
    return (set.spec?.volumeClaimTemplates ?? []).map((template) => {
      const volume = template.metadata?.name ?? '';
      const claimName = `${volume}-${podName}`;
      if (store.get('PersistentVolumeClaim', namespace, claimName) === undefined) {
        const labels = { ...template.metadata?.labels, ...set.spec?.selector.matchLabels };
        const claim = claimDefaults({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: claimName, namespace, labels }, ...(template.spec === undefined ? {} : { spec: template.spec }) });
        store.create(admitClaim(store, claim));
        events.record(set, 'Normal', 'SuccessfulCreate', `create Claim ${claimName} Pod ${podName} in StatefulSet ${set.metadata.name} success`, SOURCE);
      }
      return { name: volume, persistentVolumeClaim: { claimName } };
    });
  }

  #delete(set: StatefulSet, pod: Pod): void {
    requestDeletion(this.#cluster.store, this.#cluster.clock, pod, null);
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    this.#cluster.events.record(set, 'Normal', 'SuccessfulDelete', message, SOURCE);
  }

  #podsOf(uid: string): Map<number, Pod> {
    const pods = new Map<number, Pod>();
    for (const owned of this.#cluster.store.ownedBy(uid)) {
      if (owned.kind === 'Pod') pods.set(Number(owned.metadata.name.slice(owned.metadata.name.lastIndexOf('-') + 1)), owned);
    }
    return pods;
  }

  #writeStatus(stale: StatefulSet, revision: string): void {
    const { store } = this.#cluster;
    const uid = stale.metadata.uid as string;
    const set = store.byUid(uid) as StatefulSet;
    const pods = [...this.#podsOf(uid).values()].filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const updated = pods.filter((pod) => revisionOf(pod) === revision);
    const ready = pods.filter(isReady);
    const available = this.#available(set, ready);
    const before = set.status?.currentRevision ?? revision;
    const complete = updated.length === pods.length && updated.length === (set.spec?.replicas ?? 1) && ready.length === pods.length;
    const currentRevision = complete ? revision : before;
    const current = pods.filter((pod) => revisionOf(pod) === currentRevision).length;
    const generation = set.metadata.generation;
    const status = {
      observedGeneration: generation ?? 1,
      replicas: pods.length,
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(current > 0 ? { currentReplicas: current } : {}),
      ...(updated.length > 0 ? { updatedReplicas: updated.length } : {}),
      currentRevision,
      updateRevision: revision,
      collisionCount: 0,
      availableReplicas: available,
    };
    if (!sameJson(status, set.status)) store.update<StatefulSet>({ ...set, status });
  }

  #available(set: StatefulSet, ready: readonly Pod[]): number {
    const { clock } = this.#cluster;
    const minReadyMs = (set.spec?.minReadySeconds ?? 0) * 1000;
    const leftMs = ready.map((pod) => clock.simMs(readySince(pod)) + minReadyMs - clock.nowMs);
    const waiting = leftMs.filter((left) => left > 0);
    if (waiting.length > 0) this.#queue.markAfter(set.metadata.uid as string, Math.min(...waiting));
    return leftMs.length - waiting.length;
  }
}

const SOURCE = { component: 'statefulset-controller' };
const SYNC_DELAY_MS = 7;

function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.['controller-revision-hash'];
}
