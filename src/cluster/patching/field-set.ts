import { compareTexts } from '../../time/text-order.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

/**
 * A set of paths through an object, as a tree. Elements are written as in `FieldsV1`: `f:name` for a field, `k:{…}` for an
 * item by its keys, `v:…` for a plain item. The node that a path ends at is a member; nodes above need not be.
 */
export class FieldSet {
  member = false;
  readonly children = new Map<string, FieldSet>();

  /** The node of an element, made where there was none. */
  child(element: string): FieldSet {
    let found = this.children.get(element);
    if (found === undefined) this.children.set(element, (found = new FieldSet()));
    return found;
  }

  get isEmpty(): boolean {
    if (this.member) return false;
    for (const child of this.children.values()) if (!child.isEmpty) return false;
    return true;
  }

  has(path: readonly string[]): boolean {
    // oxlint-disable-next-line typescript/no-this-alias -- walks down from here
    let node: FieldSet | undefined = this;
    for (const element of path) node = node?.children.get(element);
    return node?.member === true;
  }

  insert(path: readonly string[]): this {
    // oxlint-disable-next-line typescript/no-this-alias -- walks down from here
    let node: FieldSet = this;
    for (const element of path) node = node.child(element);
    node.member = true;
    return this;
  }
}

/** The set of these paths. */
export function fieldSet(...members: readonly (readonly string[])[]): FieldSet {
  const set = new FieldSet();
  for (const path of members) set.insert(path);
  return set;
}

/** Sets share the parts that they have in common: none is changed once it was made. The first set itself where it holds the second. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (isNothing(left)) return right;
  if (isNothing(right)) return left;
  const set = new FieldSet();
  set.member = left.member || right.member;
  let isSame = set.member === left.member;
  for (const [element, child] of left.children) {
    const other = right.children.get(element);
    const both = other === undefined ? child : union(child, other);
    set.children.set(element, both);
    isSame &&= both === child;
  }
  for (const [element, child] of right.children) if (!left.children.has(element)) set.children.set(element, child);
  return isSame && set.children.size === left.children.size ? left : set;
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  const set = new FieldSet();
  set.member = left.member && right.member;
  for (const [element, child] of left.children) {
    const other = right.children.get(element);
    const both = other === undefined ? set : intersection(child, other);
    if (both !== set && !isNothing(both)) set.children.set(element, both);
  }
  return set;
}

/** The paths of the first set that are not in the second; the first itself where that is all of it. A path goes only where it is there itself, not with one above it. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isNothing(right)) return left;
  const set = new FieldSet();
  set.member = left.member && !right.member;
  let isSame = set.member === left.member;
  for (const [element, child] of left.children) {
    const other = right.children.get(element);
    const rest = other === undefined ? child : difference(child, other);
    if (!isNothing(rest)) set.children.set(element, rest);
    isSame &&= rest === child;
  }
  return isSame ? left : set;
}

/** The members, in order of their elements. */
export function paths(set: FieldSet): string[][] {
  const found: string[][] = [];
  const walk = (node: FieldSet, path: readonly string[]): void => {
    if (node.member) found.push([...path]);
    for (const [element, child] of sortedChildren(node)) walk(child, [...path, element]);
  };
  walk(set, []);
  return found;
}

/** As managedFields hold it: keys in order, a member without children as `{}`, one with children with a `.` among them. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const fields: Record<string, unknown> = {};
  if (set.member && set.children.size > 0) fields['.'] = {};
  for (const [element, child] of sortedChildren(set)) fields[element] = toFieldsV1(child);
  return fields;
}

/** Null where the value is no `FieldsV1`. */
export function fromFieldsV1(fields: unknown): FieldSet | null {
  const set = fromChildren(fields);
  if (set !== null && set.children.size === 0) set.member = false;
  return set;
}

function fromChildren(fields: unknown): FieldSet | null {
  if (!isJsonObject(fields)) return null;
  const set = new FieldSet();
  const elements = Object.keys(fields);
  set.member = elements.length === 0 || Object.hasOwn(fields, '.');
  for (const element of elements) {
    if (element === '.') continue;
    const child = /^[fkvi]:/.test(element) && isReadable(element) ? fromChildren(fields[element]) : null;
    if (child === null) return null;
    set.children.set(element, child);
  }
  return set;
}

function isReadable(element: string): boolean {
  if (element.startsWith('f:')) return true;
  try {
    const value: unknown = JSON.parse(element.slice(2));
    return !element.startsWith('k:') || isJsonObject(value);
  } catch {
    return false;
  }
}

function isNothing({ member, children }: FieldSet): boolean {
  return !member && children.size === 0;
}

function sortedChildren({ children }: FieldSet): [string, FieldSet][] {
  return [...children].sort(([left], [right]) => compareTexts(left, right));
}
