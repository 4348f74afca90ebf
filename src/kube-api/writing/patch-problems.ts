import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import { goMap } from '../../cluster/patching/go-words.ts';
import { failure, type Answer } from '../answer.ts';

/**
 * A patch that leaves an object which its type cannot hold: nothing is said of the object, as the real server does not
 * know yet which it is. `shown` is the patched object's JSON, or for a strategic merge the patch as Go prints it.
 */
export function misfit(shown: string, problem: string): Answer {
  return failure({
    code: 422, reason: 'Invalid', message: ` "" is invalid: patch: Invalid value: ${JSON.stringify(shown)}: ${problem}`,
    details: { causes: [{ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(shown)}: ${problem}`, field: 'patch' }] },
  });
}

/** As {@link misfit}, of a strategic merge patch, in the words of the converter that it goes through. */
export function strategicMisfit(patch: JsonObject, mismatch: string): Answer {
  const [, given = '', wanted = ''] = /cannot unmarshal (\S+).* of type (.+)$/.exec(mismatch) ?? [];
  const kind = GO_KINDS[given] ?? given;
  const structs = wanted.startsWith('[]') ? `cannot restore slice from ${kind}` : wanted.startsWith('map[') ? `cannot restore map from ${kind}` : wanted.includes('.') ? `cannot restore struct from: ${kind}` : null;
  return misfit(goMap(patch), structs ?? `unrecognized type: ${wanted}`);
}

const GO_KINDS: Readonly<Record<string, string>> = { object: 'map', array: 'slice', number: 'int64' };

/** What keeps a body from being a JSON patch at all; what its operations say is found out by doing them. */
export function operationsProblem(value: unknown): Answer | null {
  const wrong = (what: unknown, type: string): Answer => failure({ code: 400, reason: 'BadRequest', message: `error decoding patch: json: cannot unmarshal ${jsonKind(what)} into Go ${type}` });
  if (!Array.isArray(value)) return wrong(value, 'value of type []handlers.jsonPatchOp');
  for (const operation of value as unknown[]) {
    if (!isJsonObject(operation)) return wrong(operation, 'value of type handlers.jsonPatchOp');
    for (const field of ['op', 'path', 'from']) if (typeof (operation[field] ?? '') !== 'string') return wrong(operation[field], `struct field jsonPatchOp.${field} of type string`);
  }
  if (value.length <= MOST_OPERATIONS) return null;
  return failure({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${value.length}` });
}

/** More operations than this make no JSON patch. Source: apiserver, endpoints/handlers/patch.go. */
const MOST_OPERATIONS = 10_000;

/** What Go's decoder calls a JSON value. */
export function jsonKind(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}
