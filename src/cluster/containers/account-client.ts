import type { ApiResult, DeleteOptions, KubeApi, LabelSelector, Patch, WriteOptions } from '../api.ts';
import type { AdmissionUser } from '../admission/admission-request.ts';
import { groupOf, versionOf } from '../admission/admission-request.ts';
import { type Attributes, refusalText } from '../authorization/attributes.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { Rbac } from '../authorization/rbac.ts';
import { isCustomObject, resourceOf, shownKind } from '../custom-kind.ts';
import type { EventRecorder } from '../event-recorder.ts';
import type { FlowControl } from '../flow-control/flow-control.ts';
import { checkedCustom } from '../extensions/custom-objects.ts';
import { sameJson } from '../json.ts';
import { type Kind, type KindMap, type Ref, RESOURCES } from '../objects.ts';
import { isRefusal, notFound, refuse, type Refusal } from '../refusals.ts';
import type { AnyObject, ObjectStore } from '../store.ts';

/** The API server as programs in pods reach it. */
export interface ApiDoor {
  readonly api: KubeApi;
  readonly store: ObjectStore;
  readonly rbac: Rbac;
  readonly events: EventRecorder;
  readonly clock: ClusterClock;
  readonly flow: FlowControl;
}

/** Who a program in a pod is to the API: the ServiceAccount of its pod. */
function accountOf({ metadata, spec }: KindMap['Pod']): AdmissionUser {
  const namespace = metadata.namespace ?? 'default';
  return { name: `system:serviceaccount:${namespace}:${spec?.serviceAccountName ?? 'default'}`, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] };
}

/** CPU time of the API server for a list of everything that is read past its cache. */
const LIST_MS = 25;

/** A client of the API in a pod. It asks as the pod's ServiceAccount, and gets what the roles let that have; else the refusal in the API server's words. */
export class AccountClient {
  readonly user: AdmissionUser;
  readonly #door: ApiDoor;
  readonly #pod: KindMap['Pod'];

  constructor(door: ApiDoor, pod: KindMap['Pod']) {
    this.#door = door;
    this.#pod = pod;
    this.user = accountOf(pod);
  }

  /** Of its pod: what is meant where none is named. */
  get namespace(): string {
    return this.#pod.metadata.namespace ?? 'default';
  }

  /** As objects carry times. */
  get now(): string {
    return this.#door.clock.now();
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): ApiResult<KindMap[K]> {
    return this.refusal('get', { kind, namespace, name }) ?? this.#door.api.get(kind, namespace, name);
  }

