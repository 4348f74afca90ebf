import type { ApiResult, DeleteOptions, JsonPatchOperation, Patch, WriteOptions } from '../../cluster/api.ts';
import { shownKind } from '../../cluster/custom-kind.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import type { Kind, KindMap, KubeObject } from '../../cluster/objects.ts';
import { goMap } from '../../cluster/patching/go-words.ts';
import { patched } from '../../cluster/patching/patched.ts';
import { conflict } from '../../cluster/refusals.ts';
import type { AnyObject } from '../../cluster/store.ts';
import { applied, forceOf } from './applying.ts';
import { badRequest, failure, json, refused, statusOf, type Answer, type Request } from '../answer.ts';
import { readBody, readObject } from '../body/body.ts';
import { isCustomResource, listKindOf } from '../extensions/custom-resources.ts';
import { bodyText } from '../body/body-text.ts';
import { duplicateFields } from '../body/duplicate-fields.ts';
import { fieldManagerOf, updateNotes } from './field-manager.ts';
import { fitted, fittedCustom } from '../body/field-validation.ts';
import { withRequester } from './certificate-requests.ts';
import type { FieldOwnership } from './field-ownership.ts';
import { mediaType } from '../negotiation.ts';
import { jsonKind, misfit, operationsProblem, strategicMisfit } from './patch-problems.ts';
import { decodingProblems, warned } from './warnings.ts';
import type { Projection } from '../reading/projection.ts';
import { selection, type Reading, type Scope } from '../reading/reading.ts';
import type { RestResource } from '../rest-resources.ts';
import type { ServedCluster } from '../served-cluster.ts';

/** POST, PUT, PATCH and DELETE of objects: what is in the body reaches the cluster's own API, and its refusals the client. */
export class Writing {
  readonly #cluster: ServedCluster;
  readonly #ownership: FieldOwnership;
  readonly #projection: Projection;
  readonly #reading: Reading;

  constructor({ cluster, ownership, projection, reading }: { readonly cluster: ServedCluster; readonly ownership: FieldOwnership; readonly projection: Projection; readonly reading: Reading }) {
    this.#cluster = cluster;
    this.#ownership = ownership;
    this.#projection = projection;
    this.#reading = reading;
  }

