// Makes src/cluster/patching/merge-markers.json from src/kube-api/schema/openapi.json, which bin/kubernetes-tables.mjs
// makes of what the Kubernetes project publishes: which lists a strategic merge patch merges, and by which key.
//   node bin/merge-markers.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');
const definitions = JSON.parse(readFileSync(join(source, 'kube-api', 'schema', 'openapi.json'), 'utf8'));
const bare = (name) => name.replace(/^io\.k8s\./, '').replace(/^(?:api|apimachinery\.pkg\.apis)\./, '');
const refOf = (schema) => schema?.$ref?.replace('#/components/schemas/', '') ?? schema?.items?.$ref?.replace('#/components/schemas/', '') ?? schema?.additionalProperties?.$ref?.replace('#/components/schemas/', '');

/** Whether a type, or one that it holds, says anything about merging. */
const marked = new Set(Object.keys(definitions).filter((name) => Object.values(definitions[name].properties ?? {}).some((field) => field['x-kubernetes-patch-strategy'] !== undefined)));
for (let before = -1; before !== marked.size; ) {
  before = marked.size;
  for (const [name, { properties = {} }] of Object.entries(definitions)) if (Object.values(properties).some((field) => marked.has(refOf(field)))) marked.add(name);
}

const kinds = {};
const types = {};
for (const name of [...marked].sort((a, b) => (a < b ? -1 : 1))) {
  const { properties = {}, 'x-kubernetes-group-version-kind': said = [] } = definitions[name];
  if (name.endsWith('List') && properties.items !== undefined) continue;
  for (const { group, version, kind } of said.length === 1 ? said : []) kinds[`${group === '' ? '' : `${group}/`}${version}/${kind}`] = bare(name);
  types[bare(name)] = Object.fromEntries(Object.entries(properties).map(([field, schema]) => [field, markerOf(schema)]).filter(([, marker]) => marker !== ''));
}

/** `TYPE`, `TYPE merge KEY`, `- merge` or `- replace`: a field's own type if it is marked, and how its values merge. */
function markerOf(schema) {
  const to = refOf(schema);
  const strategy = (schema['x-kubernetes-patch-strategy'] ?? '').split(',').find((one) => one === 'merge' || one === 'replace') ?? '';
  return [marked.has(to) ? bare(to) : '-', strategy, strategy === 'merge' ? (schema['x-kubernetes-patch-merge-key'] ?? '') : ''].join(' ').trim().replace(/^-$/, '');
}

const lines = (object) => `{\n${Object.entries(object).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',\n')}\n}`;
writeFileSync(join(source, 'cluster', 'patching', 'merge-markers.json'), `{"kinds":${lines(kinds)},\n"types":${lines(types)}}\n`);
