import type { LabelSelector } from '../../cluster/api.ts';
import { isCustomKind, isCustomObject } from '../../cluster/custom-kind.ts';
import { customResource } from '../../cluster/extensions/custom-resource.ts';
import { readLabelSelector } from '../../cluster/label-selector.ts';
import { matchesLabels } from '../../cluster/labels.ts';
import type { Kind } from '../../cluster/objects.ts';
import { asRead } from '../../cluster/node-leases.ts';
import type { AnyObject } from '../../cluster/store.ts';
import { readFieldSelector } from '../../cluster/selectors.ts';
import { badRequest, failure, json, jsonBytes, type Answer, type Request } from '../answer.ts';
import type { EventRing } from './event-ring.ts';
import { readListOptions } from './list-options.ts';
import { isCustomResource, listKindOf } from '../extensions/custom-resources.ts';
import { formOf } from '../negotiation.ts';
import type { Projection } from './projection.ts';
import type { RestResource } from '../rest-resources.ts';
import type { ServedCluster } from '../served-cluster.ts';
import { isRemembered, keyOf, readToken, Snapshots, writeToken, type Position } from './snapshots.ts';
import { customTableOf, metadataOnly, tableOf, type IncludedObject, type TableOptions } from './table-form.ts';

/** Which objects of a resource a request is about. */
export interface Scope {
  readonly resource: RestResource;
  /** Null for all, and for kinds without. */
  readonly namespace: string | null;
  readonly name: string | null;
}

/** GET of one object and of collections, in the form that the client asked for. */
export class Reading {
  readonly #cluster: ServedCluster;
  readonly #projection: Projection;
  readonly #snapshots: Snapshots;

  constructor(cluster: ServedCluster, projection: Projection, ring: EventRing) {
    this.#cluster = cluster;
    this.#projection = projection;
    this.#snapshots = new Snapshots(cluster.store, ring);
  }

  /** An object as the answer to a request of any verb. */
  object(object: AnyObject, request: Request, code = 200): Answer {
    switch (formOf(request.headers['accept'])) {
      case null:
        return notAcceptable();
      case 'object':
        return json(code, this.#projection.whole(object));
      case 'metadata':
        return json(code, this.#projection.outward(metadataOnly(object)));
      case 'table':
        return json(code, this.table([object], object.kind, { resourceVersion: object.metadata.resourceVersion ?? '' }, request));
    }
  }

  list(scope: Scope, request: Request): Answer {
    const { resource } = scope;
    const form = formOf(request.headers['accept']);
    if (form === null) return notAcceptable();
    const test = selection(scope, request.query);
    if (typeof test !== 'function') return test;
    const page = this.#page(scope, request.query, test);
    if ('kind' in page) return page;
    const { meta } = page;
    const objects = resource.kind === 'Lease' ? page.objects.map((one) => asRead(one, this.#cluster.clock)) : page.objects;
    switch (form) {
      case 'table':
        return json(200, this.table(objects, resource.kind, meta, request));
      case 'metadata':
        return json(200, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: meta, items: objects.map((one) => this.#projection.outward(metadataOnly(one))) });
      case 'object': {
        const head = `{"kind":"${listKindOf(resource)}","apiVersion":"${resource.apiVersion}","metadata":${JSON.stringify(meta)},"items":[`;
        if (request.query.has('limit')) return json(200, `${head}${objects.map((one) => this.#projection.whole(one)).join(',')}]}`);
        return jsonBytes(200, this.#projection.listed(head, objects, ']}'));
      }
    }
  }

  /** Of a custom kind, in the columns of the version that the path names. */
  table(objects: readonly AnyObject[], kind: Kind, listMeta: object, { path, query }: Request, columns = true): object {
    const options = this.tableOptions(query);
    const resource = isCustomKind(kind) ? customResource(this.#cluster.store, kind) : undefined;
    if (resource === undefined) return tableOf(kind, objects, listMeta, options, columns);
    const version = resource.versions.find(({ name }) => name === path.split('/')[3]) ?? resource.storage;
    return customTableOf(version, objects.filter(isCustomObject), listMeta, options, columns);
  }

  tableOptions(query: URLSearchParams): TableOptions {
    const asked = query.get('includeObject');
    const include: IncludedObject = asked === 'Object' || asked === 'None' ? asked : 'Metadata';
    return { include, nowUnixMs: Date.parse(this.#cluster.clock.now()), outward: (value) => this.#projection.outward(value) };
  }

  #page({ resource, namespace }: Scope, query: URLSearchParams, test: (object: AnyObject) => boolean): Page | Answer {
    const { store, clock } = this.#cluster;
    const options = readListOptions(query, store.resourceVersion);
    if ('kind' in options) return options;
    const { limit, continueToken, exactly } = options;
    const nowMs = Date.parse(clock.now());
    const position = continueToken === '' ? { version: exactly, after: '', begunMs: nowMs } : readToken(continueToken);
    if (position === null || (position.version ?? 0) > store.resourceVersion) return badRequest('continue key is not valid: invalid continue token');
    const version = position.version ?? store.resourceVersion;
    const forgotten = continueToken !== '' && position.version !== null && !isRemembered(position, nowMs);
    const whole = forgotten ? null : this.#snapshots.at(resource.kind, namespace, version);
    if (whole === null) return continueToken === '' ? expired('The resourceVersion for the provided list is too old.') : inconsistent(position, nowMs);
    const selective = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
    const all = selective ? whole.filter(test) : whole;
    const from = position.after === '' ? 0 : firstAfter(all, position.after);
    const to = limit === 0 ? all.length : Math.min(all.length, from + limit);
    const meta: Record<string, unknown> = { resourceVersion: String(version) };
    if (to < all.length) {
      meta['continue'] = writeToken({ version, after: keyOf(all[to - 1] as AnyObject), begunMs: position.begunMs });
      if (!selective) meta['remainingItemCount'] = all.length - to;
    }
    return { objects: from === 0 && to === all.length ? all : all.slice(from, to), meta };
  }
}

interface Page {
  readonly objects: readonly AnyObject[];
  readonly meta: Record<string, unknown>;
}

function firstAfter(objects: readonly AnyObject[], key: string): number {
  let [low, high] = [0, objects.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(objects[middle] as AnyObject) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function expired(message: string, metadata: object = {}): Answer {
  return json(410, { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason: 'Expired', code: 410 });
}

/** The rest of a list whose beginning is forgotten: to be had with another token, as it is by then. */
function inconsistent({ after }: Position, nowMs: number): Answer {
  return expired('The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.', {
    continue: writeToken({ version: null, after, begunMs: nowMs }),
  });
}

/** Whether an object is one of those that a list or watch asks for; or the answer that says why nothing can be. */
export function selection({ resource, namespace, name }: Scope, query: URLSearchParams): ((object: AnyObject) => boolean) | Answer {
  const labels = readLabelSelector(query.get('labelSelector') ?? '');
  if ('error' in labels) return badRequest(labels.error);
  const fields = readFieldSelector(query.get('fieldSelector') ?? '', resource.kind, isCustomResource(resource) ? [...resource.custom.version.selectable] : []);
  if ('error' in fields) return badRequest(fields.error);
  const wanted: LabelSelector = labels;
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) && (name === null || object.metadata.name === name) && matchesLabels(wanted, object.metadata.labels) && fields(object);
}

export function notAcceptable(): Answer {
  return failure({ code: 406, reason: 'NotAcceptable', message: 'only the following media types are accepted: application/json, application/yaml' });
}