  /** `namespace` null lists all. */
  list<K extends Kind>(kind: K, namespace: string | null, selector?: LabelSelector): { readonly ok: true; readonly objects: readonly KindMap[K][] } | Refusal {
    return this.refusal('list', { kind, namespace: namespace ?? '', name: '' }) ?? { ok: true, objects: this.#door.api.list(kind, namespace, selector) };
  }

  create<K extends Kind>(object: KindMap[K], options: WriteOptions = {}): ApiResult<KindMap[K]> {
    return this.refusal('create', { kind: object.kind, namespace: object.metadata.namespace ?? '', name: '' }) ?? this.#door.api.create(object, { ...options, user: this.user });
  }

  update<K extends Kind>(object: KindMap[K], options: WriteOptions = {}): ApiResult<KindMap[K]> {
    const { name, namespace = '' } = object.metadata;
    return this.refusal('update', { kind: object.kind, namespace, name }) ?? this.#door.api.update(object, { ...options, user: this.user });
  }

  patch<K extends Kind>(ref: Ref & { kind: K }, patch: Patch, options: WriteOptions & { readonly subresource?: string } = {}): ApiResult<KindMap[K]> {
    return this.refusal('patch', ref, options.subresource) ?? this.#door.api.patch(ref, patch, { ...options, user: this.user });
  }

  delete(ref: Ref, options: DeleteOptions = {}): ReturnType<KubeApi['delete']> {
    return this.refusal('delete', ref) ?? this.#door.api.delete(ref, { ...options, user: this.user });
  }

  /** Writes the status of a custom object, where it is another than before. */
  updateStatus(ref: Ref, status: unknown): Refusal | null {
    const refused = this.refusal('update', ref, 'status');
    if (refused !== null) return refused;
    const current = this.#door.store.get(ref.kind, ref.namespace, ref.name);
    if (current === undefined || !isCustomObject(current)) return notFound(ref.kind, ref.name);
    if (sameJson(current.status, status)) return null;
    const checked = checkedCustom(this.#door.store, { ...current, status }, current);
    if (isRefusal(checked)) return checked;
    this.#door.store.update(checked);
    return null;
  }

  /** Says an event of an object, where its account may. */
  record(about: AnyObject, type: 'Normal' | 'Warning', reason: string, message: string, component: string): void {
    if (this.refusal('create', { kind: 'Event', namespace: about.metadata.namespace ?? 'default', name: '' }) !== null) return;
    this.#door.events.record({ ...about, kind: shownKind(about.kind) } as AnyObject, type, reason, message, { component });
  }

  /** Why it may not list a resource of the core group; null where it may. `namespace` '' is all of them. */
  mayList(resource: string, namespace: string): Refusal | null {
    const kind = (Object.values(RESOURCES) as readonly { kind: Kind; plural: string; apiVersion: string }[]).find(({ plural, apiVersion }) => plural === resource && apiVersion === 'v1')?.kind;
    return kind === undefined ? refuse(404, 'NotFound', 'the server could not find the requested resource') : this.#forbids(wantedOf('list', { kind, namespace, name: '' }, ''));
  }

  /** Lists a resource from now on, with so many workers; returns how to stop. */
  poll({ resource, namespace, workers, pauseMs }: { readonly resource: string; readonly namespace: string; readonly workers: number; readonly pauseMs: number }): () => void {
    return this.#door.flow.poll({ user: this.user, wanted: { of: 'resource', verb: 'list', group: '', version: 'v1', resource, subresource: '', namespace, name: '' }, workers, pauseMs, costMs: LIST_MS });
  }

  /** How its own polling fares. */
  fares(): { readonly rejectedPerS: number; readonly dispatchedPerS: number } {
    return this.#door.flow.flows.find(({ pollers }) => pollers.some(({ user }) => user.name === this.user.name)) ?? { rejectedPerS: 0, dispatchedPerS: 0 };
  }

  /** Why the API server does not let it; null where it does. It may also have no room for it now. */
  refusal(verb: string, ref: Ref, subresource = ''): Refusal | null {
    const wanted = wantedOf(verb, ref, subresource);
    const refused = this.#forbids(wanted);
    if (refused !== null || this.#door.flow.judge(this.user, wanted).rejected === null) return refused;
    return refuse(429, 'TooManyRequests', 'the server has received too many requests and has asked us to try again later');
  }

  #forbids(wanted: Wanted): Refusal | null {
    const { store, rbac } = this.#door;
    const [, , home = '', account = ''] = this.user.name.split(':');
    if (store.get('ServiceAccount', home, account) === undefined || store.get('Pod', home, this.#pod.metadata.name) === undefined) return refuse(401, 'Unauthorized', 'Unauthorized');
    const { allowed, reason } = rbac.decide(this.user, wanted);
    if (allowed) return null;
    const qualified = wanted.group === '' ? wanted.resource : `${wanted.resource}.${wanted.group}`;
    return refuse(403, 'Forbidden', `${qualified}${wanted.name === '' ? '' : ` "${wanted.name}"`} is forbidden: ${refusalText(this.user.name, wanted)}${reason === '' ? '' : `: ${reason}`}`);
  }
}

type Wanted = Extract<Attributes, { of: 'resource' }>;

function wantedOf(verb: string, { kind, namespace, name }: Ref, subresource: string): Wanted {
  const { plural, apiVersion } = resourceOf(kind);
  return { of: 'resource', verb, group: groupOf(apiVersion), version: versionOf(apiVersion), resource: plural, subresource, namespace, name };
}