  create(scope: Scope, request: Request): Answer {
    const read = this.objectFor(scope, request);
    if ('kind' in read) return read;
    const options = this.optionsFor(scope, request);
    return 'kind' in options ? options : warned(this.#answer(this.#cluster.api.create(withRequester(read.object, request.user), options), request, 201), read.warnings);
  }

  update(scope: Scope & { readonly name: string }, request: Request): Answer {
    const read = this.objectFor(scope, request);
    if ('kind' in read) return read;
    const { name } = read.object.metadata;
    if (name !== scope.name) return badRequest(`the name of the object (${name ?? ''}) does not match the name on the URL (${scope.name})`);
    const options = this.optionsFor(scope, request);
    return 'kind' in options ? options : warned(this.#answer(this.#cluster.api.update(read.object, options), request, 200), read.warnings);
  }

  patch(scope: Scope & { readonly name: string }, request: Request): Answer {
    if (mediaType(request.headers['content-type'] ?? '').type === 'application/apply-patch+yaml') return this.#apply(scope, request);
    const read = readPatch(request, this.#projection);
    if ('kind' in read) return read;
    if (read.patch.type === 'strategic' && isCustomResource(scope.resource)) return noStrategicMerge();
    const options = this.optionsFor(scope, request);
    if ('kind' in options) return options;
    const fit = isCustomResource(scope.resource) ? customFit(read.patch, scope.resource, request) : this.#fitted(scope, read.patch, request);
    if ('kind' in fit) return fit;
    const result = fit.object === null ? this.#cluster.api.patch(refOf(scope), fit.patch, options) : this.#cluster.api.update(fit.object, options);
    return warned(this.#answer(result, request, 200), fit.warnings);
  }

  /** A patch without what its kind does not have; or the object that it makes, where only that can tell. */
  #fitted(scope: Scope & { readonly name: string }, patch: Patch, { query, body }: Request): Fit | Answer {
    const { resource, namespace, name } = scope;
    const current = this.#cluster.store.get(resource.kind, namespace ?? '', name);
    if (current === undefined) return { patch, object: null, warnings: [] };
    const strict = query.get('fieldValidation') === 'Strict';
    const twice = patch.type === 'json' ? [] : duplicateFields(bodyText(body));
    const problems = (unknown: readonly string[]): readonly string[] => decodingProblems([...twice.map((path) => `duplicate field "${path}"`), ...unknown.map((path) => `unknown field "${path}"`)]);
    const warnings = (unknown: readonly string[]): readonly string[] => (query.get('fieldValidation') === 'Ignore' ? [] : problems(unknown));
    const strictly = (unknown: readonly string[]): string => `strict decoding error: ${problems(unknown).join(', ')}`;
    if (patch.type === 'strategic') {
      const { value, unknown, mismatch } = fitted(patch.body, resource, true);
      if (mismatch !== null) return strategicMisfit(patch.body, mismatch);
      if (strict && problems(unknown).length > 0) return misfit(goMap(patch.body), strictly(unknown));
      return { patch: { type: 'strategic', body: value }, object: null, warnings: warnings(unknown) };
    }
    const result = patched(this.#ownership.withManagers(current) as unknown as JsonObject, patch);
    if (!result.ok) return refused(result.status);
    const { value, unknown, mismatch } = fitted(result.document, resource, false, current as unknown as JsonObject);
    if (mismatch !== null) return misfit(JSON.stringify(result.document), mismatch);
    if (strict && problems(unknown).length > 0) return misfit(JSON.stringify(result.document), strictly(unknown));
    const wrong = placeProblem(value, scope);
    return wrong ?? { patch, object: { ...value, apiVersion: resource.apiVersion, kind: resource.kind } as unknown as KindMap[Kind], warnings: warnings(unknown) };
  }

  /** Answers with the object where it still waits for something, with a `Status` where it is gone. */
  remove(scope: Scope & { readonly name: string }, request: Request): Answer {
    const options = this.#deleteOptions(request);
    if ('kind' in options) return options;
    const current = this.#cluster.store.get(scope.resource.kind, scope.namespace ?? '', scope.name);
    const { uid, resourceVersion } = options.preconditions;
    if (current !== undefined && uid !== undefined && uid !== current.metadata.uid) {
      return unmet(scope, `the UID in the precondition (${uid}) does not match the UID in record (${current.metadata.uid ?? ''}). The object might have been deleted and then recreated`);
    }
    if (current !== undefined && resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
      return unmet(scope, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${current.metadata.resourceVersion ?? ''}). The object might have been modified`);
    }
    const result = this.#cluster.api.delete(refOf(scope), options.options);
    if (!result.ok) return refused(result.status);
    const left = this.#cluster.store.get(scope.resource.kind, scope.namespace ?? '', scope.name);
    if (left !== undefined) return this.#reading.object(left, request);
    if (scope.resource.kind === 'Pod') return this.#reading.object(result.object as AnyObject, request);
    return json(200, deleted(scope.resource, result.object));
  }

  removeCollection(scope: Scope, request: Request): Answer {
    const test = selection(scope, request.query);
    if (typeof test !== 'function') return test;
    const options = this.#deleteOptions(request);
    if ('kind' in options) return options;
    const objects = this.#cluster.store.list(scope.resource.kind, scope.namespace).filter(test);
    for (const { metadata } of objects) this.#cluster.api.delete({ kind: scope.resource.kind, namespace: metadata.namespace ?? '', name: metadata.name }, options.options);
    const items = objects.map((one) => this.#projection.outward(one));
    return json(200, { kind: listKindOf(scope.resource), apiVersion: scope.resource.apiVersion, metadata: { resourceVersion: String(this.#cluster.store.resourceVersion) }, items });
  }

  /** The object in a body, of the resource and namespace that the path names. */
  objectFor({ resource, namespace }: Scope, request: Request): { readonly object: KindMap[Kind]; readonly warnings: readonly string[] } | Answer {
    const read = readObject(request);
    if ('kind' in read) return read;
    const wanted = shownKind(resource.kind);
    const { apiVersion = resource.apiVersion, kind = wanted } = read.value;
    if (kind !== wanted) return badRequest(`${String(kind)} in version "${String(apiVersion)}" cannot be handled as a ${wanted}: converting (${String(kind)}) to (${wanted}): unknown conversion`);
    if (apiVersion !== resource.apiVersion) return badRequest(`the API version in the data (${String(apiVersion)}) does not match the expected API version (${resource.apiVersion})`);
    const checked = checkedFields(this.#projection.inward(read.value), resource, request, false);
    if ('kind' in checked) return checked;
    const { value, warnings } = checked;
    const metadata: JsonObject = isJsonObject(value['metadata']) ? value['metadata'] : {};
    const own = metadata['namespace'];
    if (resource.namespaced && own !== undefined && own !== '' && own !== namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request');
    const { namespace: _namespace, ...others } = metadata;
    const placed = resource.namespaced ? { ...others, namespace } : others;
    return { object: { ...value, apiVersion, kind: resource.kind, metadata: placed } as unknown as KindMap[Kind], warnings };
  }

  /** What a write is to be done with: whether at all, and in whose name. */
  optionsFor({ resource }: Scope, request: Request, subresource = ''): WriteOptions | Answer {
    const options = writeOptions(request.query);
    if ('kind' in options) return options;
    if (request.query.has('force') && request.method === 'PATCH') return failure({ code: 422, reason: 'Invalid', message: 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch' });
    const manager = fieldManagerOf(request);
    return typeof manager === 'string' ? { ...options, user: request.user, ...(subresource === '' ? {} : { subresource }), notes: updateNotes(this.#cluster, this.#ownership, manager, resource, subresource), ...(isCustomResource(resource) ? { apiVersion: resource.apiVersion } : {}) } : manager;
  }

  #apply(scope: Scope & { readonly name: string }, request: Request): Answer {
    const result = this.appliedTo(scope, request, '');
    if ('kind' in result) return result;
    const { object, options, current } = result;
    if (current !== null) return this.#answer(this.#cluster.api.update(object, options), request, 200);
    const { uid } = object.metadata;
    if (uid !== undefined) return refused(conflict(scope.resource.kind, scope.name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`).status);
    return this.#answer(this.#cluster.api.create(object, options), request, 201);
  }

  /** What a server-side apply makes of an object or of one of its subresources. `current` is null where there is none yet. */
  appliedTo(scope: Scope & { readonly name: string }, request: Request, subresource: string, given?: JsonObject): { readonly object: KindMap[Kind]; readonly options: WriteOptions; readonly current: AnyObject | null } | Answer {
    const { resource, name } = scope;
    if ((request.query.get('fieldManager') ?? '') === '') return failure({ code: 422, reason: 'Invalid', message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch' });
    const fieldManager = fieldManagerOf(request);
    if (typeof fieldManager !== 'string') return fieldManager;
    const asked = writeOptions(request.query);
    if ('kind' in asked) return asked;
    const options = { ...asked, user: request.user };
    const current = this.#cluster.store.get(resource.kind, scope.namespace ?? '', name) ?? null;
    const config = given === undefined ? configOf(scope, request, this.#projection, current === null) : { value: given };
    if ('kind' in config) return config;
    const result = applied(this.#ownership, { config: config.value, current, resource, subresource, name, fieldManager, force: forceOf(request), time: this.#cluster.clock.now() });
    return 'kind' in result ? result : { object: result.object, options: { ...options, ...result.options }, current };
  }

  #answer(result: ApiResult<KubeObject>, request: Request, code: number): Answer {
    return result.ok ? warned(this.#reading.object(result.object as AnyObject, request, code), result.warnings ?? []) : refused(result.status);
  }

  #deleteOptions(request: Request): { readonly options: DeleteOptions; readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string } } | Answer {
    let body: JsonObject = {};
    if (request.body.length > 0) {
      const read = readObject(request);
      if ('kind' in read) return read;
      body = read.value;
    }
    const { query } = request;
    const write = writeOptions(query, body['dryRun']);
    if ('kind' in write) return write;
    const { user } = request;
    const grace = body['gracePeriodSeconds'] ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
    if (grace !== undefined && grace !== null && !Number.isInteger(grace)) return badRequest('DeleteOptions in version "v1" cannot be handled as a DeleteOptions: json: cannot unmarshal into Go struct field DeleteOptions.gracePeriodSeconds of type int64');
    const policy = body['propagationPolicy'] ?? query.get('propagationPolicy') ?? (body['orphanDependents'] === true ? 'Orphan' : undefined);
    if (policy !== undefined && policy !== null && !PROPAGATION.has(policy as string)) {
      return failure({ code: 422, reason: 'Invalid', message: `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"` });
    }
    const options: DeleteOptions = {
      ...write, user, ...(typeof grace === 'number' ? { gracePeriodSeconds: grace < 0 ? 1 : grace } : {}), ...(typeof policy === 'string' ? { propagation: policy as NonNullable<DeleteOptions['propagation']> } : {}),
    };
    return { options, preconditions: isJsonObject(body['preconditions']) ? body['preconditions'] : {} };
  }
}

/** A patch that fits; `object` is what it makes of the present one, where that was needed to tell. */
interface Fit {
  readonly patch: Patch;
  readonly object: KindMap[Kind] | null;
  readonly warnings: readonly string[];
}

function customFit(patch: Patch, resource: RestResource, request: Request): Fit | Answer {
  if (patch.type === 'json') return { patch, object: null, warnings: [] };
  const checked = checkedFields(patch.body, resource, request, true);
  return 'kind' in checked ? checked : { patch: { type: patch.type, body: checked.value }, object: null, warnings: checked.warnings };
}

/** A patch may not rename an object. */
function placeProblem({ metadata }: JsonObject, { namespace, name }: Scope & { readonly name: string }): Answer | null {
  const [ownName, ownNamespace] = isJsonObject(metadata) ? [metadata['name'], metadata['namespace'] ?? ''] : [undefined, ''];
  if (ownName !== name) return badRequest(`the name of the object (${typeof ownName === 'string' ? ownName : ''}) does not match the name on the URL (${name})`);
  return ownNamespace === (namespace ?? '') ? null : badRequest(`the namespace of the object (${typeof ownNamespace === 'string' ? ownNamespace : ''}) does not match the namespace on the URL (${namespace ?? ''})`);
}

/** What is to be applied: of the kind, and with the name and the namespace, that the path says. */
function configOf({ resource, namespace, name }: Scope & { readonly name: string }, request: Request, projection: Projection, isNew: boolean): { readonly value: JsonObject } | Answer {
  const read = readObject(request);
  if ('kind' in read) return read;
  const value = projection.inward(read.value);
  const { apiVersion, kind, metadata } = value;
  if (kind !== shownKind(resource.kind) || apiVersion !== resource.apiVersion) {
    const said = typeof apiVersion === 'string' ? apiVersion : '';
    return badRequest(`invalid object type: ${said.includes('/') ? said : `/${said}`}, Kind=${typeof kind === 'string' ? kind : ''}`);
  }
  const given: JsonObject = isJsonObject(metadata) ? metadata : {};
  const own = given['namespace'];
  if (resource.namespaced && own !== undefined && own !== '' && own !== namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (given['name'] === undefined && isNew) return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (given['name'] !== undefined && given['name'] !== name) return badRequest(`the name of the object (${typeof given['name'] === 'string' ? given['name'] : ''}) does not match the name on the URL (${name})`);
  return { value: { ...value, kind: resource.kind, ...(resource.namespaced ? { metadata: { ...given, namespace } } : {}) } };
}

/** What the client asked to be done about fields that the kind does not have or that come twice: refuse, warn, or say nothing. */
function checkedFields(given: JsonObject, resource: RestResource, { query, body, headers }: Request, partial: boolean): { readonly value: JsonObject; readonly warnings: readonly string[] } | Answer {
  const { value, unknown, mismatch } = isCustomResource(resource) ? fittedCustom(given, resource) : fitted(given, resource, partial);
  const kind = shownKind(resource.kind);
  const wrong = (problem: string): Answer => badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${kind}: ${problem}`);
  if (mismatch !== null) return wrong(mismatch);
  // Only of what came as JSON is the text at hand: YAML refuses such keys itself, and protobuf cannot say them.
  const twice = /json|^$/.test(headers['content-type'] ?? '') ? duplicateFields(bodyText(body)) : [];
  const problems = decodingProblems([...unknown.map((path) => `unknown field "${path}"`), ...twice.map((path) => `duplicate field "${path}"`)]);
  if (problems.length > 0 && query.get('fieldValidation') === 'Strict') return wrong(`strict decoding error: ${problems.join(', ')}`);
  return { value, warnings: query.get('fieldValidation') === 'Ignore' ? [] : problems };
}

/** A precondition that does not hold: the real server names the kind here, where it names the resource else. */
function unmet({ resource: { kind, group }, name }: Scope & { readonly name: string }, why: string): Answer {
  const qualified = `${shownKind(kind)}${group === '' ? '' : `.${group}`}`;
  return failure({ code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(name)}: ${why}`, details: { name, ...(group === '' ? {} : { group }), kind: shownKind(kind) } });
}

const PROPAGATION = new Set(['Background', 'Foreground', 'Orphan']);

/** Custom kinds have no merge keys that such a patch could go by. */
function noStrategicMerge(): Answer {
  return failure({ code: 415, reason: 'UnsupportedMediaType', message: 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml' });
}

export function refOf({ resource, namespace, name }: Scope & { readonly name: string }): { kind: Kind; namespace: string; name: string } {
  return { kind: resource.kind, namespace: namespace ?? '', name };
}

/** The patch in a body, by its media type. */
export function readPatch(request: Request, projection: Projection): { readonly patch: Patch } | Answer {
  const { type } = mediaType(request.headers['content-type'] ?? '');
  if (!PATCHES.has(type)) {
    return failure({ code: 415, reason: 'UnsupportedMediaType', message: `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/strategic-merge-patch+json` });
  }
  const read = readBody(request);
  if ('kind' in read) return read;
  const value = projection.inward(read.value);
  if (type === 'application/json-patch+json') {
    const problem = operationsProblem(value);
    if (problem !== null) return problem;
    return { patch: { type: 'json', body: value as JsonPatchOperation[] } };
  }
  const wrong = `json: cannot unmarshal ${jsonKind(value)} into Go value of type map[string]interface {}`;
  if (!isJsonObject(value)) return badRequest(type === 'application/merge-patch+json' ? `error decoding patch: ${wrong}` : wrong);
  return { patch: { type: type === 'application/merge-patch+json' ? 'merge' : 'strategic', body: value } };
}

const PATCHES = new Set(['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']);
export function writeOptions(query: URLSearchParams, inBody?: unknown): WriteOptions | Answer {
  const asked: unknown[] = Array.isArray(inBody) ? [...(inBody as unknown[]), ...query.getAll('dryRun')] : query.getAll('dryRun');
  if (asked.some((one) => one !== 'All')) return failure({ code: 422, reason: 'Invalid', message: `dryRun: Unsupported value: ${JSON.stringify(asked)}: supported values: "All"` });
  return asked.length > 0 ? { dryRun: true } : {};
}

function deleted({ plural, group }: RestResource, { metadata }: KubeObject): object {
  const { message: _message, code: _code, ...rest } = statusOf({ code: 200, reason: '', message: '' }) as Record<string, unknown>;
  return { ...rest, status: 'Success', details: { name: metadata.name, ...(group === '' ? {} : { group }), kind: plural, uid: metadata.uid } };
}

