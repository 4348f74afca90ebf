import fc from 'fast-check';
import { OTHER_VERSIONS } from '../../src/kube-api/other-versions.ts';
import { REST_RESOURCES, SUBRESOURCES, VIRTUAL_RESOURCES } from '../../src/kube-api/rest-resources.ts';
import { definition, definitionName, referenced, type GroupVersionKind, type Schema } from '../../src/kube-api/schema/schemas.ts';

/** One request of somebody who knows the API's schemas and means no good. */
export interface SomeRequest {
  readonly method: string;
  readonly url: string;
  readonly accept: string;
  readonly type: string;
  readonly body: string;
  /** Time goes by before it. */
  readonly pauseMs: number;
}

const TARGETS: readonly (GroupVersionKind & { readonly plural: string; readonly namespaced: boolean })[] = [
  ...REST_RESOURCES, ...OTHER_VERSIONS.map(({ resource }) => resource), ...VIRTUAL_RESOURCES,
  { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true },
];
const NAMES = ['a', 'b', 'web', 'node-1', 'shop', 'checkout', 'widgets.example.com', 'constructor', '__proto__', 'x\u001b', 'A', ''] as const;
const TYPES = ['application/json', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/yaml'] as const;
const QUERIES = ['', 'dryRun=All', 'fieldValidation=Strict', 'fieldManager=m', 'fieldManager=m&force=true', 'propagationPolicy=Foreground', 'propagationPolicy=Orphan', 'gracePeriodSeconds=0', 'limit=2', 'watch=true&timeoutSeconds=1', 'labelSelector=a%3Db,c', 'fieldSelector=metadata.name%3Da', 'resourceVersion=0'] as const;
const ACCEPTS = ['application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io', 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'] as const;
const JUNK: readonly unknown[] = [null, 0, -1, 1e308, 2_147_483_648, '', '\u0000', 'x'.repeat(300), 'ж', true, [], {}, [null], { a: { b: [] } }, '1Gi', '-1', '99999999999E', '2026-02-10T03:10:00Z', '__proto__', { constructor: { prototype: 1 } }];
const WORDS = ['a', 'b', 'web', 'shop', 'Pod', 'Deployment', 'apps/v1', 'v1', 'Always', 'RollingUpdate', 'TCP', '1', '500m', '50%', '10.0.0.1', '* * * * *', 'example.com', '*', 'self.a == 1', 'true', 'uid-1', 'foregroundDeletion', 'x/y'] as const;

export const someRequest: fc.Arbitrary<SomeRequest> = fc.record({
  target: fc.nat(TARGETS.length - 1), verb: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'PATCH', 'DELETE', 'HEAD'), name: fc.nat(40), sub: fc.nat(60),
  type: fc.constantFrom(...TYPES), query: fc.constantFrom(...QUERIES), accept: fc.constantFrom(...ACCEPTS), seed: fc.nat(), pauseMs: fc.constantFrom(0, 0, 10, 1_000, 30_000),
}).map(({ target, verb, name, sub, type, query, accept, seed, pauseMs }) => {
  const resource = TARGETS[target] as (typeof TARGETS)[number];
  const pick = picker(seed);
  const own = NAMES[name < 28 ? name % 3 : name - 28] as string;
  const subresource = Object.keys(SUBRESOURCES)[sub];
  const root = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/${resource.version}`;
  const collection = `${root}${resource.namespaced ? '/namespaces/shop' : ''}/${resource.plural}`;
  const single = verb === 'POST' || (verb === 'GET' && sub % 3 === 0) ? '' : `/${encodeURIComponent(own)}`;
  const url = `${collection}${subresource === undefined ? single : `/${encodeURIComponent(own)}/${subresource}`}${query === '' ? '' : `?${query}`}`;
  const object = { ...(value({ $ref: `#/components/schemas/${definitionName(resource) ?? ''}` }, pick, 0) as object), apiVersion: resource.group === '' ? 'v1' : `${resource.group}/${resource.version}`, kind: resource.kind };
  const named = pick(8) === 0 ? object : { ...object, metadata: { ...(pick(3) === 0 ? metadataOf(object) : {}), name: own } };
  const kind = verb === 'PATCH' ? type : pick(6) === 0 ? type : 'application/json';
  const body = kind === 'application/json-patch+json' ? operations(pick) : pick(30) === 0 ? JUNK[pick(JUNK.length)] : named;
  return { method: verb, url, accept, type: kind, body: verb === 'GET' || verb === 'HEAD' || (verb === 'DELETE' && pick(8) > 0) ? '' : JSON.stringify(body), pauseMs };
});

function metadataOf(object: object): object {
  const metadata = 'metadata' in object ? object.metadata : null;
  return typeof metadata === 'object' && metadata !== null ? metadata : {};
}

/** Numbers below what is asked, the same for the same seed. */
function picker(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

/** A value that fits a schema, mostly. */
function value(schema: Schema, pick: (below: number) => number, depth: number): unknown {
  if (pick(25) === 0 && depth > 0) return JUNK[pick(JUNK.length)];
  const name = referenced(schema);
  if (name !== undefined) {
    if (/\.(?:Time|MicroTime)$/.test(name)) return '2026-02-10T03:10:00Z';
    if (/Quantity$|IntOrString$/.test(name)) return pick(2) === 0 ? pick(5) : WORDS[pick(WORDS.length)];
    const meant = definition(name);
    return meant === undefined ? {} : value(meant, pick, depth);
  }
  if (schema.properties !== undefined) {
    const required = new Set(schema.required);
    const likely = depth < 2 ? 2 : 4;
    return Object.fromEntries(Object.entries(schema.properties).filter(([key]) => (required.has(key) && depth < 8) || (depth < 6 && pick(likely) === 0)).map(([key, inner]) => [key, value(inner, pick, depth + 1)]));
  }
  switch (schema.type) {
    case 'array':
      return Array.from({ length: depth < 8 ? pick(3) : 0 }, () => value(schema.items ?? {}, pick, depth + 1));
    case 'object':
      return Object.fromEntries(Array.from({ length: pick(3) }, () => [WORDS[pick(WORDS.length)], value(schema.additionalProperties ?? {}, pick, depth + 1)]));
    case 'integer':
    case 'number':
      return pick(4);
    case 'boolean':
      return pick(2) === 0;
    case undefined:
    default:
      return WORDS[pick(WORDS.length)];
  }
}

function operations(pick: (below: number) => number): unknown {
  const path = (): string => Array.from({ length: 1 + pick(3) }, () => `/${['metadata', 'spec', 'labels', 'annotations', 'finalizers', 'ownerReferences', 'template', 'containers', 'data', 'status', '0', '-', 'a'][pick(13)]}`).join('');
  return Array.from({ length: 1 + pick(3) }, () => ({ op: ['add', 'remove', 'replace', 'copy', 'move', 'test'][pick(6)], path: path(), from: path(), value: JUNK[pick(JUNK.length)] }));
}
