import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { WriteOptions } from '../cluster/api.ts';
import { isCustomObject } from '../cluster/custom-kind.ts';
import { checkedCustom } from '../cluster/extensions/custom-objects.ts';
import { isFinished } from '../cluster/deletion.ts';
import { isJsonObject, sameJson, type JsonObject } from '../cluster/json.ts';
import type { KindMap } from '../cluster/objects.ts';
import { patched } from '../cluster/patching/patched.ts';
import { age } from '../cluster/printers/age.ts';
import { isRefusal, conflict, notFound } from '../cluster/refusals.ts';
import type { AnyObject } from '../cluster/store.ts';
import { badRequest, failure, json, notAllowed, refused, type Answer, type Request } from './answer.ts';
import { readObject } from './body/body.ts';
import { statusOfRequest } from './writing/certificate-requests.ts';
import { formOf, mediaType } from './negotiation.ts';
import type { Projection } from './reading/projection.ts';
import type { Reading, Scope } from './reading/reading.ts';
import { restResource } from './rest-resources.ts';
import type { ServedCluster } from './served-cluster.ts';
import { readPatch, refOf, writeOptions, type Writing } from './writing/writing.ts';

export type Named = Scope & { readonly name: string };

export interface Parts {
  readonly cluster: ServedCluster;
  readonly projection: Projection;
  readonly reading: Reading;
  readonly writing: Writing;
}

/** `…/scale`: the number of replicas of a workload, whatever its kind. */
export function scale({ cluster, projection, writing }: Parts, scope: Named, request: Request): Answer {
  const current = cluster.store.get(scope.resource.kind, scope.namespace ?? '', scope.name) as KindMap['Deployment'] | undefined;
  if (current === undefined) return refused(notFound(scope.resource.kind, scope.name).status);
  if (request.method === 'GET') return formOf(request.headers['accept']) === 'table' ? scaleTable(current, cluster) : json(200, projection.outward(scaleOf(current)));
  const wanted = isApply(request) ? readObject(request) : changedBy(scaleOf(current), request, projection);
  if ('kind' in wanted) return wanted;
  const { spec, metadata } = wanted.value as { readonly spec?: { readonly replicas?: unknown }; readonly metadata?: { readonly resourceVersion?: string } };
  const replicas = spec?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) return badRequest('Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32');
  if (replicas < 0) {
    const error = `spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`;
    return refused({ code: 422, reason: 'Invalid', message: `Scale.autoscaling "${scope.name}" is invalid: ${error}`, causes: [error] });
  }
  if (isApply(request)) {
    const { apiVersion, kind, metadata: { name } } = current;
    const result = writing.appliedTo(scope, request, 'scale', { apiVersion, kind, metadata: { name }, spec: { replicas } });
    if ('kind' in result) return result;
    const stored = cluster.api.update(result.object, result.options);
    return stored.ok ? json(200, projection.outward(scaleOf(stored.object as KindMap['Deployment']))) : refused(stored.status);
  }
  const options = writing.optionsFor(scope, request, 'scale');
  if ('kind' in options) return options;
  const version = metadata?.resourceVersion;
  const body = { ...(version === undefined ? {} : { metadata: { resourceVersion: version } }), spec: { replicas } };
  const result = cluster.api.patch(refOf(scope), { type: 'merge', body }, options);
  return result.ok ? json(200, projection.outward(scaleOf(result.object as KindMap['Deployment']))) : refused(result.status);
}

function scaleOf({ metadata, spec, status: now }: KindMap['Deployment']): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const labels = Object.entries(spec?.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(',');
  return {
    kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: (spec?.replicas ?? 0) === 0 ? {} : { replicas: spec?.replicas }, status: { replicas: now?.replicas ?? 0, selector: labels },
  };
}

/** As `kubectl get --subresource=scale` prints it. */
function scaleTable({ metadata, spec, status: now }: KindMap['Deployment'], { clock }: ServedCluster): Answer {
  const columns = ['Name', 'Desired', 'Available', 'Age'].map((name) => ({ name, type: 'string', format: name === 'Name' ? 'name' : '', description: '', priority: 0 }));
  const cells = [metadata.name, spec?.replicas ?? 0, now?.replicas ?? 0, age(metadata.creationTimestamp, Date.parse(clock.now()))];
  return json(200, { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: metadata.resourceVersion }, columnDefinitions: columns, rows: [{ cells, object: null }] });
}

