import { isCustomKind } from '../../cluster/custom-kind.ts';
import { customResource } from '../../cluster/extensions/custom-resource.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import type { KubeObject } from '../../cluster/objects.ts';
import { addedFields } from '../../cluster/patching/added-fields.ts';
import { difference, fieldSet, intersection, union, type FieldSet } from '../../cluster/patching/field-set.ts';
import { creatorEntry, readManagers, SERVER_FIELDS, writeManagers, type Managed, type Manager } from '../../cluster/patching/managers.ts';
import { afterChanges, afterUpdate, changesBetween, sameManagers, topFields } from '../../cluster/patching/ownership.ts';
import { DEDUCED, type Structure } from '../../cluster/patching/structure.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { customStructure } from '../extensions/custom-structure.ts';
import { structureOfKind } from '../schema/structures.ts';

/** `metadata.managedFields` as an object holds it. */
export type ManagerEntries = NonNullable<KubeObject['metadata']['managedFields']>;

/**
 * Who owns the fields of an object. Writes that come in through the REST API note it in the object, as the real server
 * does. Those of controllers inside of the process note nothing, so that a drill without clients pays nothing: what they
 * changed since the last note, or all of an object that never had one, is found when somebody looks, and put down to the
 * controller that writes such fields. The times are taken from the object itself, so that every look finds the same.
 * Whole lists and watches, of which informers live, tell only what is noted; single objects, pages of lists, as kubectl
 * asks for them, and the answers to writes tell all.
 */
export class FieldOwnership {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  managersOf(object: KubeObject): readonly Managed[] {
    return readManagers(this.#entriesOf(object)) ?? [];
  }

  /** The object as clients see it: with its managers. Undefined entries mean that there are none. */
  withManagers<Given extends KubeObject>(object: Given): Given {
    const entries = this.#entriesOf(object);
    if (entries.length > 0 && entries === object.metadata.managedFields) return object;
    const { managedFields: _noted, ...metadata } = object.metadata;
    return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
  }

  /** What to note for an object that is about to be stored; what its present revision holds where nothing changes but times. */
  noted(managed: readonly Managed[], next: KubeObject, current: KubeObject | null): ManagerEntries | undefined {
    const entries = writeManagers(managed);
    if (current !== null && sameManagers(entries, this.#entriesOf(current) as unknown as readonly JsonObject[]) && this.#sameRest(next, current)) return current.metadata.managedFields;
    NOTED.set(entries, next);
    return entries;
  }

  /** What to note after a write that is no apply. What the client says about managers counts: also that there be none. */
  notedUpdate(manager: Manager, time: string): (next: KubeObject, current: KubeObject | null) => ManagerEntries | undefined {
    const within = fieldsOfDoor(manager.subresource);
    return (next, current) => {
      const structure = this.structureFor(next);
      if (current === null) {
        const fields = addedFields(next as unknown as JsonObject, structure, next.kind === 'Pod' ? NOT_OF_POD_MAKERS : NOT_OF_MAKERS);
        const entries = fields === null ? [] : [creatorEntry(manager, time, fields)];
        NOTED.set(entries, next);
        return entries;
      }
      const managed = manager.subresource === '' ? this.#askedManagers(next, current) : this.managersOf(current);
      // Of an object whose managers were reset nothing is noted until it is applied.
      if (managed.length === 0) return [];
      return this.noted(afterUpdate(current as unknown as JsonObject, next as unknown as JsonObject, managed, { manager, time, structure, within }), next, current);
    };
  }

  /** How the objects of a kind merge: by what is published of it, or by the schema of its definition. */
  structureFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Structure {
    if (!isCustomKind(kind)) return publishedStructure(apiVersion, kind);
    const version = customResource(this.#store, kind)?.versions.find(({ name }) => apiVersion.endsWith(`/${name}`));
    return version === undefined ? DEDUCED : customStructure(version.schema);
  }

  /** As {@link managersOf}, in the form of `metadata.managedFields`. */
  #entriesOf(object: KubeObject): ManagerEntries {
    const entries = object.metadata.managedFields;
    if (entries === undefined) return this.#madeInside(object);
    const seen = NOTED.get(entries);
    if (entries.length === 0 || seen === undefined || unchanged(seen, object)) return entries;
    const changes = changesBetween(seen as unknown as JsonObject, object as unknown as JsonObject, this.structureFor(object));
    const before = readManagers(entries) ?? [];
    let now = before;
    for (const { who, subresource, time, within } of changers(object)) {
      now = afterChanges(changes, now, { manager: { name: who, operation: 'Update', apiVersion: object.apiVersion, subresource }, time, within });
    }
    return now === before ? entries : writeManagers(now);
  }

  /** Of an object that no client made: who made it, and who writes its status. */
  #madeInside(object: KubeObject): ManagerEntries {
    const structure = this.structureFor(object);
    return creators(object).flatMap(({ who, subresource, time, part, but }) => {
      const fields = addedFields(part as JsonObject, structure, but);
      return fields === null ? [] : [creatorEntry({ name: who, operation: 'Update', apiVersion: object.apiVersion, subresource }, time, fields)];
    });
  }

  #askedManagers(next: KubeObject, current: KubeObject): readonly Managed[] {
    const asked: unknown = next.metadata.managedFields;
    if (asked === undefined || asked === current.metadata.managedFields) return this.managersOf(current);
    if (Array.isArray(asked) && (asked.length === 0 || (asked.length === 1 && isJsonObject(asked[0]) && Object.keys(asked[0]).length === 0))) return [];
    const managed = readManagers(asked);
    return managed === null || managed.length === 0 ? this.managersOf(current) : managed;
  }

