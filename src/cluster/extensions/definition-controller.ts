import type { ClusterContext } from '../context.ts';
import { isFinished, refOf, requestDeletion } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';
import { kindOfDefinition } from './custom-resource.ts';

type Definition = KindMap['CustomResourceDefinition'];
type Condition = NonNullable<NonNullable<Definition['status']>['conditions']>[number];

/** Held by a definition until the objects of its kind are gone. */
const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Accepts the names of custom kinds, says when they are served, and takes their objects away when their definition goes. */
export class DefinitionController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, ACCEPT_DELAY_MS, (name) => this.#tend(name));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('CustomResourceDefinition', (type, object) => {
      if (type !== 'DELETED') this.#queue.mark(object.metadata.name);
      // Names that it held are free for others.
      else for (const { metadata } of store.list('CustomResourceDefinition', null)) this.#queue.mark(metadata.name);
    });
    store.watch((type, object) => {
      if (type !== 'DELETED' || !object.kind.includes('.')) return;
      for (const definition of store.list('CustomResourceDefinition', null)) {
        if (definition.metadata.deletionTimestamp !== undefined && kindOfDefinition(definition) === object.kind) this.#queue.mark(definition.metadata.name);
      }
    });
  }

  #tend(name: string): void {
    const { store } = this.#cluster;
    const definition = store.get('CustomResourceDefinition', '', name);
    if (definition === undefined) return;
    if (definition.metadata.deletionTimestamp !== undefined) this.#cleanUp(definition);
    else this.#accept(definition);
  }

  #accept(definition: Definition): void {
    const { store } = this.#cluster;
    const conflict = this.#conflict(definition);
    const before = definition.status?.conditions ?? [];
    const wasEstablished = before.some(({ type, status }) => type === 'Established' && status === 'True');
    const accepted = conflict === null;
    const own = [
      this.#condition(before, 'NamesAccepted', accepted, accepted ? 'NoConflicts' : conflict.reason, accepted ? 'no conflicts found' : conflict.message),
      this.#condition(before, 'Established', accepted || wasEstablished, accepted || wasEstablished ? 'InitialNamesAccepted' : 'NotAccepted', accepted || wasEstablished ? 'the initial names have been accepted' : 'not all names are accepted'),
    ];
    const conditions = [...own, ...before.filter(({ type }) => !own.some((condition) => condition.type === type))];
    const { metadata, spec } = definition;
    const acceptedNames = accepted ? spec.names : (definition.status?.acceptedNames ?? { plural: '', kind: '' });
    const status = { ...definition.status, acceptedNames, conditions, storedVersions: definition.status?.storedVersions ?? [] } as NonNullable<Definition['status']>;
    const finalizers = (metadata.finalizers ?? []).includes(CLEANUP_FINALIZER) ? metadata.finalizers ?? [] : [...(metadata.finalizers ?? []), CLEANUP_FINALIZER];
    if (sameJson(status, definition.status) && finalizers === metadata.finalizers) return;
    store.update<Definition>({ ...definition, metadata: { ...metadata, finalizers }, status });
  }

  /** A name of the same group that another definition has been given already. */
  #conflict(definition: Definition): { readonly reason: string; readonly message: string } | null {
    const { group, names } = definition.spec;
    const taken = new Set<string>();
    const kinds = new Set<string>();
    for (const other of this.#cluster.store.list('CustomResourceDefinition', null)) {
      const held = other.status?.acceptedNames;
      if (other.metadata.name === definition.metadata.name || other.spec.group !== group || held === undefined) continue;
      for (const word of [held.plural, held.singular, ...(held.shortNames ?? [])]) if (word !== undefined && word !== '') taken.add(word);
      for (const word of [held.kind, held.listKind]) if (word !== undefined && word !== '') kinds.add(word);
    }
    const checks: (readonly [reason: string, words: readonly (string | undefined)[], held: ReadonlySet<string>])[] = [
      ['PluralConflict', [names.plural], taken], ['SingularConflict', [names.singular], taken], ['ShortNamesConflict', names.shortNames ?? [], taken], ['KindConflict', [names.kind], kinds], ['ListKindConflict', [names.listKind], kinds],
    ];
    for (const [reason, words, held] of checks) {
      const found = words.find((word) => word !== undefined && held.has(word));
      if (found !== undefined) return { reason, message: `${JSON.stringify(found)} is already in use` };
    }
    return null;
  }

  #condition(before: readonly Condition[], type: string, is: boolean, reason: string, message: string): Condition {
    const status = is ? 'True' : 'False';
    const was = before.find((condition) => condition.type === type);
    return { type, status, lastTransitionTime: was?.status === status ? (was.lastTransitionTime ?? this.#cluster.clock.now()) : this.#cluster.clock.now(), reason, message };
  }

  #cleanUp(definition: Definition): void {
    const { store, clock } = this.#cluster;
    const finalizers = definition.metadata.finalizers ?? [];
    if (!finalizers.includes(CLEANUP_FINALIZER)) return;
    const kind = kindOfDefinition(definition);
    for (const object of store.list(kind, null)) requestDeletion(store, clock, object, null);
    const left = store.list(kind, null).length;
    const before = definition.status?.conditions ?? [];
    const terminating = this.#condition(before, 'Terminating', true, left === 0 ? 'InstanceDeletionCompleted' : 'InstanceDeletionInProgress', left === 0 ? 'removed all instances' : 'CustomResource deletion is in progress');
    const conditions = [...before.filter(({ type }) => type !== 'Terminating'), terminating];
    const status = { ...definition.status, conditions } as NonNullable<Definition['status']>;
    if (left > 0) {
      if (!sameJson(status, definition.status)) store.update<Definition>({ ...definition, status });
      return;
    }
    const { finalizers: _held, ...metadata } = definition.metadata;
    const others = finalizers.filter((one) => one !== CLEANUP_FINALIZER);
    const freed = store.update<Definition>({ ...definition, metadata: others.length === 0 ? metadata : { ...metadata, finalizers: others }, status });
    if (isFinished(freed)) store.remove(refOf(freed));
  }
}

const ACCEPT_DELAY_MS = 15;