/** What a PUT or PATCH makes of a document. */
export function changedBy(document: JsonObject, request: Request, projection: Projection): { readonly value: JsonObject } | Answer {
  if (request.method === 'PUT') {
    const read = readObject(request);
    return 'kind' in read ? read : { value: projection.inward(read.value) };
  }
  const read = readPatch(request, projection);
  if ('kind' in read) return read;
  const result = patched(document, read.patch);
  return result.ok ? { value: result.document } : refused(result.status);
}

/** `…/status`: the half of an object that controllers write. Nothing else of the body counts. */
export function status({ cluster, projection, reading, writing }: Parts, scope: Named, request: Request, subresource: 'approval' | 'status' = 'status'): Answer {
  const current = cluster.store.get(scope.resource.kind, scope.namespace ?? '', scope.name);
  if (current === undefined) return refused(notFound(scope.resource.kind, scope.name).status);
  if (request.method === 'GET') return reading.object(current, request);
  const asked = isApply(request) ? writing.appliedTo(scope, request, 'status') : statusWritten(current, request, { projection, options: writing.optionsFor(scope, request, 'status') });
  if ('kind' in asked) return asked;
  const { object, options } = asked;
  const { metadata, status: given } = object as { readonly metadata?: Pick<ObjectMeta, 'resourceVersion' | 'annotations' | 'labels'>; readonly status?: unknown };
  const now = statusOfRequest(current, given, subresource);
  const version = metadata?.resourceVersion;
  if (version !== undefined && version !== '' && version !== current.metadata.resourceVersion) return refused(conflict(current.kind, scope.name).status);
  if (!isJsonObject(now ?? {})) return badRequest(`${current.kind}.status must be an object`);
  const written = { ...current, metadata: isCustomObject(current) ? current.metadata : withWords(current, metadata), status: now } as AnyObject;
  const next = isCustomObject(written) ? checkedCustom(cluster.store, written, current) : written;
  if (isRefusal(next)) return refused(next.status);
  const verdict = cluster.api.admits({ operation: 'UPDATE', kind: current.kind, apiVersion: current.apiVersion, subresource, namespace: scope.namespace ?? '', name: scope.name, object: next, oldObject: current, user: request.user, dryRun: options.dryRun === true });
  if ('ok' in verdict) return refused(verdict.status);
  const managedFields = options.notes?.note(next, current);
  if (sameJson(now, (current as { readonly status?: unknown }).status) && next.metadata === current.metadata && managedFields === current.metadata.managedFields) return reading.object(current, request);
  const noted = { ...next, metadata: { ...next.metadata, ...(managedFields === undefined ? {} : { managedFields }) } };
  return reading.object(options.dryRun === true ? noted : cluster.store.update(noted), request);
}

/** Labels and annotations come along with a status, but for the labels of a Deployment; of a custom kind nothing does. */
function withWords({ kind, metadata }: AnyObject, { annotations, labels }: Pick<ObjectMeta, 'annotations' | 'labels'> = {}): AnyObject['metadata'] {
  const named = kind === 'Deployment' ? metadata.labels : (labels ?? metadata.labels);
  const noted = annotations ?? metadata.annotations;
  if (sameJson(noted, metadata.annotations) && sameJson(named, metadata.labels)) return metadata;
  return { ...metadata, ...(noted === undefined ? {} : { annotations: noted }), ...(named === undefined ? {} : { labels: named }) };
}

function statusWritten(current: AnyObject, request: Request, { projection, options }: { readonly projection: Projection; readonly options: WriteOptions | Answer }): { readonly object: JsonObject; readonly options: WriteOptions } | Answer {
  if ('kind' in options) return options;
  const wanted = changedBy(current as unknown as JsonObject, request, projection);
  return 'kind' in wanted ? wanted : { object: wanted.value, options };
}

function isApply({ method, headers }: Request): boolean {
  return method === 'PATCH' && mediaType(headers['content-type'] ?? '').type === 'application/apply-patch+yaml';
}

