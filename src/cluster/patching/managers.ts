import { compareTexts } from '../../time/text-order.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { difference, FieldSet, fieldSet, fromFieldsV1, toFieldsV1, union } from './field-set.ts';

/** Who sets fields, and by which door. Two entries of an object differ in at least one of these. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** '' for the object itself. */
  readonly subresource: string;
}

/** A manager with what it owns of an object. */
export interface Managed {
  readonly manager: Manager;
  /** RFC 3339 in seconds; null where it is not said. */
  readonly time: string | null;
  readonly fields: FieldSet;
}

/** Whether two entries are one: whoever applies stays the same in every version of the API. */
export function sameManager(left: Manager, right: Manager): boolean {
  return left.name === right.name && left.operation === right.operation && left.subresource === right.subresource && (left.operation === 'Apply' || left.apiVersion === right.apiVersion);
}

/** `metadata.managedFields` as read; null where an entry is no entry. */
export function readManagers(entries: unknown): readonly Managed[] | null {
  if (!Array.isArray(entries)) return [];
  const managed = (entries as unknown[]).map(readEntry);
  return managed.every((one) => one !== null) ? managed : null;
}

function readEntry(entry: unknown): Managed | null {
  if (!isJsonObject(entry)) return null;
  const { manager, operation, apiVersion, subresource, time, fieldsType, fieldsV1 } = entry;
  const fields = setOf(fieldsV1 ?? {});
  if ((operation !== 'Apply' && operation !== 'Update') || typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1' || fields === null) return null;
  const name = typeof manager === 'string' ? manager : '';
  return { manager: { name, operation, apiVersion, subresource: typeof subresource === 'string' ? subresource : '' }, time: typeof time === 'string' ? time : null, fields };
}

/** `metadata.managedFields` as stored and sent: those who apply first, then by time, name, version and subresource. */
export function writeManagers(managed: readonly Managed[]): JsonObject[] {
  return [...managed].sort(byPlace).map(({ manager: { name, operation, apiVersion, subresource }, time, fields }) => ({
    manager: name, operation, apiVersion, ...(time === null ? {} : { time }), fieldsType: 'FieldsV1', fieldsV1: writtenFields(fields), ...(subresource === '' ? {} : { subresource }),
  }));
}

function byPlace({ manager: left, time: leftTime }: Managed, { manager: right, time: rightTime }: Managed): number {
  const keys = [[left.operation, right.operation], [leftTime ?? '', rightTime ?? ''], [left.name, right.name], [left.apiVersion, right.apiVersion], [left.subresource, right.subresource]] as const;
  for (const [one, other] of keys) if (one !== other) return one < other ? -1 : 1;
  return 0;
}

/** The entry of whoever made an object, by the text of its fields, which is not parsed before somebody asks. */
export function creatorEntry({ name, operation, apiVersion, subresource }: Manager, time: string, fields: string): JsonObject {
  const entry = {
    manager: name, operation, apiVersion, time, fieldsType: 'FieldsV1',
    get fieldsV1(): JsonObject { return sharedFields(fields); },
    ...(subresource === '' ? {} : { subresource }),
  };
  TEXTS.set(entry, fields);
  return entry;
}

/** The text of an entry's fields, where it is at hand. */
export function fieldsTextOf(entry: object): string | undefined {
  return TEXTS.get(entry);
}

/** The length of that text, also of those that were written by {@link writeManagers}; undefined where it is not known. */
export function fieldsLengthOf(entry: unknown): number | undefined {
  if (!isJsonObject(entry)) return undefined;
  const text = TEXTS.get(entry);
  return text === undefined ? LENGTHS.get(entry['fieldsV1'] as object) : text.length;
}

const TEXTS = new WeakMap<object, string>();
const LENGTHS = new WeakMap<object, number>();

/** Objects of one shape share their sets of fields: a thousand pods of a Deployment hold one. */
const SHARED = new Map<string, JsonObject>();
const MOST_SHARED = 2_000;
const SETS = new WeakMap<object, FieldSet>();
/** Fields that are as we would write them ourselves, which those of clients need not be. */
const IN_ORDER = new WeakSet<object>();

function sharedFields(text: string): JsonObject {
  let known = SHARED.get(text);
  if (known === undefined) {
    known = JSON.parse(text) as JsonObject;
    IN_ORDER.add(known);
    LENGTHS.set(known, text.length);
    if (SHARED.size >= MOST_SHARED) SHARED.clear();
    SHARED.set(text, known);
  }
  return known;
}

/** The text of a set is made once: most managers keep what they own while others write. */
function writtenFields(set: FieldSet): JsonObject {
  let fields = WRITTEN.get(set);
  if (fields === undefined) {
    fields = sharedFields(JSON.stringify(toFieldsV1(set)));
    WRITTEN.set(set, fields);
    SETS.set(fields, set);
  }
  return fields;
}

const WRITTEN = new WeakMap<FieldSet, JsonObject>();

function setOf(fields: unknown): FieldSet | null {
  if (!isJsonObject(fields)) return null;
  let set = SETS.get(fields) ?? null;
  if (set === null && (set = fromFieldsV1(fields)) !== null) {
    SETS.set(fields, set);
    if (IN_ORDER.has(fields)) WRITTEN.set(set, fields);
  }
  return set;
}

/** Fields that identify an object or that the server sets have no managers. Source: apimachinery, managedfields/internal/stripmeta.go. */
export function withoutServerFields(set: FieldSet): FieldSet {
  return difference(set, SERVER_FIELDS);
}

export const SERVER_FIELDS = fieldSet(
  ['f:apiVersion'], ['f:kind'], ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((name) => ['f:metadata', `f:${name}`]),
);

/** So many entries of updates are kept; the oldest are put together under one name. Source: managedfields/internal/capmanagers.go. */
export function capped(managed: readonly Managed[]): readonly Managed[] {
  const updates = managed.filter(({ manager }) => manager.operation === 'Update');
  if (updates.length <= MOST_UPDATE_MANAGERS) return managed;
  const oldest = [...updates].sort((left, right) => ((left.time ?? '') === (right.time ?? '') ? compareTexts(left.manager.name, right.manager.name) : (left.time ?? '') < (right.time ?? '') ? -1 : 1));
  let kept = [...managed];
  for (const [at, first] of oldest.entries()) {
    const second = oldest.slice(at + 1).find(({ manager }) => manager.apiVersion === first.manager.apiVersion);
    if (kept.filter(({ manager }) => manager.operation === 'Update').length <= MOST_UPDATE_MANAGERS || second === undefined) break;
    const bucket: Manager = { name: 'ancient-changes', operation: 'Update', apiVersion: first.manager.apiVersion, subresource: '' };
    const old = kept.find(({ manager }) => sameManager(manager, bucket));
    const merged = union(union(first.fields, second.fields), old?.fields ?? new FieldSet());
    kept = [...kept.filter((one) => one !== first && one !== second && one !== old), { manager: bucket, time: second.time, fields: merged }];
  }
  return kept;
}

const MOST_UPDATE_MANAGERS = 10;
