import { isJsonObject, type JsonObject } from '../cluster/json.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { difference, FieldSet, fieldSet, intersection, union } from '../cluster/patching/field-set.ts';
import { readManagers, writeManagers, type Managed, type Manager } from '../cluster/patching/managers.ts';
import { afterChanges, afterUpdate, changesBetween, sameManagers, topFields } from '../cluster/patching/ownership.ts';
import type { Structure } from '../cluster/patching/structure.ts';
import { structureOfKind } from './structures.ts';

/** `metadata.managedFields` as an object holds it. */
export type ManagerEntries = NonNullable<KubeObject['metadata']['managedFields']>;

/**
 * Who owns the fields of an object. Writes that come in through the REST API note it in the object, as the real server
 * does. Those of controllers inside of the process note nothing, so that a drill without clients pays nothing: what they
 * changed since the last note, or all of an object that never had one, is found when somebody looks, and put down to the
 * controller that writes such fields. The times are taken from the object itself, so that every look finds the same.
 */
export function managersOf(object: KubeObject): readonly Managed[] {
  const entries = object.metadata.managedFields;
  if (entries?.length === 0) return [];
  const managed = entries === undefined ? [] : (readManagers(entries) ?? []);
  const seen = entries === undefined ? NOTHING : (NOTED.get(entries) ?? object);
  if (seen === object) return managed;
  const bare = object as unknown as JsonObject;
  const changes = changesBetween(seen as JsonObject, bare, structureFor(object));
  const { apiVersion } = object;
  let now = managed;
  for (const { who, subresource, time, within } of seen === NOTHING ? creators(object) : changers(object)) {
    now = afterChanges(changes, now, { manager: { name: who, operation: 'Update', apiVersion, subresource }, time, within });
  }
  return now;
}

/** The revision of an object that its entries were noted with, by the entries. */
const NOTED = new WeakMap<object, object>();
const NOTHING: object = {};

/** The object as clients see it: with its managers. Undefined entries mean that there are none. */
export function withManagers<Given extends KubeObject>(object: Given): Given {
  const { managedFields: _noted, ...metadata } = object.metadata;
  const entries = entriesOf(managersOf(object));
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
}

/** What to note for an object that is about to be stored; what its present revision holds where nothing changes but times. */
export function noted(managed: readonly Managed[], next: KubeObject, current: KubeObject | null): ManagerEntries | undefined {
  const entries = entriesOf(managed);
  if (current !== null && sameManagers(asJson(entries), asJson(entriesOf(managersOf(current)))) && sameRest(next, current)) return current.metadata.managedFields;
  NOTED.set(entries, next);
  return entries;
}

/** What to note after a write that is no apply. What the client says about managers counts: also that there be none. */
export function notedUpdate(manager: Manager, time: string): (next: KubeObject, current: KubeObject | null) => ManagerEntries | undefined {
  const within = manager.subresource === '' ? topFields('without', ['status']) : topFields('without', ['spec']);
  return (next, current) => {
    const structure = structureFor(next);
    if (current === null) return noted(afterUpdate({}, next as unknown as JsonObject, [], { manager, time, structure, within }), next, null);
    const managed = manager.subresource === '' ? askedManagers(next, current) : managersOf(current);
    // Of an object whose managers were reset nothing is noted until it is applied.
    if (managed.length === 0) return [];
    return noted(afterUpdate(current as unknown as JsonObject, next as unknown as JsonObject, managed, { manager, time, structure, within }), next, current);
  };
}

function askedManagers(next: KubeObject, current: KubeObject): readonly Managed[] {
  const asked: unknown = next.metadata.managedFields;
  if (asked === undefined || asked === current.metadata.managedFields) return managersOf(current);
  if (Array.isArray(asked) && (asked.length === 0 || (asked.length === 1 && isJsonObject(asked[0]) && Object.keys(asked[0]).length === 0))) return [];
  const managed = readManagers(asked);
  return managed === null || managed.length === 0 ? managersOf(current) : managed;
}

export function structureFor({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Structure {
  const key = `${apiVersion}/${kind}`;
  let known = STRUCTURES.get(key);
  if (known === undefined) {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    STRUCTURES.set(key, (known = structureOfKind({ group, version, kind })));
  }
  return known;
}

const STRUCTURES = new Map<string, Structure>();

function entriesOf(managed: readonly Managed[]): ManagerEntries {
  return writeManagers(managed);
}

function asJson(entries: ManagerEntries): readonly JsonObject[] {
  return entries as unknown as readonly JsonObject[];
}

/** Whether two revisions are one but for their managers. */
function sameRest(next: KubeObject, current: KubeObject): boolean {
  const { added, modified, removed } = changesBetween(current as unknown as JsonObject, next as unknown as JsonObject, structureFor(next));
  return added.isEmpty && modified.isEmpty && removed.isEmpty;
}

/** A controller inside of the process, and which changes are its. */
interface Writer {
  readonly who: string;
  readonly subresource: string;
  readonly time: string;
  readonly within: (fields: FieldSet) => FieldSet;
}

/** Who made an object that no client made. The scheduler's choice of a node belongs to nobody, as binding is no update. */
function creators(object: KubeObject): readonly Writer[] {
  const given = object.kind === 'Deployment' ? STATUS_FIELDS : object.kind === 'Pod' ? ADMITTED : undefined;
  return [
    { who: creatorOf(object), subresource: '', time: createdAt(object), within: (fields) => (given === undefined ? WITHOUT_STATUS(fields) : difference(WITHOUT_STATUS(fields), given)) },
    statusWriter(object),
  ];
}

/** Who changes objects that a client made: their status, the number of replicas that an autoscaler sets, or the rest. */
function changers(object: KubeObject): readonly Writer[] {
  const time = latestIn(object) ?? createdAt(object);
  return [
    statusWriter(object),
    { who: MANAGER, subresource: 'scale', time, within: (fields) => intersection(fields, REPLICAS) },
    { who: MANAGER, subresource: '', time, within: (fields) => difference(WITHOUT_STATUS(fields), OTHERS) },
  ];
}

const MANAGER = 'kube-controller-manager';
const WITHOUT_STATUS = topFields('without', ['status']);
const ONLY_STATUS = topFields('only', ['status']);
/** What admission and the scheduler give a pod. */
const ADMITTED = fieldSet(...['nodeName', 'priority', 'preemptionPolicy'].map((name) => ['f:spec', `f:${name}`]));
const REPLICAS = fieldSet(['f:spec', 'f:replicas']);
/** What controllers write into metadata together with the status. */
const STATUS_FIELDS = fieldSet(['f:metadata', 'f:annotations'], ['f:metadata', 'f:annotations', 'f:deployment.kubernetes.io/revision']);
const OTHERS = union(union(ADMITTED, REPLICAS), STATUS_FIELDS);

function statusWriter(object: KubeObject): Writer {
  const within = (fields: FieldSet): FieldSet => {
    const status = ONLY_STATUS(fields);
    const rest = object.kind === 'Deployment' ? intersection(fields, STATUS_FIELDS) : new FieldSet();
    for (const [element, child] of rest.children) status.children.set(element, child);
    return status;
  };
  return { who: object.kind === 'Pod' || object.kind === 'Node' ? 'kubelet' : MANAGER, subresource: 'status', time: latestIn(object) ?? createdAt(object), within };
}

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
