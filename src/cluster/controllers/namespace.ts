import type { ClusterContext } from '../context.ts';
import { furnishNamespace, isRootCertificate } from '../built-ins.ts';
import { isFinished, refOf, requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { resourceOf } from '../custom-kind.ts';
import { RESOURCES, type Kind, type KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

type Namespace = KindMap['Namespace'];

/** Empties a namespace that is being deleted, then lets it go; gives a living one back what each namespace has. */
export class NamespaceController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, EMPTY_DELAY_MS, (name) => this.#tend(name));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watch((type, object, previous) => {
      if (object.kind === 'Namespace') {
        if (type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined && previous?.metadata.deletionTimestamp === undefined) this.#queue.mark(object.metadata.name);
      } else if (object.kind === 'ConfigMap' && type === 'MODIFIED' && isRootCertificate(object)) this.#queue.mark(object.metadata.namespace ?? '');
      else if (type === 'DELETED' && object.metadata.namespace !== undefined) {
        const home = store.get('Namespace', '', object.metadata.namespace);
        const furnished = object.kind === 'ServiceAccount' || object.kind === 'ConfigMap';
        if (home !== undefined && (furnished || home.metadata.deletionTimestamp !== undefined)) this.#queue.mark(home.metadata.name);
      }
    });
  }

  #tend(name: string): void {
    const { store, clock } = this.#cluster;
    const namespace = store.get('Namespace', '', name);
    if (namespace === undefined) return;
    if (namespace.metadata.deletionTimestamp === undefined) return furnishNamespace(store, name);
    const left = new Map<string, number>();
    const held = new Map<string, number>();
    for (const kind of [...KINDS, ...store.customKinds()]) {
      for (const object of store.list(kind, name)) {
        requestDeletion(store, clock, object, null);
        const there = store.byUid(object.metadata.uid as string);
        if (there === undefined) continue;
        raise(left, resourceName(kind));
        for (const finalizer of there.metadata.finalizers ?? []) raise(held, finalizer);
      }
    }
    if (left.size === 0) this.#letGo(namespace);
    else this.#say(namespace, left, held);
  }

  /** Empty: what Kubernetes itself held it for is over; other finalizers may hold it still. */
  #letGo(namespace: Namespace): void {
    const { store } = this.#cluster;
    const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== 'kubernetes');
    const gone = store.update<Namespace>({ ...namespace, spec: finalizers.length === 0 ? {} : { finalizers } });
    if (isFinished(gone)) store.remove(refOf(gone));
  }

  #say(namespace: Namespace, left: ReadonlyMap<string, number>, held: ReadonlyMap<string, number>): void {
    const { store, clock } = this.#cluster;
    const instances = (counts: ReadonlyMap<string, number>, word: string): string => [...counts].map(([what, count]) => `${what}${word} ${count} resource instances`).join(', ');
    const verdicts: (readonly [type: string, is: boolean, reason: string, message: string])[] = [
      ['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'],
      ['NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
      ['NamespaceDeletionContentFailure', false, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
      ['NamespaceContentRemaining', true, 'SomeResourcesRemain', `Some resources are remaining: ${instances(left, ' has')}`],
      held.size > 0
        ? ['NamespaceFinalizersRemaining', true, 'SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${instances(held, ' in')}`]
        : ['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ];
    const before = namespace.status?.conditions ?? [];
    const conditions = verdicts.map(([type, is, reason, message]) => {
      const status = is ? 'True' : 'False';
      const was = before.find((condition) => condition.type === type);
      return { type, status, reason, message, lastTransitionTime: was?.status === status ? (was.lastTransitionTime ?? clock.now()) : clock.now() };
    });
    if (!sameJson(conditions, before)) store.update<Namespace>({ ...namespace, status: { ...namespace.status, conditions } });
  }
}

function raise(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function resourceName(kind: Kind): string {
  const { plural, apiVersion } = resourceOf(kind);
  return apiVersion.includes('/') ? `${plural}.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : `${plural}.`;
}

const EMPTY_DELAY_MS = 40;
const KINDS = (Object.keys(RESOURCES) as Kind[]).filter((kind) => resourceOf(kind).namespaced);