  /** Whether two revisions are one but for their managers. */
  #sameRest(next: KubeObject, current: KubeObject): boolean {
    const { added, modified, removed } = changesBetween(current as unknown as JsonObject, next as unknown as JsonObject, this.structureFor(next));
    return added.isEmpty && modified.isEmpty && removed.isEmpty;
  }
}

/** Whether nothing that anybody may own became another between two revisions, told by identity alone. */
function unchanged(seen: KubeObject, object: KubeObject): boolean {
  return sameParts(seen, object, (key) => key === 'metadata') && sameParts(seen.metadata, object.metadata, (key) => SERVER_FIELDS.has(['f:metadata', `f:${key}`]));
}

function sameParts(left: object, right: object, isFree: (key: string) => boolean): boolean {
  const [before, after] = [left as JsonObject, right as JsonObject];
  for (const key of Object.keys(after)) if (before[key] !== after[key] && !isFree(key)) return false;
  for (const key of Object.keys(before)) if (after[key] === undefined && before[key] !== undefined && !isFree(key)) return false;
  return true;
}

/** The revision of an object that its entries were noted with, by the entries. */
const NOTED = new WeakMap<object, KubeObject>();

/** The fields that a write through a subresource is about; '' is the object itself. */
export function fieldsOfDoor(subresource: string): (fields: FieldSet) => FieldSet {
  switch (subresource) {
    case 'status':
      return topFields('without', ['spec']);
    case 'scale':
      return (fields) => intersection(fields, REPLICAS);
    default:
      return WITHOUT_STATUS;
  }
}

function publishedStructure(apiVersion: string, kind: string): Structure {
  const key = `${apiVersion}/${kind}`;
  let known = STRUCTURES.get(key);
  if (known === undefined) {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    STRUCTURES.set(key, (known = structureOfKind({ group, version, kind })));
  }
  return known;
}

const STRUCTURES = new Map<string, Structure>();

/** A controller inside of the process. */
interface Writer {
  readonly who: string;
  readonly subresource: string;
  readonly time: string;
}

