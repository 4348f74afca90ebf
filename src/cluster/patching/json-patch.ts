import type { JsonPatchOperation } from '../api.ts';
import { isJsonObject, sameJson } from '../json.ts';

/**
 * JSON patch (RFC 6902), whole or not at all: one failed operation, a `test` too, and the document stays as it was.
 * The answer shares unchanged parts with the document. `problem` is in the API server's words.
 */
export function jsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): { ok: true; document: unknown } | { ok: false; problem: string } {
  let patched = document;
  try {
    for (const operation of operations) patched = apply(patched, operation);
  } catch (error) {
    if (error instanceof PatchProblem) return { ok: false, problem: error.message };
    throw error;
  }
  return { ok: true, document: patched };
}

/** Carries a refusal out of the recursion; never leaves this file. */
class PatchProblem extends Error {}

function apply(document: unknown, operation: JsonPatchOperation): unknown {
  const path = parsePointer(operation.path ?? null);
  switch (operation.op) {
    case 'add':
      return edit(document, path, operation, () => ({ value: operation.value, insert: true }));
    case 'replace':
      read(document, path, operation);
      return edit(document, path, operation, () => ({ value: operation.value, insert: false }));
    case 'remove':
      read(document, path, operation);
      return edit(document, path, operation, () => null);
    case 'test':
      if (!sameJson(read(document, path, operation), operation.value ?? null)) {
        throw new PatchProblem(`testing value ${operation.path} failed: test failed`);
      }
      return document;
    case 'move': {
      const from = parsePointer(operation.from ?? '');
      const value = read(document, from, operation);
      const without = edit(document, from, operation, () => null);
      return edit(without, path, operation, () => ({ value, insert: true }));
    }
    case 'copy': {
      const value = read(document, parsePointer(operation.from ?? ''), operation);
      return edit(document, path, operation, () => ({ value, insert: true }));
    }
    default:
      throw new PatchProblem(`Unexpected kind: ${String(operation.op)}`);
  }
}

type Change = () => { value: unknown; insert: boolean } | null;

/** A copy of the document with the value at the path set (into arrays: inserted or replaced) or, for null, removed. */
function edit(document: unknown, path: readonly string[], operation: JsonPatchOperation, change: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change()?.value ?? null;
  if (Array.isArray(document)) {
    const items: unknown[] = [...(document as unknown[])];
    const last = rest.length === 0;
    const at = key === '-' && last ? items.length : indexOf(key, items.length, operation);
    if (!last) {
      items[at] = edit(items[at], rest, operation, change);
      return items;
    }
    const changed = change();
    if (changed === null) items.splice(at, 1);
    else items.splice(at, changed.insert ? 0 : 1, changed.value);
    return items;
  }
  if (!isJsonObject(document)) throw missing(operation);
  const present = Object.hasOwn(document, key);
  const copy: Record<string, unknown> = { ...document };
  if (rest.length > 0) {
    if (!present) throw missing(operation);
    copy[key] = edit(document[key], rest, operation, change);
    return copy;
  }
  const changed = change();
  if (changed === null) delete copy[key];
  else copy[key] = changed.value;
  return copy;
}

function read(document: unknown, path: readonly string[], operation: JsonPatchOperation): unknown {
  let value = document;
  for (const key of path) {
    if (Array.isArray(value)) value = (value as unknown[])[indexOf(key, value.length - 1, operation)];
    else if (isJsonObject(value) && Object.hasOwn(value, key)) value = value[key];
    else throw missing(operation);
  }
  return value;
}

function indexOf(key: string, limit: number, operation: JsonPatchOperation): number {
  const at = /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (!(at <= limit)) throw missing(operation);
  return at;
}

function parsePointer(pointer: string | null): string[] {
  if (pointer === null) throw new PatchProblem('operation failed to decode path: missing value');
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchProblem(`the path "${pointer}" does not start with a slash`);
  const keys = pointer.slice(1).split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (keys.includes('__proto__')) throw new PatchProblem(`the path "${pointer}" is not allowed`);
  return keys;
}

function missing(operation: JsonPatchOperation): PatchProblem {
  return new PatchProblem(`${operation.op} operation does not apply: doc is missing path: "${operation.path}": missing value`);
}
