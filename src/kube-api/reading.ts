import type { LabelSelector } from '../cluster/api.ts';
import { matchesLabels } from '../cluster/labels.ts';
import type { AnyObject } from '../cluster/store.ts';
import { readFieldSelector, readLabelSelector } from '../cluster/selectors.ts';
import { badRequest, failure, json, type Answer, type Request } from './answer.ts';
import { formOf } from './negotiation.ts';
import type { Projection } from './projection.ts';
import type { RestResource } from './rest-resources.ts';
import type { ServedCluster } from './served-cluster.ts';
import { Snapshots } from './snapshots.ts';
import { metadataOnly, tableOf, type IncludedObject, type TableOptions } from './table-form.ts';

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
  readonly #snapshots = new Snapshots();

  constructor(cluster: ServedCluster, projection: Projection) {
    this.#cluster = cluster;
    this.#projection = projection;
  }

  /** An object as the answer to a request of any verb. */
  object(object: AnyObject, request: Request, code = 200): Answer {
    switch (formOf(request.headers['accept'])) {
      case null:
        return notAcceptable();
      case 'object':
        return json(code, this.#projection.text(object));
      case 'metadata':
        return json(code, this.#projection.outward(metadataOnly(object)));
      case 'table':
        return json(code, tableOf(object.kind, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, this.tableOptions(request.query)));
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
    const { objects, meta } = page;
    switch (form) {
      case 'table':
        return json(200, tableOf(resource.kind, objects, meta, this.tableOptions(request.query)));
      case 'metadata':
        return json(200, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: meta, items: objects.map((one) => this.#projection.outward(metadataOnly(one))) });
      case 'object': {
        const head = `{"kind":"${resource.kind}List","apiVersion":"${resource.apiVersion}","metadata":${JSON.stringify(meta)},"items":[`;
        return json(200, `${head}${this.#projection.joined(objects)}]}`);
      }
    }
  }

  tableOptions(query: URLSearchParams): TableOptions {
    const asked = query.get('includeObject');
    const include: IncludedObject = asked === 'Object' || asked === 'None' ? asked : 'Metadata';
    return { include, nowUnixMs: Date.parse(this.#cluster.clock.now()), outward: (value) => this.#projection.outward(value) };
  }

  #page({ resource, namespace }: Scope, query: URLSearchParams, test: (object: AnyObject) => boolean): { objects: readonly AnyObject[]; meta: Record<string, unknown> } | Answer {
    const limit = wholeNumber(query.get('limit'));
    if (limit === null) return badRequest(`limit: Invalid value: "${query.get('limit') ?? ''}": must be a whole number`);
    const asked = query.get('continue') ?? '';
    const resumed = asked === '' ? null : this.#snapshots.resume(asked);
    if (resumed === undefined) {
      return failure({ code: 410, reason: 'Expired', message: 'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.' });
    }
    const version = resumed?.version ?? this.#cluster.store.resourceVersion;
    const all = resumed?.objects ?? this.#matching(resource, namespace, query, test);
    const from = resumed?.from ?? 0;
    const to = limit === 0 ? all.length : Math.min(all.length, from + limit);
    const meta: Record<string, unknown> = { resourceVersion: String(version) };
    if (to < all.length) {
      meta['continue'] = this.#snapshots.keep({ objects: all, version, from: to });
      if (!query.has('labelSelector') && !query.has('fieldSelector')) meta['remainingItemCount'] = all.length - to;
    }
    return { objects: from === 0 && to === all.length ? all : all.slice(from, to), meta };
  }

  #matching({ kind }: RestResource, namespace: string | null, query: URLSearchParams, test: (object: AnyObject) => boolean): readonly AnyObject[] {
    const all = this.#cluster.store.list(kind, namespace);
    return (query.get('labelSelector') ?? '') === '' && (query.get('fieldSelector') ?? '') === '' ? all : all.filter(test);
  }
}

/** Whether an object is one of those that a list or watch asks for; or the answer that says why nothing can be. */
export function selection({ resource, namespace, name }: Scope, query: URLSearchParams): ((object: AnyObject) => boolean) | Answer {
  const labels = readLabelSelector(query.get('labelSelector') ?? '');
  if ('error' in labels) return badRequest(labels.error);
  const fields = readFieldSelector(query.get('fieldSelector') ?? '', resource.kind);
  if ('error' in fields) return badRequest(fields.error);
  const wanted: LabelSelector = labels;
  return (object) =>
    (namespace === null || object.metadata.namespace === namespace) && (name === null || object.metadata.name === name) && matchesLabels(wanted, object.metadata.labels) && fields(object);
}

/** The number that a parameter holds, 0 where it is absent, null where it is none. */
export function wholeNumber(text: string | null): number | null {
  if (text === null || text === '') return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export function notAcceptable(): Answer {
  return failure({ code: 406, reason: 'NotAcceptable', message: 'only the following media types are accepted: application/json' });
}
