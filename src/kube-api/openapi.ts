import { json, nothingThere, type Answer } from './answer.ts';
import { hashOf } from './discovery.ts';
import { REST_RESOURCES, type RestResource } from './rest-resources.ts';

export function openApi(document: string): Answer {
  if (document === 'v3') return json(200, { paths: Object.fromEntries([...DOCUMENTS].map(([path, { hash }]) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }])) });
  const found = DOCUMENTS.get(document.replace(/^v3\//, ''));
  return found === undefined ? nothingThere() : json(200, found.text);
}

const DOCUMENTS = new Map<string, { readonly text: string; readonly hash: string }>();
for (const path of new Set(REST_RESOURCES.map(pathOf))) {
  const text = JSON.stringify(documentOf(REST_RESOURCES.filter((one) => pathOf(one) === path)));
  DOCUMENTS.set(path, { text, hash: hashOf(text) });
}

function pathOf({ group, version }: RestResource): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function documentOf(resources: readonly RestResource[]): object {
  const paths = resources.map((one) => [`/${pathOf(one)}/${one.namespaced ? 'namespaces/{namespace}/' : ''}${one.plural}/{name}`, { patch: {
    parameters: [{ name: 'fieldValidation', in: 'query' }, { name: 'dryRun', in: 'query' }],
    'x-kubernetes-action': 'patch', 'x-kubernetes-group-version-kind': { group: one.group, version: one.version, kind: one.kind },
  } }]);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.32.3' }, paths: Object.fromEntries(paths), components: { schemas: {} } };
}