/** `pods/…/eviction`: deletes a pod, unless a disruption budget says that it would be one too many. */
export function eviction({ cluster }: Parts, scope: Named, request: Request): Answer {
  const read = readObject(request);
  if ('kind' in read) return read;
  const meant = isJsonObject(read.value['metadata']) ? read.value['metadata']['name'] : undefined;
  if (meant !== undefined && meant !== '' && meant !== scope.name) return badRequest(`name in URL does not match name in Eviction object: ${JSON.stringify(scope.name)} != ${JSON.stringify(meant)}`);
  const wish = isJsonObject(read.value['deleteOptions']) ? read.value['deleteOptions'] : {};
  const options = writeOptions(request.query, wish['dryRun']);
  if ('kind' in options) return options;
  const grace = wish['gracePeriodSeconds'];
  const preconditions = isJsonObject(wish['preconditions']) ? wish['preconditions'] : {};
  const result = cluster.api.evict({ namespace: scope.namespace ?? '', name: scope.name }, {
    ...options, preconditions, ...(typeof grace === 'number' && grace >= 0 ? { gracePeriodSeconds: grace } : {}),
  });
  if (result.ok) return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  const { status: why } = result;
  if (why.reason === 'InternalError') return failure({ code: why.code, reason: '', message: why.message });
  if (why.reason !== 'TooManyRequests') return refused(why);
  return failure({ code: why.code, reason: why.reason, message: why.message, details: { causes: (why.causes ?? []).map((message) => ({ reason: 'DisruptionBudget', message })) } });
}

/** `pods/…/binding`: puts a pod on a node, as a scheduler does. */
export function binding({ cluster }: Parts, scope: Named, request: Request): Answer {
  const read = readObject(request);
  if ('kind' in read) return read;
  const options = writeOptions(request.query);
  if ('kind' in options) return options;
  const { name: node, kind = '' } = isJsonObject(read.value['target']) ? (read.value['target'] as { readonly name?: unknown; readonly kind?: unknown }) : {};
  if (kind !== '' && kind !== 'Node') return failure({ code: 500, reason: '', message: `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"` });
  if (typeof node !== 'string' || node === '') return failure({ code: 500, reason: '', message: 'target.name: Required value' });
  const pod = cluster.store.get('Pod', scope.namespace ?? '', scope.name);
  if (pod === undefined) return refused(notFound('Pod', scope.name).status);
  const unfit = whyNotBound(pod);
  if (unfit !== null) return failure({ code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on pods/binding "${scope.name}": ${unfit}`, details: { name: scope.name, kind: 'pods/binding' } });
  const conditions = [...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'), { type: 'PodScheduled', status: 'True', lastTransitionTime: cluster.clock.now() }];
  if (options.dryRun !== true) cluster.store.update({ ...pod, spec: { ...pod.spec, containers: pod.spec?.containers ?? [], nodeName: node }, status: { ...pod.status, conditions } });
  return json(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}

/** Words of `setPodNodeAndMetadata` in pkg/registry/core/pod/storage. */
function whyNotBound({ metadata, spec }: KindMap['Pod']): string | null {
  if (metadata.deletionTimestamp !== undefined) return `pod ${metadata.name} is being deleted, cannot be assigned to a host`;
  if (spec?.nodeName !== undefined) return `pod ${metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`;
  return (spec?.schedulingGates ?? []).length > 0 ? `pod ${metadata.name} has non-empty .spec.schedulingGates` : null;
}

/** `bindings`: the same, of the pod that the body names. */
export function bindings(parts: Parts, namespace: string | null, request: Request): Answer {
  const read = readObject(request);
  if ('kind' in read) return read;
  const pods = restResource('', 'v1', 'pods');
  const metadata = read.value['metadata'];
  const name = isJsonObject(metadata) ? metadata['name'] : undefined;
  if (pods === undefined || typeof name !== 'string') return badRequest('Binding.v1 "" is invalid: metadata.name: Required value: name or generateName is required');
  return binding(parts, { resource: pods, namespace, name }, request);
}

/** `namespaces/…/finalize`: takes the namespace's own finalizers away. */
export function finalize({ cluster, projection, reading }: Parts, scope: Named, request: Request): Answer {
  if (request.method !== 'PUT') return notAllowed();
  const options = writeOptions(request.query);
  if ('kind' in options) return options;
  const current = cluster.store.get('Namespace', '', scope.name);
  if (current === undefined) return refused(notFound('Namespace', scope.name).status);
  const wanted = changedBy(current as unknown as JsonObject, request, projection);
  if ('kind' in wanted) return wanted;
  const spec = wanted.value['spec'];
  const finalizers = isJsonObject(spec) && Array.isArray(spec['finalizers']) ? (spec['finalizers'] as string[]) : [];
  const next = { ...current, spec: { ...current.spec, finalizers } };
  if (options.dryRun === true) return reading.object(next, request);
  const freed = cluster.store.update(next);
  if (isFinished(freed)) cluster.store.remove({ kind: 'Namespace', namespace: '', name: scope.name });
  return reading.object(freed, request);
}
