import { json, nothingThere, text, type Answer, type Request } from '../answer.ts';
import { shownKind } from '../../cluster/custom-kind.ts';
import type { CustomResources, CustomRestResource } from '../extensions/custom-resources.ts';
import { customSchemas } from '../extensions/custom-schemas.ts';
import { hashOf, subresourceKind } from './discovery.ts';
import { swaggerOf, type SwaggerDocument } from './openapi-v2.ts';
import type { Descriptions, ShownResource } from './documented.ts';
import { swaggerBytes } from './openapi-v2-protobuf.ts';
import { OTHER_VERSIONS } from '../other-versions.ts';
import { REST_RESOURCES, SUBRESOURCES, VIRTUAL_RESOURCES, type Subresource } from '../rest-resources.ts';
import { closure, definitionName, type Schema } from '../schema/schemas.ts';

interface Document {
  readonly text: string;
  readonly hash: string;
}

/** `/openapi/v3`: the list of documents, one for each group and version, and each of them; `/openapi/v2`: all in one. They are made when first asked for. */
export class OpenApi {
  readonly #describe: () => Descriptions;
  readonly #custom: CustomResources;
  readonly #customDocuments = new WeakMap<readonly CustomRestResource[], Map<string, Document>>();
  readonly #documents = new Map<string, Document>();
  readonly #secondVersions = new WeakMap<readonly CustomRestResource[], SecondVersion>();
  #descriptions: Descriptions | null = null;

  constructor(describe: () => Descriptions, custom: CustomResources) {
    this.#custom = custom;
    this.#describe = describe;
  }

