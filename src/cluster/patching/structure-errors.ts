import { isJsonObject } from '../json.ts';
import { elementOf, elementText, type Structure } from './structure.ts';

/**
 * What keeps a value from being applied: fields that the type does not have, values of another type, items of one key.
 * Each as `.path: problem`. Source: structured-merge-diff, typed/validate.go.
 */
export function structureErrors(value: unknown, structure: Structure): string[] {
  const errors: string[] = [];
  check(value, structure, '', errors);
  return errors;
}

function check(value: unknown, structure: Structure, path: string, errors: string[]): void {
  if (value === null || value === undefined) return;
  const wrong = (problem: string): void => { errors.push(`${path}: ${problem}`); };
  switch (structure.kind) {
    case 'deduced':
      return;
    case 'scalar':
      if (!IS[structure.type](value)) wrong(`expected ${EXPECTED[structure.type]}, got ${goValue(value, structure.type)}`);
      return;
    case 'atomic':
      if (structure.of === 'list' && !Array.isArray(value)) wrong(`expected list, got ${goValue(value, 'any')}`);
      if (structure.of === 'map' && !isJsonObject(value)) wrong(`expected map, got ${goValue(value, 'any')}`);
      return;
    case 'map':
      if (!isJsonObject(value)) return wrong(`expected map, got ${goValue(value, 'any')}`);
      for (const [name, item] of Object.entries(value)) {
        const inner = structure.field(name) ?? structure.others;
        if (inner === null) errors.push(`${path}.${name}: field not declared in schema`);
        else check(item, inner, `${path}.${name}`, errors);
      }
      return;
    case 'list':
    case 'set':
      if (!Array.isArray(value)) return wrong(`expected list, got ${goValue(value, 'any')}`);
      checkItems(value as unknown[], structure, path, errors);
  }
}

function checkItems(items: readonly unknown[], structure: Extract<Structure, { kind: 'list' | 'set' }>, path: string, errors: string[]): void {
  const seen = new Set<string>();
  for (const [at, item] of items.entries()) {
    const element = elementOf(structure, item);
    if (element === null) {
      errors.push(`${path}: element ${at}: ${structure.kind === 'set' ? 'associative list without keys has an element that\'s a map type' : noKeys(item, structure.keys)}`);
      return;
    }
    if (seen.has(element)) errors.push(`${path}: duplicate entries for key ${elementText(element)}`);
    seen.add(element);
    if (structure.kind === 'list') check(item, structure.item(), path + elementText(element), errors);
  }
}

function noKeys(item: unknown, keys: readonly string[]): string {
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isJsonObject(item)) return 'associative list with keys may not have non-map elements';
  return `associative list with keys has an element that omits all key fields [${keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`;
}

type ScalarType = Extract<Structure, { kind: 'scalar' }>['type'];

const IS = {
  string: (value) => typeof value === 'string', numeric: (value) => typeof value === 'number', boolean: (value) => typeof value === 'boolean', any: (value) => typeof value !== 'object',
} as const satisfies Record<ScalarType, (value: unknown) => boolean>;

const EXPECTED = { string: 'string', numeric: 'numeric (int or float)', boolean: 'boolean', any: 'any scalar' } as const satisfies Record<ScalarType, string>;

/** As Go prints the value, or its type where that is what the message says. */
function goValue(value: unknown, type: ScalarType): string {
  if (type === 'numeric') return Array.isArray(value) ? '[]interface {}' : typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : 'string';
  const text = typeof value === 'string' && type !== 'string' ? value : JSON.stringify(value);
  return `&value.valueUnstructured{Value:${text}}`;
}
