import type { PodTemplateSpec, Toleration } from 'kubernetes-types/core/v1';
import { Die } from '../../time/dice.ts';
import type { ClusterContext } from '../context.ts';
import { requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import { randomSuffix } from '../names.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, isReady, podFromTemplate, readySince } from '../pods.ts';
import type { WatchType } from '../store.ts';
import { WorkQueue } from '../work-queue.ts';
import { nextDaemonStep, type DaemonNode } from './daemon-update.ts';
import { matchesTerm, pinnedTo } from './node-affinity.ts';
import { adoptPod, releasePods } from './ownership.ts';
import { CreationBackOff, makePod } from './pod-maker.ts';
import { RevisionHistory } from './revision-history.ts';
import { nodeRefusal } from './scheduling-filters.ts';

type Pod = KindMap['Pod'];
type DaemonSet = KindMap['DaemonSet'];
type Node = KindMap['Node'];

/** Keeps one pod of each DaemonSet on every node that it is for. */
export class DaemonSetController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #history: RevisionHistory;
  readonly #backOff = new CreationBackOff();
  readonly #dice = new Map<string, Die>();
  /** Sets that may have pods to release or to adopt. */
  readonly #unsettled = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#history = new RevisionHistory(cluster, HASH);
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('DaemonSet', (type, set, previous) => {
      const uid = set.metadata.uid as string;
      if (type === 'ADDED') this.#unsettled.add(uid);
      if (type === 'DELETED') this.#dice.delete(uid);
      else if (previous?.spec !== set.spec) this.#queue.mark(uid);
    });
    store.watchKind('Pod', (type, pod, previous) => this.#podChanged(type, pod, previous));
    store.watchKind('ControllerRevision', (type, revision) => {
      const owner = controllerOf(revision);
      if (type === 'DELETED' && owner?.kind === 'DaemonSet') this.#queue.mark(owner.uid);
    });
    store.watchKind('Node', (_type, node, previous) => {
      if (previous !== null && previous.spec === node.spec && previous.metadata.labels === node.metadata.labels) return;
      for (const set of store.list('DaemonSet', null)) this.#queue.mark(set.metadata.uid as string);
    });
  }

  #podChanged(type: WatchType, pod: Pod, previous: Pod | null): void {
    const owner = controllerOf(pod);
    const was = previous === null ? undefined : controllerOf(previous);
    if (was?.kind === 'DaemonSet' && was.uid !== owner?.uid) this.#queue.mark(was.uid);
    if (owner?.kind === 'DaemonSet') {
      if (previous !== null && previous.metadata.labels !== pod.metadata.labels) this.#unsettled.add(owner.uid);
      this.#queue.mark(owner.uid);
    }
    if (owner !== undefined || type === 'DELETED') return;
    for (const set of this.#cluster.store.list('DaemonSet', pod.metadata.namespace ?? '')) {
      if (!selects(set.spec?.selector, pod.metadata.labels)) continue;
      this.#unsettled.add(set.metadata.uid as string);
      this.#queue.mark(set.metadata.uid as string);
    }
  }

  #sync(uid: string): void {
    const { store } = this.#cluster;
    const set = store.byUid(uid);
    if (set?.kind !== 'DaemonSet') return;
    if (this.#unsettled.delete(uid) && set.metadata.deletionTimestamp === undefined) {
      releasePods(store, set, set.spec?.selector);
      for (const pod of store.list('Pod', set.metadata.namespace ?? '')) adoptPod(store, set, set.spec?.selector, pod);
    }
    const revision = this.#history.note(set);
    const hash = this.#history.hashOf(revision);
    if (set.metadata.deletionTimestamp === undefined) {
      this.#manage(set, hash);
      if (set.spec?.updateStrategy?.type !== 'OnDelete') this.#update(set, hash);
      this.#history.trim(set, new Set(this.#podsOf(uid).map((pod) => `${set.metadata.name}-${pod.metadata.labels?.[HASH] ?? ''}`).concat(revision.metadata.name)));
    }
    this.#writeStatus(set, hash);
  }

  /** Pods appear on nodes that want one and have none, and go where they are not wanted, have failed, or are one too many. */
  #manage(set: DaemonSet, hash: string): void {
    const byNode = this.#byNode(set);
    const missing: string[] = [];
    for (const node of this.#cluster.store.list('Node', null)) {
      const pods = byNode.get(node.metadata.name) ?? [];
      const { run, stay } = wants(set, node);
      if (!stay) for (const pod of pods) this.#delete(set, pod);
      const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
      for (const pod of alive.filter(({ status }) => status?.phase === 'Failed' || status?.phase === 'Succeeded')) this.#endFailed(set, pod, node.metadata.name);
      const active = alive.filter(({ status }) => status?.phase !== 'Failed' && status?.phase !== 'Succeeded');
      // While it surges a node has a new pod beside the old one.
      const spared = surges(set) ? [active.find((pod) => pod.metadata.labels?.[HASH] === hash), active.find((pod) => pod.metadata.labels?.[HASH] !== hash)] : [active[0]];
      for (const pod of stay ? active.filter((one) => !spared.includes(one)) : []) this.#delete(set, pod);
      if (run && pods.length === 0) missing.push(node.metadata.name);
    }
    for (const name of missing) if (!this.#create(set, name, hash)) return;
    this.#backOff.reset(set.metadata.uid as string);
  }

  #endFailed(set: DaemonSet, pod: Pod, node: string): void {
    const where = `${pod.metadata.namespace ?? ''}/${pod.metadata.name} on node ${node}`;
    if (pod.status?.phase === 'Failed') this.#cluster.events.record(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${where}, will try to kill it`, SOURCE);
    else this.#cluster.events.record(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${where}, will try to delete it`, SOURCE);
    this.#delete(set, pod);
  }

  #update(set: DaemonSet, hash: string): void {
    const byNode = this.#byNode(set);
    const nodes = this.#cluster.store.list('Node', null).filter((node) => wants(set, node).run).map(({ metadata: { name } }): DaemonNode => {
      const pods = (byNode.get(name) ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      return { name, newPod: pods.find((pod) => pod.metadata.labels?.[HASH] === hash), oldPod: pods.find((pod) => pod.metadata.labels?.[HASH] !== hash) };
    });
    const step = nextDaemonStep(set, nodes, (pod) => isReady(pod) && this.#isAvailable(set, pod));
    for (const pod of step.delete) this.#delete(set, pod);
    for (const node of step.surgeOn) if (!this.#create(set, node, hash)) return;
  }

  #create(set: DaemonSet, node: string, hash: string): boolean {
    const { store, events, seed } = this.#cluster;
    const { name: setName, namespace = '' } = set.metadata;
    const uid = set.metadata.uid as string;
    let die = this.#dice.get(uid);
    if (die === undefined) {
      die = new Die(seed, `pod-names/${namespace}/${setName}/${uid}`);
      this.#dice.set(uid, die);
    }
    let name: string;
    do name = `${setName}-${randomSuffix(die)}`; while (store.get('Pod', namespace, name) !== undefined);
    const pod = podFromTemplate(set, daemonTemplate(set, node), name, { generateName: `${setName}-`, labels: { [HASH]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) } });
    const result = makePod(this.#cluster, pod);
    if ('made' in result) {
      events.record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`, SOURCE);
      return true;
    }
    events.record(set, 'Warning', 'FailedCreate', `Error creating: ${result.problem}`, SOURCE);
    this.#queue.markAfter(uid, this.#backOff.next(uid));
    return false;
  }

  #delete(set: DaemonSet, pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    requestDeletion(this.#cluster.store, this.#cluster.clock, pod, null);
    this.#cluster.events.record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, SOURCE);
  }

  #podsOf(uid: string): Pod[] {
    const pods: Pod[] = [];
    for (const owned of this.#cluster.store.ownedBy(uid)) if (owned.kind === 'Pod') pods.push(owned);
    return pods;
  }

  #byNode(set: DaemonSet): Map<string, Pod[]> {
    const byNode = new Map<string, Pod[]>();
    for (const pod of this.#podsOf(set.metadata.uid as string)) {
      const node = pod.spec?.nodeName ?? pinnedTo(pod) ?? '';
      byNode.set(node, [...(byNode.get(node) ?? []), pod]);
    }
    return byNode;
  }

  #writeStatus(stale: DaemonSet, hash: string): void {
    const { store } = this.#cluster;
    const set = store.byUid(stale.metadata.uid as string);
    if (set?.kind !== 'DaemonSet') return;
    const byNode = this.#byNode(set);
    const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
    for (const node of store.list('Node', null)) {
      const pods = (byNode.get(node.metadata.name) ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const { run } = wants(set, node);
      if (run) counts.desired++;
      if (pods.length === 0) continue;
      if (!run) counts.misscheduled++;
      else {
        const serving = pods.filter(isReady);
        counts.current++;
        if (pods.some((pod) => pod.metadata.labels?.[HASH] === hash)) counts.updated++;
        if (serving.length > 0) counts.ready++;
        if (serving.some((pod) => this.#isAvailable(set, pod))) counts.available++;
      }
    }
    const { conditions, collisionCount } = set.status ?? {};
    const status = {
      currentNumberScheduled: counts.current, numberMisscheduled: counts.misscheduled, desiredNumberScheduled: counts.desired, numberReady: counts.ready,
      observedGeneration: set.metadata.generation ?? 1,
      ...(counts.updated > 0 ? { updatedNumberScheduled: counts.updated } : {}),
      ...(counts.available > 0 ? { numberAvailable: counts.available } : {}),
      ...(counts.desired > counts.available ? { numberUnavailable: counts.desired - counts.available } : {}),
      ...(collisionCount === undefined ? {} : { collisionCount }), ...(conditions === undefined ? {} : { conditions }),
    };
    if (!sameJson(status, set.status)) store.update<DaemonSet>({ ...set, status });
  }

  #isAvailable(set: DaemonSet, pod: Pod): boolean {
    const { clock } = this.#cluster;
    const leftMs = clock.simMs(readySince(pod)) + (set.spec?.minReadySeconds ?? 0) * 1000 - clock.nowMs;
    if (leftMs > 0) this.#queue.markAfter(set.metadata.uid as string, leftMs);
    return leftMs <= 0;
  }
}

const SOURCE = { component: 'daemonset-controller' };
const SYNC_DELAY_MS = 9;
const HASH = 'controller-revision-hash';

/** What a DaemonSet's pods bear, whatever they say themselves. Source: https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/ */
const TOLERATED: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((key) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoSchedule' })),
];

function surges(set: DaemonSet): boolean {
  const surge = set.spec?.updateStrategy?.rollingUpdate?.maxSurge ?? 0;
  return surge !== 0 && surge !== '0%';
}

function daemonTemplate(set: DaemonSet, node: string): PodTemplateSpec {
  const template = set.spec?.template ?? {};
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  const affinity = { ...template.spec?.affinity, nodeAffinity: { ...template.spec?.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
  return { ...template, spec: { containers: [], ...template.spec, affinity, tolerations: [...(template.spec?.tolerations ?? []), ...TOLERATED] } };
}

/** Whether a node should get a pod of the set, and whether one that it has may stay. */
function wants(set: DaemonSet, node: Node): { readonly run: boolean; readonly stay: boolean } {
  const template = set.spec?.template?.spec;
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: '' }, spec: { containers: [], ...template, tolerations: [...(template?.tolerations ?? []), ...TOLERATED] } };
  const required = template?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined && !required.nodeSelectorTerms.some((term) => matchesTerm(term, node))) return { run: false, stay: false };
  if (nodeRefusal(node, pod) === null) return { run: true, stay: true };
  const lasting = { ...node, spec: { ...node.spec, taints: (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute') } };
  return { run: false, stay: nodeRefusal(lasting, pod) === null };
}
