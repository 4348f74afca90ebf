import type { Patch } from '../api.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { badRequest, refuse, type Refusal } from '../refusals.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMerge } from './strategic-merge.ts';

/** A document with a patch applied to it, or the refusal of a patch that does not fit. */
export function patched(document: JsonObject, patch: Patch): { readonly ok: true; readonly document: JsonObject } | Refusal {
  switch (patch.type) {
    case 'merge':
      return { ok: true, document: mergePatch(document, patch.body) };
    case 'strategic': {
      const merged = strategicMerge(document, patch.body);
      if (merged.ok) return { ok: true, document: withoutEmptied(document, merged.document) as JsonObject };
      return merged.code === 400 ? badRequest(merged.problem) : refuse(merged.code, merged.code === 422 ? 'Invalid' : 'InternalError', merged.code === 422 ? REJECTED : merged.problem);
    }
    case 'json': {
      const result = jsonPatch(document, patch.body);
      // The real server keeps to itself which operation failed, and why.
      return result.ok && isJsonObject(result.document) ? { ok: true, document: result.document } : refuse(422, 'Invalid', REJECTED);
    }
  }
}

/** A document without the lists that lost all they had: the server's types leave them out. */
function withoutEmptied(before: unknown, after: unknown): unknown {
  if (before === after) return after;
  if (Array.isArray(before) && Array.isArray(after)) return (after as unknown[]).map((item) => withoutEmptied(isJsonObject(item) && typeof item['name'] === 'string' ? (before as unknown[]).find((one) => isJsonObject(one) && one['name'] === item['name']) : undefined, item));
  if (!isJsonObject(before) || !isJsonObject(after)) return after;
  return Object.fromEntries(Object.entries(after).flatMap(([key, value]) => {
    const old = before[key];
    const emptied = Array.isArray(value) && value.length === 0 && Array.isArray(old) && old.length > 0;
    return emptied ? [] : [[key, withoutEmptied(old, value)] as const];
  }));
}

const REJECTED = 'the server rejected our request due to an error in our request';
