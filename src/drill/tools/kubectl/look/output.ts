import { stringify } from 'yaml';
import { compareTexts } from '../../../../time/text-order.ts';
import { shownKind } from '../../../../cluster/custom-kind.ts';
import type { KubeObject } from '../../../../cluster/objects.ts';
import { nearest } from '../../../../yaml/did-you-mean.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { compileJsonPath } from '../layout/json-path.ts';
import { table } from '../layout/tab-writer.ts';
import type { Found } from '../targets.ts';

/** Prints found objects in the format of `-o`: yaml, json, name, jsonpath=…, custom-columns=…. */
export function renderOutput(call: Call, output: string, found: readonly Found[]): void {
  const equals = output.indexOf('=');
  const [format, argument] = equals < 0 ? [output, ''] : [output.slice(0, equals), output.slice(equals + 1)];
  const objects = found.flatMap((group) => group.objects as readonly KubeObject[]).map((object) => ({ ...object, kind: shownKind(object.kind) }) as KubeObject);
  const single = objects.length === 1 && found.every(({ byName }) => byName);
  if (objects.length === 0 && found.every(({ byName }) => byName)) return;
  const whole = single ? objects[0] : { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } };
  switch (format) {
    case 'yaml':
      return call.answer.print(...yamlLines(whole));
    case 'json':
      return call.answer.print(...JSON.stringify(sortKeys(whole), null, 4).split('\n'));
    case 'name':
      return call.answer.print(...found.flatMap(({ kind, objects: named }) => (named as readonly KubeObject[]).map(({ metadata }) => `${printedKind(kind)}/${metadata.name}`)));
    case 'jsonpath':
    case 'jsonpath-as-json':
      return jsonPath(call, argument, whole, format === 'jsonpath-as-json');
    case 'custom-columns':
      return customColumns(call, argument, objects);
    default:
      return unknownFormat(call, format);
  }
}

/** An object as kubectl prints YAML: keys in order, lists not indented. */
function yamlLines(object: unknown): readonly string[] {
  return stringify(sortKeys(object), { version: '1.1', indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
}

function unknownFormat(call: Call, format: string): void {
  const known = ['custom-columns', 'json', 'jsonpath', 'jsonpath-as-json', 'name', 'wide', 'yaml'];
  const near = nearest(format, known);
  const hint = near === null ? '' : ` (did you mean "${near}"?)`;
  call.answer.fail(`error: unable to match a printer suitable for the output format "${format}", allowed formats are: ${known.join(',')}${hint}`);
}

function jsonPath(call: Call, template: string, whole: unknown, asJson: boolean): void {
  if (template === '') return call.answer.fail('error: template format specified but no template given');
  const path = compileJsonPath(template.includes('{') ? template : `{${template}}`);
  if ('error' in path) return call.answer.fail(path.error);
  const text = asJson ? JSON.stringify(path.find(whole), null, 4) : path.render(whole);
  call.answer.print(...text.replace(/\n$/, '').split('\n'));
}

function customColumns(call: Call, text: string, objects: readonly KubeObject[]): void {
  const columns: { head: string; read: (object: KubeObject) => string }[] = [];
  for (const column of text.split(/,(?![^[]*\])/)) {
    const colon = column.indexOf(':');
    if (colon <= 0) return call.answer.fail(`error: unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`);
    const expression = column.slice(colon + 1);
    const path = compileJsonPath(expression.startsWith('{') ? expression : `{${expression.startsWith('.') ? '' : '.'}${expression}}`);
    if ('error' in path) return call.answer.fail(path.error);
    columns.push({
      head: column.slice(0, colon),
      read: (object) => {
        const values = path.find(object).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
        return values.length === 0 ? '<none>' : values.join(',');
      },
    });
  }
  call.answer.print(...table(call.flags.on('no-headers') ? null : columns.map(({ head }) => head), objects.map((object) => columns.map(({ read }) => read(object)))));
}

/** The same value with the keys of every object in order, as Go's encoders write maps. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).filter(([, child]) => child !== undefined).sort(([left], [right]) => compareTexts(left, right));
  return Object.fromEntries(sorted.map(([key, child]) => [key, sortKeys(child)]));
}