/** Who made what of an object that no client made. The scheduler's choice of a node belongs to nobody, as binding is no update. */
function creators(object: KubeObject): readonly (Writer & { readonly part: object; readonly but: FieldSet })[] {
  const { status } = object as { readonly status?: unknown };
  const revision = object.kind === 'Deployment' ? object.metadata.annotations?.[REVISION] : undefined;
  return [
    { who: creatorOf(object), subresource: '', time: createdAt(object), part: object, but: object.kind === 'Pod' ? NOT_OF_POD_MAKERS : revision === undefined ? NOT_OF_MAKERS : NOT_OF_DEPLOYMENT_MAKERS },
    { ...statusWriter(object), part: { ...(revision === undefined ? {} : { metadata: { annotations: { [REVISION]: revision } } }), status }, but: NO_FIELDS },
  ];
}

/** Who changes objects that a client made: their status, the number of replicas that an autoscaler sets, or the rest. */
function changers(object: KubeObject): readonly (Writer & { readonly within: (fields: FieldSet) => FieldSet })[] {
  const status = statusWriter(object);
  const { time } = status;
  return [
    { ...status, within: (fields) => union(ONLY_STATUS(fields), object.kind === 'Deployment' ? intersection(fields, STATUS_FIELDS) : NO_FIELDS) },
    { who: MANAGER, subresource: 'scale', time, within: (fields) => intersection(fields, REPLICAS) },
    { who: MANAGER, subresource: '', time, within: (fields) => difference(WITHOUT_STATUS(fields), OTHERS) },
  ];
}

function statusWriter(object: KubeObject): Writer {
  return { who: object.kind === 'Pod' || object.kind === 'Node' ? 'kubelet' : MANAGER, subresource: 'status', time: latestIn(object) ?? createdAt(object) };
}

const MANAGER = 'kube-controller-manager';
const WITHOUT_STATUS = topFields('without', ['status']);
const ONLY_STATUS = topFields('only', ['status']);
/** What admission and the scheduler give a pod. */
const ADMITTED = fieldSet(...['nodeName', 'priority', 'preemptionPolicy'].map((name) => ['f:spec', `f:${name}`]));
const REPLICAS = fieldSet(['f:spec', 'f:replicas']);
/** What controllers write into metadata together with the status. */
const REVISION = 'deployment.kubernetes.io/revision';
const STATUS_FIELDS = fieldSet(['f:metadata', 'f:annotations'], ['f:metadata', 'f:annotations', `f:${REVISION}`]);
const OTHERS = union(union(ADMITTED, REPLICAS), STATUS_FIELDS);

const NO_FIELDS = fieldSet();
const NOT_OF_MAKERS = union(SERVER_FIELDS, fieldSet(['f:status']));
const NOT_OF_POD_MAKERS = union(NOT_OF_MAKERS, ADMITTED);
const NOT_OF_DEPLOYMENT_MAKERS = union(NOT_OF_MAKERS, STATUS_FIELDS);

function creatorOf(object: KubeObject): string {
  const { kind, metadata } = object;
  if (metadata.ownerReferences !== undefined) return metadata.ownerReferences.some((owner) => owner.kind === 'Node') ? 'kubelet' : MANAGER;
  const own = BY_KIND[kind];
  if (own !== undefined) return own;
  if (kind === 'Event') {
    const { source, reportingComponent } = object as { readonly source?: { readonly component?: string }; readonly reportingComponent?: string };
    return source?.component ?? reportingComponent ?? MANAGER;
  }
  return metadata.name === 'kube-root-ca.crt' || metadata.labels?.['kubernetes.io/bootstrapping'] !== undefined ? MANAGER : 'kubectl-create';
}

const BY_KIND: Readonly<Record<string, string>> = { Node: 'kubelet', Lease: 'kubelet', Namespace: 'kube-apiserver', Endpoints: MANAGER, EndpointSlice: MANAGER, ServiceAccount: MANAGER, PriorityClass: 'kube-apiserver' };

function createdAt({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? '1970-01-01T00:00:00Z';
}

/** The latest time that a status tells of. */
function latestIn(object: KubeObject): string | null {
  let latest: string | null = null;
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      if (INSTANT.test(value) && (latest === null || value > latest)) latest = value;
    } else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) look(inner);
  };
  look((object as { readonly status?: unknown }).status);
  return latest;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
