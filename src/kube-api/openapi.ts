import { json, nothingThere, type Answer } from './answer.ts';
import { hashOf } from './discovery.ts';
import { OTHER_VERSIONS } from './other-versions.ts';
import { REST_RESOURCES, type RestResource } from './rest-resources.ts';
import { closure, definitionName } from './schemas.ts';

/** `/openapi/v3`: the list of documents, one for each group and version, and each of them. */
export function openApi(document: string): Answer {
  if (document === 'v3') {
    const paths = [...new Set(SHOWN.map(pathOf))].map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${documentAt(path)?.hash ?? ''}` }]);
    return json(200, { paths: Object.fromEntries(paths) });
  }
  const found = document.startsWith('v3/') ? documentAt(document.slice(3)) : null;
  return found === null ? nothingThere() : json(200, found.text, 'application/json', { etag: `"${found.hash}"` });
}

interface Document {
  readonly text: string;
  readonly hash: string;
}

const SHOWN: readonly RestResource[] = [...REST_RESOURCES, ...OTHER_VERSIONS.map(({ resource }) => resource)];
const documents = new Map<string, Document>();

function documentAt(path: string): Document | null {
  let found = documents.get(path);
  if (found === undefined) {
    const resources = SHOWN.filter((one) => pathOf(one) === path);
    if (resources.length === 0) return null;
    const text = JSON.stringify(documentOf(resources));
    found = { text, hash: hashOf(text) };
    documents.set(path, found);
  }
  return found;
}

function pathOf({ group, version }: RestResource): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(resources: readonly RestResource[]): object {
  const names = resources.flatMap((one) => {
    const name = definitionName(one);
    return name === undefined ? [] : [name, `${name}List`];
  });
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.32.3' }, paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas: closure([...names, 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']) },
  };
}

function pathsOf(resource: RestResource): [path: string, item: object][] {
  const { group, version, kind, plural, namespaced } = resource;
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
  ];
}

const WRITES = new Set(['post', 'put', 'patch']);
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
