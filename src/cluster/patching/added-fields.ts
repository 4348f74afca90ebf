import { compareTexts } from '../../time/text-order.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { FieldSet } from './field-set.ts';
import { elementOf, structureOfField, type Structure } from './structure.ts';

/**
 * Structs that are part of their parents in the Go types are never added or removed, whatever JSON says: `spec`, and on
 * from there. Fields of what is itself added do not count.
 */
export const ALWAYS_THERE: ReadonlySet<string> = new Set(['metadata', 'spec', 'status', 'template', 'strategy', 'updateStrategy', 'jobTemplate', 'containers', 'resources', 'loadBalancer', 'nodeInfo', 'daemonEndpoints', 'kubeletEndpoint']);

/**
 * What whoever makes an object owns of it, as the text of `FieldsV1`, without the fields of `but`; null where that is
 * nothing. A path of `but` that goes no further takes all below it along. The same as a comparison with nothing would find, at a fraction of the cost: every new object needs it.
 */
export function addedFields(object: JsonObject, structure: Structure, but: FieldSet): string | null {
  return textOf(object, structure, but, false);
}

function textOf(value: unknown, structure: Structure, but: FieldSet | undefined, isNew: boolean): string | null {
  let text = '';
  if (isJsonObject(value)) {
    if (structure.kind !== 'map' && structure.kind !== 'deduced') return isNew ? '{}' : null;
    const names = Object.keys(value);
    for (const name of names.length > 1 ? names.sort(compareTexts) : names) {
      const inner = value[name];
      if (inner === undefined) continue;
      const left = but?.children.get(`f:${name}`);
      if (left !== undefined && left.children.size === 0) continue;
      const child = textOf(inner, structureOfField(structure, name), left, (isNew || !ALWAYS_THERE.has(name)) && left?.member !== true);
      if (child !== null) text += `,${quoted(name)}:${child}`;
    }
  } else if (Array.isArray(value)) {
    if (structure.kind !== 'list' && structure.kind !== 'set') return isNew ? '{}' : null;
    text = itemsText(value as unknown[], structure);
  }
  if (text === '') return isNew ? '{}' : null;
  return isNew ? `{".":{}${text}}` : `{${text.slice(1)}}`;
}

function itemsText(items: readonly unknown[], structure: Extract<Structure, { kind: 'list' | 'set' }>): string {
  const parts = new Map<string, string>();
  for (const item of items) {
    const element = elementOf(structure, item);
    if (element !== null) parts.set(element, structure.kind === 'set' || parts.has(element) ? '{}' : (textOf(item, structure.item(), undefined, true) as string));
  }
  const sorted = parts.size > 1 ? [...parts].sort(([left], [right]) => compareTexts(left, right)) : parts;
  let text = '';
  for (const [element, inner] of sorted) text += `,${JSON.stringify(element)}:${inner}`;
  return text;
}

/** `"f:name"`. The same few hundred names come again and again. */
function quoted(name: string): string {
  let text = QUOTED.get(name);
  if (text === undefined) {
    text = JSON.stringify(`f:${name}`);
    if (QUOTED.size < MOST_QUOTED) QUOTED.set(name, text);
  }
  return text;
}

const QUOTED = new Map<string, string>();
const MOST_QUOTED = 5_000;
