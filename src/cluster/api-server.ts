import { Die } from '../time/dice.ts';
import { admitClaim, admitVolume } from './admission/claim-admission.ts';
import { Admission } from './admission/admission.ts';
import { ADMINISTRATOR, type AdmissionRequest } from './admission/admission-request.ts';
import { isTooLarge, TOO_LARGE } from './admission/object-size.ts';
import { objectErrors } from './admission/validation.ts';
import { decodingProblem } from './admission/decoding.ts';
import { withObjectDefaults, type Allocator } from './admission/defaults.ts';
import { withIngressClass } from './admission/class-admission.ts';
import { claimLimitProblem } from './admission/limit-ranges.ts';
import { admitPod } from './admission/pod-admission.ts';
import { quotaProblem } from './admission/quotas.ts';
import { objectWarnings } from './admission/warnings.ts';
import type { WebhookPrograms } from './admission/webhook-call.ts';
import { allocationErrors, keptServiceSpec } from './admission/service-rules.ts';
import { updateErrors } from './admission/update-rules.ts';
import type { ApiResult, DeleteOptions, EvictionOptions, KubeApi, LabelSelector, ManagerNotes, Patch, WriteOptions } from './api.ts';
import { furnishNamespace } from './built-ins.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { isFinished, requestDeletion } from './deletion.ts';
import { evictPod } from './eviction.ts';
import { flat } from './flat-text.ts';
import { findPrototypeKey, isJsonObject, sameJson, withoutNulls, type JsonObject } from './json.ts';
import { matchesLabels } from './labels.ts';
import { randomSuffix } from './names.ts';
import { isCustomKind, isCustomObject, resourceOf } from './custom-kind.ts';
import { customErrors, hasStatusDoor, inVersion, shapedCustom, terminatingProblem, versionGiven } from './extensions/custom-objects.ts';
import { customResource } from './extensions/custom-resource.ts';
import type { Kind, KindMap, KubeObject, Ref } from './objects.ts';
import { patched } from './patching/patched.ts';
import { alreadyExists, badRequest, conflict, forbidden, invalid, isRefusal, notFound, refuse, type Refusal } from './refusals.ts';
import type { AnyObject, ObjectStore } from './store.ts';

/** The API server: decodes, fills in, admits, validates and stores, with the real refusals. */
export class ApiServer implements KubeApi {
  readonly admission: Admission;
  readonly #store: ObjectStore;
  readonly #clock: ClusterClock;
  readonly #names: Die;
  readonly #allocator: Allocator;

  /** `programs` of the cluster that answer webhooks. */
  constructor(store: ObjectStore, clock: ClusterClock, seed: number, programs?: WebhookPrograms) {
    this.admission = new Admission(store, programs);
    this.#store = store;
    this.#clock = clock;
    this.#names = new Die(seed, 'cluster/generated-names');
    this.#allocator = new ServiceAddresses(store, new Die(seed, 'cluster/service-addresses'), new Die(seed, 'cluster/node-ports'));
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): ApiResult<KindMap[K]> {
    const object = this.#store.get(kind, namespace, name);
    return object === undefined ? notFound(kind, name) : { ok: true, object };
  }

  list<K extends Kind>(kind: K, namespace: string | null, selector: LabelSelector = []): readonly KindMap[K][] {
    const objects = this.#store.list(kind, namespace);
    return selector.length === 0 ? objects : objects.filter((object) => matchesLabels(selector, object.metadata.labels));
  }

