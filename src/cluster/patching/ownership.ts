import { isJsonObject, sameJson, type JsonObject } from '../json.ts';
import { ALWAYS_THERE } from './added-fields.ts';
import { difference, FieldSet, intersection, paths, union } from './field-set.ts';
import { compare, fieldsOf, type Comparison } from './fields-of.ts';
import { capped, sameManager, withoutServerFields, type Managed, type Manager } from './managers.ts';
import { structuredMerge, withNamedFields, withoutFields } from './structured-merge.ts';
import type { Structure } from './structure.ts';

/** One write: who does it, when, to what kind of object. */
export interface Write {
  readonly manager: Manager;
  readonly time: string;
  readonly structure: Structure;
  /** Which of the changed fields this door writes: all but `status`, say. */
  readonly within: (fields: FieldSet) => FieldSet;
}

/** What another manager would lose. */
export interface FieldConflict {
  readonly manager: Manager;
  readonly path: readonly string[];
}

/** Who owns what after an object became another by anything but an apply: what was changed is the writer's. Source: merge/update.go. */
export function afterUpdate(live: JsonObject, next: JsonObject, managed: readonly Managed[], write: Write): readonly Managed[] {
  return afterChanges(changesBetween(live, next, write.structure), managed, write);
}

/** As {@link afterUpdate}, where it is known what changed. */
export function afterChanges(changes: Comparison, managed: readonly Managed[], { manager, time, within }: Pick<Write, 'manager' | 'time' | 'within'>): readonly Managed[] {
  const own = restricted(changes, within);
  const others = taken(managed, own);
  const fields = withoutServerFields(union(own.modified, own.added));
  if (fields.isEmpty) return others;
  const before = others.find((one) => sameManager(one.manager, manager));
  const entry = { manager, time, fields: before === undefined ? fields : union(before.fields, fields) };
  return capped([...others.filter((one) => one !== before), entry]);
}

export type Applied =
  | { readonly object: JsonObject; readonly managed: readonly Managed[] }
  | { readonly conflicts: readonly FieldConflict[] };

/**
 * Merges what is applied into an object: fields that the same manager applied before and does not now go, unless others
 * own them; fields that others own and that would change are conflicts, or are taken from them by force.
 * `live` is {} where there is no object. Source: structured-merge-diff, merge/update.go.
 */
export function apply(live: JsonObject, config: JsonObject, managed: readonly Managed[], write: Write & { readonly force: boolean }): Applied {
  const { manager, time, structure, within, force } = write;
  const merged = structuredMerge(live, config, structure) as JsonObject;
  const last = managed.find((one) => sameManager(one.manager, manager));
  const others = managed.filter((one) => one !== last);
  const fields = within(fieldsOf(config, structure));
  const object = last === undefined ? merged : pruned(merged, last.fields, [...others.map((one) => one.fields), fields], structure);
  const changes = restricted(changesBetween(live, object, structure), within);
  const conflicts = others.flatMap((one) => paths(intersection(one.fields, union(changes.modified, changes.added))).map((path) => ({ manager: one.manager, path })));
  if (!force && conflicts.length > 0) return { conflicts };
  const entry: Managed = { manager, time, fields: withoutServerFields(fields) };
  return { object, managed: [...taken(others, changes), ...(entry.fields.isEmpty ? [] : [entry])] };
}

/** Others without what was changed under them or went away. */
function taken(managed: readonly Managed[], { added, modified, removed }: Comparison): readonly Managed[] {
  const lost = union(union(added, modified), removed);
  if (lost.isEmpty) return managed;
  return managed.map((one) => ({ ...one, fields: difference(one.fields, lost) })).filter(({ fields }) => !fields.isEmpty);
}

/** Without what its manager applied last and does not now, but for what somebody owns. */
function pruned(merged: JsonObject, last: FieldSet, owned: readonly FieldSet[], structure: Structure): JsonObject {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, structure);
  const cut = (set: FieldSet): JsonObject => (withoutFields(merged, set, structure) ?? {}) as JsonObject;
  const before = named(last);
  const all = named(fieldsOf(merged, structure));
  const first = named(fieldsOf(cut(before), structure));
  const second = fieldsOf(cut(difference(all, union(first, named(owned.reduce(union))))), structure);
  return cut(intersection(difference(all, named(second)), before));
}

/** What differs between two revisions of an object, their managers left out. */
export function changesBetween(live: JsonObject, next: JsonObject, structure: Structure): Comparison {
  const { added, modified, removed } = compare(withoutManagers(live), withoutManagers(next), structure);
  return { added: alwaysThere(added), modified, removed: alwaysThere(removed) };
}

function restricted({ added, modified, removed }: Comparison, within: (fields: FieldSet) => FieldSet): Comparison {
  return { added: within(added), modified: within(modified), removed: within(removed) };
}

function withoutManagers(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isJsonObject(metadata) || metadata['managedFields'] === undefined) return object;
  const { managedFields: _managers, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** A set without, or with nothing but, what is under these top-level fields. */
export function topFields(keep: 'only' | 'without', names: readonly string[]): (fields: FieldSet) => FieldSet {
  const elements = new Set(names.map((name) => `f:${name}`));
  return (fields) => {
    const left = new FieldSet();
    for (const [element, child] of fields.children) if (elements.has(element) === (keep === 'only')) left.children.set(element, child);
    return left;
  };
}

/** Without what the Go types always have. */
function alwaysThere(set: FieldSet): FieldSet {
  set.member = false;
  for (const [element, child] of set.children) {
    if (element.startsWith('f:') && ALWAYS_THERE.has(element.slice(2)) && alwaysThere(child).children.size === 0) set.children.delete(element);
  }
  return set;
}

/** Whether two sets of entries say the same but for their times. */
export function sameManagers(left: readonly JsonObject[], right: readonly JsonObject[]): boolean {
  const timeless = ({ time: _time, ...rest }: JsonObject): JsonObject => rest;
  return left.length === right.length && left.every((one) => right.some((other) => sameJson(timeless(one), timeless(other))));
}
