import type { JsonPatchOperation } from '../api.ts';
import { isJsonObject, sameJson } from '../json.ts';

/**
 * JSON patch (RFC 6902), whole or not at all: one failed operation, a `test` too, and the document stays as it was.
 * The answer shares unchanged parts with the document. `problem` is in the API server's words.
 */
export function jsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): { ok: true; document: unknown } | { ok: false; problem: string } {
  let patched = document;
  const draft: Draft = { own: new Set(), copied: 0 };
  try {
    for (const operation of operations) patched = apply(patched, operation, draft);
    if (isDeeper(patched, DEEPEST)) throw new PatchProblem('the patched document nests too deep');
  } catch (error) {
    if (error instanceof PatchProblem) return { ok: false, problem: error.message };
    throw error;
  }
  return { ok: true, document: patched };
}

/** Carries a refusal out of the recursion; never leaves this file. */
class PatchProblem extends Error {}

/** What one patch has made so far. */
interface Draft {
  /** Objects and lists that are nobody else's: these are changed in place, so that ten thousand operations on one list do not copy it ten thousand times. */
  readonly own: Set<object>;
  /** Characters that copies have added: copies of copies would double the document with each operation. */
  copied: number;
}

/** The real server lets copies add as much as a body may hold. Source: `AccumulatedCopySizeLimit`, set in apiserver's pkg/server/config.go. */
const MOST_COPIED = 3 * 1024 * 1024;
/** Deeper than any object of Kubernetes, with the notes on its fields; what follows walks documents by recursion. */
const DEEPEST = 200;

function apply(document: unknown, operation: JsonPatchOperation, draft: Draft): unknown {
  const path = parsePointer(operation.path ?? null);
  switch (operation.op) {
    case 'add':
      return edit({ document, path, operation, draft }, () => ({ value: operation.value, insert: true }));
    case 'replace':
      read(document, path, operation);
      return edit({ document, path, operation, draft }, () => ({ value: operation.value, insert: false }));
    case 'remove':
      read(document, path, operation);
      return edit({ document, path, operation, draft }, () => null);
    case 'test':
      if (!sameJson(read(document, path, operation), operation.value ?? null)) {
        throw new PatchProblem(`testing value ${operation.path} failed: test failed`);
      }
      return document;
    case 'move': {
      const from = parsePointer(operation.from ?? '');
      const value = read(document, from, operation);
      const without = edit({ document, path: from, operation, draft }, () => null);
      return edit({ document: without, path, operation, draft }, () => ({ value, insert: true }));
    }
    case 'copy': {
      const value = copyOf(read(document, parsePointer(operation.from ?? ''), operation), draft, 0);
      return edit({ document, path, operation, draft }, () => ({ value, insert: true }));
    }
    default:
      throw new PatchProblem(`Unexpected kind: ${String(operation.op)}`);
  }
}

type Change = () => { value: unknown; insert: boolean } | null;

interface Edit {
  readonly document: unknown;
  readonly path: readonly string[];
  readonly operation: JsonPatchOperation;
  readonly draft: Draft;
}

/** The document with the value at the path set (into arrays: inserted or replaced) or, for null, removed; what is not the draft's own is copied first. */
function edit({ document, path, operation, draft }: Edit, change: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change()?.value ?? null;
  if (Array.isArray(document)) {
    const items = own(document as unknown[], draft, (list) => [...list]);
    const last = rest.length === 0;
    const at = key === '-' && last ? items.length : indexOf(key, items.length, operation);
    if (!last) {
      items[at] = edit({ document: items[at], path: rest, operation, draft }, change);
      return items;
    }
    const changed = change();
    if (changed === null) items.splice(at, 1);
    else items.splice(at, changed.insert ? 0 : 1, changed.value);
    return items;
  }
  if (!isJsonObject(document)) throw missing(operation);
  const present = Object.hasOwn(document, key);
  const copy = own(document as Record<string, unknown>, draft, (object) => ({ ...object }));
  if (rest.length > 0) {
    if (!present) throw missing(operation);
    copy[key] = edit({ document: copy[key], path: rest, operation, draft }, change);
    return copy;
  }
  const changed = change();
  if (changed === null) delete copy[key];
  else copy[key] = changed.value;
  return copy;
}

function own<Value extends object>(value: Value, { own: owned }: Draft, copy: (value: Value) => Value): Value {
  if (owned.has(value)) return value;
  const made = copy(value);
  owned.add(made);
  return made;
}

/** A value that shares nothing with the one it is a copy of. */
function copyOf(value: unknown, draft: Draft, depth: number): unknown {
  draft.copied += typeof value === 'string' ? value.length + 2 : 4;
  if (draft.copied > MOST_COPIED) throw new PatchProblem(`Unable to complete the copy, the accumulated size increase of copy is ${draft.copied}, exceeding the limit ${MOST_COPIED}`);
  if (depth > DEEPEST) throw new PatchProblem('the copied value nests too deep');
  if (Array.isArray(value)) return value.map((item) => copyOf(item, draft, depth + 1));
  if (!isJsonObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    draft.copied += key.length + 4;
    copy[key] = copyOf(value[key], draft, depth + 1);
  }
  return copy;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
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
  if (keys.length > DEEPEST) throw new PatchProblem('the path has too many parts');
  if (keys.includes('__proto__')) throw new PatchProblem(`the path "${pointer}" is not allowed`);
  return keys;
}

function missing(operation: JsonPatchOperation): PatchProblem {
  return new PatchProblem(`${operation.op} operation does not apply: doc is missing path: "${operation.path}": missing value`);
}
