// Makes src/kube-api/schema/*.json from what the Kubernetes project publishes, all of one release:
//   node bin/kubernetes-tables.mjs SWAGGER.json TAG API_REPOSITORY APIMACHINERY_REPOSITORY EXTENSIONS_REPOSITORY AGGREGATOR_REPOSITORY
// SWAGGER.json is kubernetes/kubernetes' api/openapi-spec/swagger.json; the repositories are clones of kubernetes/api,
// kubernetes/apimachinery, kubernetes/apiextensions-apiserver and kubernetes/kube-aggregator that have the TAG (such as v0.32.9). Only facts are taken: names, types, numbers of fields,
// merge keys; no descriptions.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [swaggerFile, tag, apiRepository, machineryRepository, extensionsRepository, aggregatorRepository] = process.argv.slice(2);
if (aggregatorRepository === undefined) {
  process.stderr.write('usage: node bin/kubernetes-tables.mjs SWAGGER.json TAG API_REPOSITORY APIMACHINERY_REPOSITORY EXTENSIONS_REPOSITORY AGGREGATOR_REPOSITORY\n');
  process.exit(2);
}
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'kube-api', 'schema');
const { definitions } = JSON.parse(readFileSync(swaggerFile, 'utf8'));

/** Groups and versions whose kinds a sandbox may hold or be asked for. */
const PACKAGES = [
  'api.core.v1', 'api.apps.v1', 'api.batch.v1', 'api.autoscaling.v1', 'api.autoscaling.v2', 'api.policy.v1', 'api.networking.v1', 'api.discovery.v1', 'api.events.v1',
  'api.storage.v1', 'api.scheduling.v1', 'api.coordination.v1', 'api.rbac.v1', 'api.authentication.v1', 'api.authorization.v1', 'api.admissionregistration.v1',
  'api.certificates.v1', 'api.flowcontrol.v1', 'api.node.v1',
];
/** Those outside of kubernetes/api: by their name in the schemas, and where their sources are. */
const OUTSIDE = [
  ['apiextensions-apiserver.pkg.apis.apiextensions.v1', extensionsRepository, 'pkg/apis/apiextensions/v1'],
  ['kube-aggregator.pkg.apis.apiregistration.v1', aggregatorRepository, 'pkg/apis/apiregistration/v1'],
];
const SCALARS = { string: 's', bool: 'b', int32: 'i', int64: 'i', uint32: 'i', double: 'd', bytes: 'y' };
const META = 'apimachinery.pkg.apis.meta.v1';
const HELD = new RegExp(`^io\\.k8s\\.(?:${[...PACKAGES, ...OUTSIDE.map(([name]) => name)].map((one) => one.replaceAll('.', '\\.')).join('|')})\\.`);

writeFileSync(join(folder, 'openapi.json'), lines(openApi()));
writeFileSync(join(folder, 'wire.json'), lines(wire()));

/** The definitions of all held kinds and of whatever they refer to, in OpenAPI 3's way of referring. */
function openApi() {
  const wanted = Object.keys(definitions).filter((name) => HELD.test(name));
  const found = new Set();
  while (wanted.length > 0) {
    const name = wanted.pop();
    if (found.has(name)) continue;
    found.add(name);
    for (const [, to] of JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) wanted.push(to);
  }
  return Object.fromEntries([...found].sort((a, b) => (a < b ? -1 : 1)).map((name) => [name, bare(definitions[name])]));
}

function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value.replace('#/definitions/', '#/components/schemas/') : value;
  const entries = Object.entries(value).filter(([key, one]) => !(key === 'description' && typeof one === 'string'));
  return Object.fromEntries(entries.map(([key, one]) => [key, bare(one)]));
}

/** Messages by name, each with its fields as `number name type flags`: r repeated, m map, k kept when zero, i inline. */
function wire() {
  const messages = {};
  for (const one of PACKAGES) readPackage(messages, apiRepository, one.replace('api.', '').replaceAll('.', '/'), `k8s.io.${one}`);
  // Named after their group like the others, so that messages are found by group, version and kind.
  for (const [name, repository, path] of OUTSIDE) readPackage(messages, repository, path, `k8s.io.api.${name.split('.').slice(-2).join('.')}`);
  readPackage(messages, machineryRepository, 'pkg/apis/meta/v1', `k8s.io.${META}`);
  return messages;
}

function readPackage(messages, repository, path, name) {
  const show = (file) => execFileSync('git', ['-C', repository, 'show', `${tag}:${path}/${file}`], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const tags = goTags(show('types.go') + (name.includes('apiextensions') ? show('types_jsonschema.go') : ''));
  for (const [, message, body] of show('generated.proto').matchAll(/^message (\w+) \{\n(.*?)^\}/gms)) {
    const fields = [];
    for (const [, repeated, map, type, field, number] of body.matchAll(/^ {2}(?:optional |(repeated ))?(?:(map)<string, ([\w.]+)>|[\w.]+) (\w+) = (\d+);/gm).map(withPlainType)) {
      const { keep = false, inline = false, json = '' } = tags.get(`${message}.${number}`) ?? {};
      const flags = `${repeated ? 'r' : ''}${map ? 'm' : ''}${keep ? 'k' : ''}${inline ? 'i' : ''}`;
      fields.push(`${number} ${json === '' ? field : json} ${fullType(type, name)} ${flags}`.trim());
    }
    messages[`${name}.${message}`.replace('k8s.io.', '')] = fields;
  }
}

function withPlainType(match) {
  const [whole, repeated, map, ofMap, field, number] = match;
  const plain = /^ {2}(?:optional |repeated |required )?([\w.]+) \w+ = /.exec(whole)?.[1];
  return [whole, repeated, map, map ? ofMap : plain, field, number];
}

function fullType(type, home) {
  if (SCALARS[type] !== undefined) return SCALARS[type];
  return (type.includes('.') ? type.replace(/^\./, '') : `${home}.${type}`).replace('k8s.io.', '');
}

/** What only the Go types tell: a field's name in JSON, whether a zero is said there, and whose fields stand in their parent's object. */
function goTags(source) {
  const tags = new Map();
  for (const [, struct, body] of source.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) {
    for (const [, type, json, number] of body.matchAll(/^\t(?:\w+ +)?(\*?[\w.[\]*]+) +`json:"([^"]*)"[^`\n]* protobuf:"\w+,(\d+)/gm)) {
      tags.set(`${struct}.${number}`, { keep: type.startsWith('*') || !json.includes('omitempty'), inline: json === ',inline', json: json === '-' ? '' : json.split(',')[0] });
    }
  }
  return tags;
}

/** JSON with one line for each key, so that changes can be read. */
function lines(object) {
  return `{\n${Object.entries(object).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',\n')}\n}\n`;
}
