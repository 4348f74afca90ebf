import { compareTexts } from '../../time/text-order.ts';
import type { ManagerNotes, WriteOptions } from '../../cluster/api.ts';
import { shownKind } from '../../cluster/custom-kind.ts';
import { isJsonObject, sameJson, withoutNulls, type JsonObject } from '../../cluster/json.ts';
import type { KindMap, Kind, KubeObject } from '../../cluster/objects.ts';
import { difference, fieldSet, type FieldSet } from '../../cluster/patching/field-set.ts';
import { compare, fieldsOf } from '../../cluster/patching/fields-of.ts';
import type { Manager, Managed } from '../../cluster/patching/managers.ts';
import { afterUpdate, apply, type FieldConflict } from '../../cluster/patching/ownership.ts';
import { structureErrors } from '../../cluster/patching/structure-errors.ts';
import { pathText, type Structure } from '../../cluster/patching/structure.ts';
import { badRequest, failure, type Answer, type Request } from '../answer.ts';
import { fieldsOfDoor, type FieldOwnership } from './field-ownership.ts';
import type { RestResource } from '../rest-resources.ts';

/** One server-side apply: what is applied, by whom, to what there is. */
export interface Application {
  readonly config: JsonObject;
  readonly current: KubeObject | null;
  readonly resource: RestResource;
  /** '' for the object itself. */
  readonly subresource: string;
  readonly name: string;
  readonly fieldManager: string;
  readonly force: boolean;
  /** RFC 3339 in seconds. */
  readonly time: string;
}

/** The object as it is to be stored and the notes to store with it; or the answer that refuses. */
export function applied(ownership: FieldOwnership, application: Application): { readonly object: KindMap[Kind]; readonly options: WriteOptions } | Answer {
  const { config, current, resource, subresource, fieldManager, time } = application;
  const structure = ownership.structureFor(resource);
  const wrong = problemOf(application, structure);
  if (wrong !== null) return wrong;
  const manager: Manager = { name: fieldManager, operation: 'Apply', apiVersion: resource.apiVersion, subresource };
  const within = fieldsOfDoor(subresource);
  const live = current === null ? {} : (ownership.withManagers(current) as unknown as JsonObject);
  const managed = managersBefore(ownership, current, { manager, time, structure, within });
  const write = { manager, time, structure, within };
  let result = apply(live, config, managed, { ...write, force: application.force });
  if ('conflicts' in result && fieldManager === 'kubectl') {
    // What kubectl applied itself before, by its annotation, it may take over.
    const mine = lastAppliedFields(live, resource, structure);
    const left = result.conflicts.filter(({ path }) => !mine.has(path));
    result = left.length > 0 ? { conflicts: left } : apply(live, config, managed, { ...write, force: true });
  }
  if ('conflicts' in result) return conflictAnswer(result.conflicts);
  const { managed: after } = result;
  const object = withoutNulls(fieldManager === 'kubectl' ? withLastApplied(result.object, config) : result.object);
  const notes: ManagerNotes = { note: (next, before) => ownership.noted(after, next, before) };
  return { object: object as unknown as KindMap[Kind], options: { notes } };
}

/** Of an object that nobody's notes are of, whatever it holds is put down to those before the first apply. */
function managersBefore(ownership: FieldOwnership, current: KubeObject | null, write: Parameters<typeof afterUpdate>[3]): readonly Managed[] {
  if (current === null) return [];
  const managed = ownership.managersOf(current);
  if (managed.length > 0) return managed;
  return afterUpdate({}, current as unknown as JsonObject, [], { ...write, manager: { ...write.manager, name: 'before-first-apply', operation: 'Update' } });
}

function problemOf({ config, resource, name }: Application, structure: Structure): Answer | null {
  const { metadata } = config;
  if (isJsonObject(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) return badRequest('metadata.managedFields must be nil');
  const errors = structureErrors(config, structure);
  if (errors.length === 0) return null;
  const namespace = isJsonObject(metadata) && typeof metadata['namespace'] === 'string' ? metadata['namespace'] : '';
  const list = errors.length === 1 ? (errors[0] as string) : `errors:\n${errors.map((error) => `  ${error}`).join('\n')}`;
  return failure({ code: 500, reason: '', message: `failed to create typed patch object (${namespace}/${name}; ${resource.apiVersion}, Kind=${shownKind(resource.kind)}): ${list}` });
}

/** In the words of apimachinery's managedfields/internal/conflict.go. */
function conflictAnswer(conflicts: readonly FieldConflict[]): Answer {
  const told = conflicts.map(({ manager, path }) => ({ by: managerText(manager), field: pathText(path) })).sort((left, right) => compareTexts(left.by, right.by));
  const [first] = told;
  const lines = [...new Set(told.map(({ by }) => by))].flatMap((by) => [`conflicts with ${by}:`, ...told.filter((one) => one.by === by).map(({ field }) => `- ${field}`)]);
  const message = told.length === 1 && first !== undefined ? `Apply failed with 1 conflict: conflict with ${first.by}: ${first.field}` : `Apply failed with ${told.length} conflicts: ${lines.join('\n')}`;
  return failure({ code: 409, reason: 'Conflict', message, details: { causes: told.map(({ by, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${by}`, field })) } });
}

function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  return `${JSON.stringify(name)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The fields that kubectl's own annotation tells of and that still hold what it says. */
function lastAppliedFields(live: JsonObject, resource: RestResource, structure: Structure): FieldSet {
  const text = annotationsOf(live)[LAST_APPLIED];
  const last = typeof text === 'string' ? parsed(text) : null;
  if (last === null || last['apiVersion'] !== resource.apiVersion) return fieldSet();
  const { added, modified, removed } = compare(last, live, structure);
  return [added, modified, removed].reduce(difference, fieldsOf(last, structure));
}

/** An object that was applied by its annotation keeps it right when it is applied by the server. */
function withLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const annotations = annotationsOf(object);
  const before = annotations[LAST_APPLIED];
  if (typeof before !== 'string' || before === '') return object;
  const { [LAST_APPLIED]: _own, ...others } = annotationsOf(config);
  const metadata = config['metadata'] as JsonObject;
  const { annotations: _annotations, ...bare } = metadata;
  const said = { ...config, metadata: Object.keys(others).length > 0 || isJsonObject(metadata['annotations']) ? { annotations: others, ...bare } : bare };
  if (sameJson(parsed(before), said)) return object;
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(said)}\n` } } };
}

function annotationsOf(object: JsonObject): JsonObject {
  const { metadata } = object;
  return isJsonObject(metadata) && isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether the request takes fields by force; or the answer that it cannot say so. */
export function forceOf({ query }: Request): boolean {
  return query.get('force') === 'true' || query.get('force') === '1';
}
