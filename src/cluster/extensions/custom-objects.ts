import { isCustomKind, isCustomObject, type CustomObject } from '../custom-kind.ts';
import type { JsonObject } from '../json.ts';
import { invalid, refuse, type Refusal } from '../refusals.ts';
import type { AnyObject, ObjectStore } from '../store.ts';
import { customResource, type CustomResource, type CustomVersion } from './custom-resource.ts';
import { withinPatternWork } from './go-pattern.ts';
import { schemaErrors } from './schema-validation.ts';
import { hasRules, ruleErrors } from './schema-rules.ts';
import { duplicateErrors } from './list-types.ts';
import { pruned, withSchemaDefaults } from './shaping.ts';

/** The version in which a custom object was given, and all of its kind; or why nothing of it is taken. */
export function versionGiven(store: ObjectStore, object: CustomObject): { readonly resource: CustomResource; readonly version: CustomVersion } | Refusal {
  const resource = customResource(store, object.kind);
  const name = object.apiVersion.slice(object.apiVersion.indexOf('/') + 1);
  const version = resource?.versions.find((one) => one.name === name && one.served);
  return resource === undefined || version === undefined ? refuse(404, 'NotFound', 'the server could not find the requested resource') : { resource, version };
}

/** A custom object as its schema holds it: unknown fields dropped, defaults filled in. */
export function shapedCustom(object: CustomObject, { schema }: CustomVersion): CustomObject {
  const { apiVersion, kind, metadata } = object;
  const { value } = pruned(object as unknown as JsonObject, schema);
  return { ...(withSchemaDefaults(value, schema) as unknown as CustomObject), apiVersion, kind, metadata };
}

/** What is wrong with a custom object, in the words that follow `is invalid:`; `previous` is what it replaces. Rules count only where the rest is right. */
export function customErrors(object: CustomObject, previous: CustomObject | null, { schema }: CustomVersion): string[] {
  const value = checkedPart(object);
  const errors = [...withinPatternWork(() => schemaErrors(value, schema)), ...duplicateErrors(value, schema)];
  if (errors.length > 0 || !hasRules(schema)) return errors;
  return ruleErrors(value, previous === null ? undefined : checkedPart(previous), schema);
}

/** A custom object whose status was written: pruned, filled in and checked as any other. */
export function checkedCustom(store: ObjectStore, object: CustomObject, current: AnyObject): CustomObject | Refusal {
  const found = versionGiven(store, object);
  if ('ok' in found) return found;
  const shaped = shapedCustom(object, found.version);
  const errors = customErrors(shaped, isCustomObject(current) ? current : null, found.version);
  return errors.length > 0 ? invalid(object.kind, object.metadata.name, errors) : shaped;
}

/** Of metadata the schema sees only names; the rest has rules of its own. */
function checkedPart(object: CustomObject): JsonObject {
  const { name, generateName } = object.metadata;
  return { ...(object as unknown as JsonObject), kind: object.kind.slice(0, object.kind.indexOf('.')), metadata: { name, ...(generateName === undefined ? {} : { generateName }) } };
}

/** The same object in another version. Where only the name differs, fields that the version does not know go. */
export function inVersion(object: CustomObject, resource: CustomResource, version: CustomVersion): CustomObject {
  const apiVersion = `${resource.group}/${version.name}`;
  return object.apiVersion === apiVersion ? object : shapedCustom({ ...object, apiVersion }, version);
}

/** Whether clients write an object's status through a door of its own: of custom kinds only where they ask for it. */
export function hasStatusDoor(store: ObjectStore, kind: string): boolean {
  if (!isCustomKind(kind)) return true;
  return customResource(store, kind)?.versions.some(({ hasStatus }) => hasStatus) === true;
}

/** Nothing is created while its definition is being deleted. */
export function terminatingProblem({ terminating }: CustomResource): Refusal | null {
  return terminating ? refuse(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating') : null;
}
