import { isJsonObject, type JsonObject } from '../json.ts';

/** JSON merge patch (RFC 7386): null deletes a key, objects merge, everything else replaces. Unchanged parts are shared. */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isJsonObject(value)) merged[key] = mergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, value);
    else merged[key] = value;
  }
  return merged;
}
