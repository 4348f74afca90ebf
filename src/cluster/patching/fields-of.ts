import { isJsonObject, sameJson, type JsonObject } from '../json.ts';
import { FieldSet } from './field-set.ts';
import { elementOf, structureOfField, type Structure } from './structure.ts';

/** The paths that whoever applies a value owns. Source: structured-merge-diff, typed/tofieldset.go. */
export function fieldsOf(value: unknown, structure: Structure): FieldSet {
  const set = new FieldSet();
  collect(value, structure, set);
  return set;
}

function collect(value: unknown, structure: Structure, set: FieldSet): void {
  const parts = partsOf(value, structure);
  if (parts === null) {
    set.member = true;
    return;
  }
  for (const [element, { values, structure: inner, named }] of parts) {
    const child = set.child(element);
    // Items that share their keys are owned together, as one.
    if (values.length === 1) collect(values[0], inner, child);
    if (!named || values.length > 1 || values[0] === null || (isJsonObject(values[0]) && Object.keys(values[0]).length === 0)) child.member = true;
  }
}

/** What differs between two values of a type. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two values; undefined means that there is none. Source: structured-merge-diff, typed/compare.go. */
export function compare(left: unknown, right: unknown, structure: Structure): Comparison {
  const comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  walk(left, right, structure, comparison);
  return comparison;
}

function walk(left: unknown, right: unknown, structure: Structure, into: Comparison): void {
  if (left === right) return;
  const before = left === undefined ? NO_PARTS : partsOf(left, structure);
  const after = right === undefined ? NO_PARTS : partsOf(right, structure);
  if (before === null || after === null || (before.size === 0 && after.size === 0)) {
    if (left === undefined) everyPath(right, structure, into.added);
    else if (right === undefined) everyPath(left, structure, into.removed);
    else if (!sameJson(left, right)) into.modified.member = true;
    return;
  }
  if (left === undefined) into.added.member = true;
  if (right === undefined) into.removed.member = true;
  for (const [element, part] of before) {
    const other = after.get(element);
    if (other === undefined || !sameValues(part.values, other.values)) step(element, part, other, into);
  }
  for (const [element, part] of after) if (!before.has(element)) step(element, undefined, part, into);
}

function sameValues(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === 1 && right.length === 1 && left[0] === right[0];
}

function step(element: string, left: Part | undefined, right: Part | undefined, into: Comparison): void {
  const [before, after] = [left?.values ?? [], right?.values ?? []];
  const child = { added: into.added.child(element), modified: into.modified.child(element), removed: into.removed.child(element) };
  if (before.length <= 1 && after.length <= 1) walk(before[0], after[0], (left ?? right)?.structure ?? PLAIN, child);
  else if (before.length > 1 && after.length > 1) child.modified.member = !sameJson(before, after);
  else {
    if (before.length === 1) walk(before[0], undefined, (left as Part).structure, child);
    if (after.length === 1) walk(undefined, after[0], (right as Part).structure, child);
    if (before.length > 1) child.removed.member = true;
    else child.added.member = true;
  }
  for (const [set, node] of [[into.added, child.added], [into.modified, child.modified], [into.removed, child.removed]] as const) {
    if (!node.member && node.children.size === 0) set.children.delete(element);
  }
}

/** All paths of what was added or removed whole: also those of the objects on the way. */
function everyPath(value: unknown, structure: Structure, set: FieldSet): void {
  set.member = true;
  for (const [element, { values, structure: inner }] of partsOf(value, structure) ?? NO_PARTS) {
    const child = set.child(element);
    if (values.length === 1) everyPath(values[0], inner, child);
    else child.member = true;
  }
}

interface Part {
  /** More than one only where items of a list share their keys. */
  readonly values: unknown[];
  readonly structure: Structure;
  /** Whether the schema names the field. */
  readonly named: boolean;
}

/** The parts of a value by their elements; null where it is owned as a whole. */
function partsOf(value: unknown, structure: Structure): ReadonlyMap<string, Part> | null {
  if (isJsonObject(value)) return structure.kind === 'map' || structure.kind === 'deduced' ? fieldParts(value, structure) : null;
  if (!Array.isArray(value) || (structure.kind !== 'list' && structure.kind !== 'set')) return null;
  const parts = new Map<string, Part>();
  const inner = structure.kind === 'list' ? structure.item() : PLAIN;
  for (const item of value as unknown[]) {
    const element = elementOf(structure, item);
    if (element === null) continue;
    const known = parts.get(element);
    if (known === undefined) parts.set(element, { values: [item], structure: inner, named: false });
    else known.values.push(item);
  }
  return parts;
}

function fieldParts(value: JsonObject, structure: Structure): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const name of Object.keys(value)) {
    if (value[name] === undefined) continue;
    parts.set(`f:${name}`, { values: [value[name]], structure: structureOfField(structure, name), named: structure.kind === 'map' && structure.field(name) !== undefined });
  }
  return parts;
}

const NO_PARTS: ReadonlyMap<string, Part> = new Map();
const PLAIN: Structure = { kind: 'scalar', type: 'any' };