  answer(document: string, { query, headers }: Request): Answer {
    if (document === 'v2') return this.#second(headers);
    if (document === 'v3') {
      const paths = [...new Set([...SHOWN, ...this.#custom.served].map(pathOf))].map((path) => [path, { serverRelativeURL: urlOf(path, this.#documentAt(path)?.hash ?? '') }]);
      return json(200, { paths: Object.fromEntries(paths) });
    }
    const path = document.startsWith('v3/') ? document.slice(3) : '';
    const found = this.#documentAt(path);
    if (found === null) return nothingThere();
    const asked = query.get('hash');
    if (asked !== null && asked !== found.hash) return text(301, '', 'text/plain; charset=utf-8', { location: urlOf(path, found.hash) });
    // What an address with its hash names never changes.
    const kept = asked === null ? {} : { 'cache-control': 'public, immutable', expires: FAR_FUTURE };
    return revalidated(headers, found, kept);
  }

  #second(headers: Request['headers']): Answer {
    const { served } = this.#custom;
    let made = this.#secondVersions.get(served);
    if (made === undefined) {
      const document = swaggerOf([...SHOWN, ...served], Object.assign({}, ...served.map(customSchemas)) as Record<string, Schema>, (this.#descriptions ??= this.#describe()));
      const whole = JSON.stringify(document);
      made = { document, text: whole, hash: hashOf(whole), bytes: null };
      this.#secondVersions.set(served, made);
    }
    if (headers['accept']?.includes(V2_PROTOBUF) !== true) return revalidated(headers, made, {});
    made.bytes ??= swaggerBytes(made.document);
    return { kind: 'whole', code: 200, type: V2_PROTOBUF.replace('@', '.'), body: '', bytes: made.bytes, headers: { etag: `"${made.hash}"` } };
  }

  #documentAt(path: string): Document | null {
    const custom = this.#custom.served.filter((one) => pathOf(one) === path);
    return custom.length === 0 ? this.#builtInAt(path) : this.#customAt(path, custom);
  }

  #customAt(path: string, resources: readonly CustomRestResource[]): Document {
    const { served } = this.#custom;
    const known = this.#customDocuments.get(served) ?? new Map<string, Document>();
    this.#customDocuments.set(served, known);
    let found = known.get(path);
    if (found === undefined) {
      const whole = JSON.stringify(customDocument(resources, (this.#descriptions ??= this.#describe())));
      found = { text: whole, hash: hashOf(whole) };
      known.set(path, found);
    }
    return found;
  }

  #builtInAt(path: string): Document | null {
    let found = this.#documents.get(path);
    if (found === undefined) {
      const resources = SHOWN.filter((one) => pathOf(one) === path);
      if (resources.length === 0) return null;
      const whole = JSON.stringify(documentOf(resources, (this.#descriptions ??= this.#describe())));
      found = { text: whole, hash: hashOf(whole) };
      this.#documents.set(path, found);
    }
    return found;
  }
}

/** As clients ask for it. No media type may hold an @, so the answer names it with a dot, as the real server does. */
const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
interface SecondVersion extends Document {
  readonly document: SwaggerDocument;
  /** Made when first asked for. */
  bytes: Uint8Array | null;
}

const FAR_FUTURE = 'Fri, 31 Dec 2100 00:00:00 GMT';

function urlOf(path: string, hash: string): string {
  return `/openapi/v3/${path}?hash=${hash}`;
}

function revalidated({ 'if-none-match': known }: Request['headers'], { text: whole, hash }: Document, kept: Readonly<Record<string, string>>): Answer {
  const etag = `"${hash}"`;
  return known === etag ? json(304, '', 'application/json', { etag, ...kept }) : json(200, whole, 'application/json', { etag, vary: 'Accept', ...kept });
}

const SHOWN: readonly ShownResource[] = [...REST_RESOURCES, ...OTHER_VERSIONS.map(({ resource }) => resource), ...VIRTUAL_RESOURCES];

function pathOf({ group, version }: ShownResource): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(resources: readonly ShownResource[], descriptions: Descriptions): object {
  const names = resources.flatMap((one) => {
    const name = definitionName(one);
    return name === undefined ? [] : [name, `${name}List`];
  });
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.32.3' }, paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas: described(closure([...names, 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']), descriptions) },
  };
}

/** Of custom kinds, whose schemas come from their definitions; what all objects share is Kubernetes' own. */
function customDocument(resources: readonly CustomRestResource[], descriptions: Descriptions): object {
  const own = Object.assign({}, ...resources.map(customSchemas)) as Record<string, object>;
  const shared = described(closure(['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']), descriptions);
  return { openapi: '3.0.0', info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' }, paths: Object.fromEntries(resources.flatMap(pathsOf)), components: { schemas: { ...own, ...shared } } };
}

function described(schemas: Readonly<Record<string, Schema>>, descriptions: Descriptions): object {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => {
    const said = Object.hasOwn(descriptions, name) ? descriptions[name] : undefined;
    if (said === undefined) return [name, schema];
    const { properties } = schema;
    const fields = Object.entries(properties ?? {}).map(([field, one]) => [field, withDescription(one, said[field])]);
    return [name, withDescription(properties === undefined ? schema : { ...schema, properties: Object.fromEntries(fields) as Record<string, Schema> }, said[''])];
  }));
}

/** OpenAPI 3.0 lets nothing stand beside a reference; so a described one becomes a list of one. */
function withDescription(schema: Schema, description: string | undefined): object {
  if (description === undefined || description === '') return schema;
  return schema.$ref === undefined ? { description, ...schema } : { description, allOf: [schema] };
}

function pathsOf(resource: ShownResource): [path: string, item: object][] {
  const { group, version, plural, namespaced } = resource;
  const kind = shownKind(resource.kind);
  const operation = (action: string): object => ({
    'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': { group, version, kind }, responses: { 200: { description: 'OK' } },
    ...(WRITES.has(action) ? { parameters: WRITE_PARAMETERS } : {}),
  });
  const all = `/${pathOf(resource)}/${plural}`;
  const some = namespaced ? `/${pathOf(resource)}/namespaces/{namespace}/${plural}` : all;
  return [
    ...(namespaced ? ([[all, { get: operation('list') }]] as [string, object][]) : []),
    [some, { get: operation('list'), post: operation('post'), delete: operation('deletecollection') }],
    [`${some}/{name}`, { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') }],
    ...(resource.subresources ?? []).flatMap((name) => subresourcePaths(resource, name, `${some}/{name}/${name}`)),
  ];
}

/** Those that connect to something name the kind of their options, and all ways to ask do the same. */
function subresourcePaths(resource: ShownResource, name: Subresource, path: string): [path: string, item: object][] {
  const own = SUBRESOURCES[name];
  const kind = subresourceKind(resource, name);
  const connects = kind.endsWith('Options');
  const of = { group: own.group ?? resource.group, version: own.version ?? resource.version, kind };
  const item = Object.fromEntries(own.verbs.map((verb) => [METHODS[verb], {
    'x-kubernetes-action': connects ? 'connect' : METHODS[verb], 'x-kubernetes-group-version-kind': of, responses: { 200: { description: 'OK' } },
    ...(!connects && WRITES.has(METHODS[verb]) ? { parameters: WRITE_PARAMETERS } : {}),
  }]));
  return name === 'proxy' ? [[path, item], [`${path}/{path}`, item]] : [[path, item]];
}

const METHODS = { get: 'get', create: 'post', update: 'put', patch: 'patch', delete: 'delete' } as const;

const WRITES = new Set(['post', 'put', 'patch']);
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