  create<K extends Kind>(object: KindMap[K], options: WriteOptions = {}): ApiResult<KindMap[K]> {
    const given = this.#prepare(object);
    if (isRefusal(given)) return given;
    const { kind } = given;
    const { name, namespace = '' } = given.metadata;
    if (resourceOf(kind).namespaced && namespace !== '') {
      const home = this.#store.get('Namespace', '', namespace);
      if (home === undefined) return notFound('Namespace', namespace);
      if (home.metadata.deletionTimestamp !== undefined) {
        return forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
      }
    }
    const changed = this.#changed(this.#filled(given), null, options);
    if ('ok' in changed) return changed;
    const filled = changed.object as KindMap[K];
    const errors = [...objectErrors(filled), ...this.#allocationErrors(filled, null), ...this.#customErrors(filled, null)];
    if (errors.length > 0) return invalid(kind, name, errors);
    if (this.#store.get(kind, namespace, name) !== undefined) return alreadyExists(kind, name);
    const admitted = this.#admit(filled);
    if (isRefusal(admitted)) return admitted;
    const verdict = this.admission.judged(requestOf('CREATE', admitted, null, options));
    if ('ok' in verdict) return verdict;
    const warnings = told(admitted, options, [...changed.warnings, ...verdict.warnings]);
    const made = options.notes === undefined ? admitted : withNotes(admitted, options.notes.note(admitted, null));
    if (options.dryRun === true) return { ok: true, object: made, ...warnings };
    const ready = this.#asStored(made);
    if (isRefusal(ready)) return ready;
    if (options.user !== undefined && isTooLarge(ready)) return refuse(500, '', TOO_LARGE);
    const stored = this.#store.create(ready);
    if (kind === 'Namespace') furnishNamespace(this.#store, name);
    return { ok: true, object: stored, ...warnings };
  }

  update<K extends Kind>(object: KindMap[K], options: WriteOptions = {}): ApiResult<KindMap[K]> {
    const given = decoded(object);
    if (isRefusal(given)) return given;
    const { name, namespace = '' } = given.metadata;
    const current = this.#store.get(given.kind, namespace, name) as KindMap[K] | undefined;
    return current === undefined ? notFound(given.kind, name) : this.#replace(given, current, options);
  }

  patch<K extends Kind>(ref: Ref & { kind: K }, patch: Patch, options: WriteOptions = {}): ApiResult<KindMap[K]> {
    const current = this.#store.get(ref.kind, ref.namespace, ref.name);
    if (current === undefined) return notFound(ref.kind, ref.name);
    const forbiddenKey = findPrototypeKey(patch.body);
    if (forbiddenKey !== null) return badRequest(`error decoding patch: the key "${forbiddenKey}" is not allowed`);
    const base = (options.notes?.shown?.(current) ?? current) as AnyObject;
    const meant = options.apiVersion === undefined ? base : this.inVersion(base, options.apiVersion);
    if (isRefusal(meant)) return meant;
    const result = patched(meant as unknown as JsonObject, patch);
    if (!result.ok) return result;
    const given = decoded({ ...result.document, kind: current.kind } as unknown as KindMap[K]);
    if (isRefusal(given)) return given;
    if (given.metadata.name !== ref.name) {
      return badRequest(`the name of the object (${given.metadata.name}) does not match the name on the URL (${ref.name})`);
    }
    if ((given.metadata.namespace ?? '') !== ref.namespace) {
      return badRequest(`the namespace of the object (${given.metadata.namespace ?? ''}) does not match the namespace on the URL (${ref.namespace})`);
    }
    return this.#replace(given, current, options);
  }

  delete(ref: Ref, options: DeleteOptions = {}): ApiResult<KubeObject> {
    const current = this.#store.get(ref.kind, ref.namespace, ref.name);
    if (current === undefined) return notFound(ref.kind, ref.name);
    if (ref.kind === 'Namespace' && PROTECTED_NAMESPACES.has(ref.name)) return forbidden('Namespace', ref.name, 'this namespace may not be deleted');
    const verdict = this.admission.judged(requestOf('DELETE', null, current, options));
    if ('ok' in verdict) return verdict;
    if (options.dryRun === true) return { ok: true, object: current };
    const finalizer = finalizerFor(current, options.propagation ?? 'Background');
    const marked = finalizer === null ? current : this.#withFinalizer(current, finalizer);
    return { ok: true, object: requestDeletion(this.#store, this.#clock, marked, options.gracePeriodSeconds ?? null) };
  }

  evict(pod: { readonly namespace: string; readonly name: string }, options: EvictionOptions = {}): ApiResult<KindMap['Pod']> {
    return evictPod(this.#store, this.#clock, pod, options);
  }

  admits(request: AdmissionRequest): { readonly warnings: readonly string[] } | Refusal {
    return this.admission.judged(request);
  }

  /** What admission makes of a new object that is valid in itself. */
  #admit<K extends Kind>(object: KindMap[K]): KindMap[K] | Refusal {
    const given: AnyObject = object;
    if (given.kind === 'Pod') {
      const admitted = admitPod(this.#store, given);
      return 'problem' in admitted ? forbidden('Pod', admitted.name, admitted.problem) : (admitted.pod as KindMap[K]);
    }
    const admitted: AnyObject = given.kind === 'PersistentVolumeClaim' ? admitClaim(this.#store, given) : given.kind === 'PersistentVolume' ? admitVolume(given) : given.kind === 'Ingress' ? withIngressClass(this.#store, given) : given;
    const limited = admitted.kind === 'PersistentVolumeClaim' ? claimLimitProblem(admitted, this.#store.list('LimitRange', admitted.metadata.namespace ?? '')) : null;
    const problem = limited ?? quotaProblem(this.#store, admitted, null);
    return problem === null ? (admitted as KindMap[K]) : forbidden(object.kind, object.metadata.name, problem);
  }

  /** Decoded, with a name: generated where only its beginning is given. */
  #prepare<K extends Kind>(object: KindMap[K]): KindMap[K] | Refusal {
    const given = decoded(object);
    if (isRefusal(given)) return given;
    const { generateName, resourceVersion, uid: _uid, creationTimestamp: _created, deletionTimestamp: _deleted, ...metadata } = given.metadata;
    if (resourceVersion !== undefined && resourceVersion !== '') return badRequest('resourceVersion should not be set on objects to be created');
    const generated = (metadata.name ?? '') === '' && generateName !== undefined;
    const name = generated ? flat(generateName, randomSuffix(this.#names)) : (metadata.name ?? '');
    const generation = hasGeneration(given.kind) ? { generation: 1 } : {};
    const status = 'status' in given && given.kind !== 'Node' && hasStatusDoor(this.#store, given.kind) ? { status: undefined } : {};
    // The selector of a Job holds its uid.
    const uid = given.kind === 'Job' ? { uid: this.#store.newUid('Job') } : {};
    const prepared = { ...given, ...status, metadata: { ...metadata, ...(generateName === undefined ? {} : { generateName }), ...generation, ...uid, name } };
    if (prepared.status === undefined) delete prepared.status;
    return prepared;
  }

  #replace<K extends Kind>(given: KindMap[K], current: KindMap[K], options: WriteOptions): ApiResult<KindMap[K]> {
    const { kind, metadata: { name } } = current;
    const version = given.metadata.resourceVersion;
    if (version !== undefined && version !== '' && version !== current.metadata.resourceVersion) return conflict(kind, name);
    const uid = given.metadata.uid;
    if (uid !== undefined && uid !== current.metadata.uid) {
      return refuse(409, 'Conflict', `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
    }
    const changed = this.#changed(this.#filled(keepServerFields(given, current, hasStatusDoor(this.#store, kind))), current, options);
    if ('ok' in changed) return changed;
    const filled = changed.object as KindMap[K];
    const errors = [...objectErrors(filled), ...updateErrors(filled, current), ...this.#allocationErrors(filled, current), ...this.#customErrors(filled, current)];
    if (errors.length > 0) return invalid(kind, name, errors);
    const ready = this.#asStored(options.notes === undefined ? filled : notedNext(filled, current, options.notes));
    if (isRefusal(ready)) return ready;
    const next = shareUnchanged(ready, current, hasStatusDoor(this.#store, kind));
    if (next === null) return { ok: true, object: current };
    const problem = kind === 'Pod' ? null : quotaProblem(this.#store, next, current);
    if (problem !== null) return forbidden(kind, name, problem);
    const verdict = this.admission.judged(requestOf('UPDATE', next, current, options));
    if ('ok' in verdict) return verdict;
    const warnings = told(next, options, [...changed.warnings, ...verdict.warnings]);
    if (options.dryRun === true) return { ok: true, object: next, ...warnings };
    if (options.user !== undefined && isTooLarge(next)) return refuse(500, '', TOO_LARGE);
    const stored = this.#store.update(next);
    if (isFinished(stored)) this.#store.remove({ kind, namespace: stored.metadata.namespace ?? '', name });
    return { ok: true, object: stored, ...warnings };
  }

  /** What mutating webhooks make of an object, where there are any; what they leave out is filled in again. */
  #changed(filled: AnyObject | Refusal, current: AnyObject | null, options: WriteOptions): { readonly object: AnyObject; readonly warnings: readonly string[] } | Refusal {
    if (isRefusal(filled)) return filled;
    if (!this.admission.mutates) return { object: filled, warnings: [] };
    const changed = this.admission.mutated(requestOf(current === null ? 'CREATE' : 'UPDATE', filled, current, options));
    if ('ok' in changed || changed.object === filled) return changed;
    const again = this.#filled(changed.object);
    return isRefusal(again) ? again : { ...changed, object: again };
  }

  /** With what the API server fills in; of a custom kind, what its schema does. */
  #filled<K extends Kind>(object: KindMap[K]): KindMap[K] | Refusal {
    const given: AnyObject = object;
    if (!isCustomObject(given)) return withObjectDefaults(object, this.#allocator);
    const found = versionGiven(this.#store, given);
    if ('ok' in found) return found;
    return (this.#store.get(given.kind, given.metadata.namespace ?? '', given.metadata.name) === undefined ? terminatingProblem(found.resource) : null) ?? (shapedCustom(given, found.version) as KindMap[K]);
  }

  #customErrors(object: AnyObject, current: AnyObject | null): string[] {
    if (!isCustomObject(object)) return [];
    const found = versionGiven(this.#store, object);
    if ('ok' in found) return [];
    return customErrors(object, current !== null && isCustomObject(current) ? inVersion(current, found.resource, found.version) : null, found.version);
  }

  /** In the version in which its kind is stored. */
  #asStored<Given extends AnyObject>(object: Given): Given | Refusal {
    if (!isCustomObject(object)) return object;
    const resource = customResource(this.#store, object.kind);
    return resource === undefined ? object : (this.admission.converted(object, resource, resource.storage) as Given | Refusal);
  }

  inVersion(object: AnyObject, apiVersion: string): AnyObject | Refusal {
    if (!isCustomObject(object)) return object;
    const found = versionGiven(this.#store, { ...object, apiVersion });
    return 'ok' in found ? object : this.admission.converted(object, found.resource, found.version);
  }

  #allocationErrors(object: AnyObject, current: AnyObject | null): string[] {
    return object.kind === 'Service' ? allocationErrors(this.#store, object, current?.kind === 'Service' ? current : null) : [];
  }

  #withFinalizer(object: AnyObject, finalizer: string): AnyObject {
    const finalizers = object.metadata.finalizers ?? [];
    if (finalizers.includes(finalizer)) return object;
    return this.#store.update({ ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } });
  }
}

function requestOf(operation: AdmissionRequest['operation'], object: AnyObject | null, oldObject: AnyObject | null, options: WriteOptions): AdmissionRequest {
  const { kind, apiVersion, metadata } = (object ?? oldObject) as AnyObject;
  return { operation, kind, apiVersion, subresource: options.subresource ?? '', namespace: metadata.namespace ?? '', name: metadata.name, object, oldObject, user: options.user ?? ADMINISTRATOR, dryRun: options.dryRun === true };
}

/** Warnings for a client; nobody reads those of writes in process. */
function told(object: AnyObject, { user }: WriteOptions, warnings: readonly string[]): { readonly warnings?: readonly string[] } {
  const all = user === undefined ? warnings : [...objectWarnings(object), ...warnings];
  return all.length === 0 ? {} : { warnings: all };
}

const PROTECTED_NAMESPACES = new Set(['default', 'kube-system', 'kube-public']);

/** How many ports nodes open for Services, from 30000 on. */
const NODE_PORTS = 2_768;

/** Cluster addresses of Services, drawn from 10.96.0.0/12 and never given twice. */
class ServiceAddresses implements Allocator {
  readonly #store: ObjectStore;
  readonly #die: Die;
  readonly #ports: Die;

  constructor(store: ObjectStore, die: Die, ports: Die) {
    this.#store = store;
    this.#die = die;
    this.#ports = ports;
  }

  nodePort(): number | null {
    const taken = new Set(this.#store.list('Service', null).flatMap(({ spec }) => spec?.ports?.map(({ nodePort }) => nodePort) ?? []));
    const first = this.#ports.roll(NODE_PORTS);
    for (let nth = 0; nth < NODE_PORTS; nth++) {
      const port = 30_000 + ((first + nth) % NODE_PORTS);
      if (!taken.has(port)) return port;
    }
    return null;
  }

  clusterIp(): string {
    for (;;) {
      const address = `10.${96 + this.#die.roll(16)}.${this.#die.roll(256)}.${1 + this.#die.roll(254)}`;
      if (!this.#store.list('Service', null).some(({ spec }) => spec?.clusterIP === address)) return address;
    }
  }
}

/** With its notes. What is noted about shares its unchanged parts with the current revision already, so that the next look finds by identity that nothing else changed. */
function notedNext<K extends Kind>(filled: KindMap[K], current: KindMap[K], notes: ManagerNotes): KindMap[K] {
  const next: Record<string, unknown> = { ...filled };
  const before = current as unknown as Record<string, unknown>;
  for (const key of Object.keys(next)) if (key !== 'metadata' && sameJson(next[key], before[key])) next[key] = before[key];
  const shared = next as unknown as KindMap[K];
  return withNotes(shared, notes.note(shared, current));
}

function withNotes<K extends Kind>(object: KindMap[K], managedFields: KubeObject['metadata']['managedFields']): KindMap[K] {
  const { managedFields: _before, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}

function decoded<K extends Kind>(object: KindMap[K]): KindMap[K] | Refusal {
  const forbiddenKey = findPrototypeKey(object);
  if (forbiddenKey !== null) return badRequest(`error decoding object: the key "${forbiddenKey}" is not allowed`);
  if (!isJsonObject(object) || !isJsonObject(object.metadata)) return badRequest('Object \'metadata\' is missing');
  const bare = withoutNulls(object);
  const problem = decodingProblem(bare);
  return problem === null ? bare : badRequest(problem);
}

/** What clients cannot write: identity, times of deletion, and status, which has a door of its own. */
function keepServerFields<K extends Kind>(given: KindMap[K], current: KindMap[K], statusHasDoor: boolean): KindMap[K] {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } = current.metadata;
  const kept = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion };
  const metadata: Record<string, unknown> = { ...given.metadata, ...kept };
  for (const key of Object.keys(kept)) if (metadata[key] === undefined) delete metadata[key];
  if (metadata['managedFields'] === undefined && current.metadata.managedFields !== undefined) metadata['managedFields'] = current.metadata.managedFields;
  const next: Record<string, unknown> = { ...given, apiVersion: isCustomKind(current.kind) ? given.apiVersion : current.apiVersion, kind: current.kind, metadata };
  if (statusHasDoor) delete next['status'];
  if (statusHasDoor && 'status' in current) next['status'] = current.status;
  if (given.kind === 'Service' && current.kind === 'Service') next['spec'] = keptServiceSpec(given.spec, current.spec);
  return next as unknown as KindMap[K];
}

/** The next revision with the parts that did not change taken from the current one; null where nothing changed. */
function shareUnchanged<K extends Kind>(next: KindMap[K], current: KindMap[K], statusHasDoor: boolean): KindMap[K] | null {
  const shared: Record<string, unknown> = { ...next };
  const before = current as unknown as Record<string, unknown>;
  let changed = Object.keys(before).some((key) => !(key in shared));
  for (const key of Object.keys(shared)) {
    if (sameJson(shared[key], before[key])) shared[key] = before[key];
    else changed = true;
  }
  if (!changed) return null;
  const meant = isCustomKind(current.kind) ? [...Object.keys(shared), ...Object.keys(before)].some((key) => key !== 'metadata' && !(key === 'status' && statusHasDoor) && shared[key] !== before[key]) : shared['spec'] !== before['spec'];
  if (hasGeneration(current.kind) && meant) {
    shared['metadata'] = { ...next.metadata, generation: (current.metadata.generation ?? 1) + 1 };
  }
  return shared as unknown as KindMap[K];
}

function hasGeneration(kind: Kind): boolean {
  return WITH_GENERATION.has(kind) || isCustomKind(kind);
}

const WITH_GENERATION: ReadonlySet<Kind> = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'PodDisruptionBudget', 'Ingress', 'IngressClass', 'NetworkPolicy', 'PriorityClass', 'CustomResourceDefinition', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);

function finalizerFor(object: AnyObject, propagation: NonNullable<DeleteOptions['propagation']>): string | null {
  if (object.kind === 'Namespace') return null;
  if (propagation === 'Orphan') return 'orphan';
  return propagation === 'Foreground' && object.kind !== 'Pod' ? 'foregroundDeletion' : null;
}
