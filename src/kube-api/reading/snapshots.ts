import { compareTexts } from '../../time/text-order.ts';
import type { Kind } from '../../cluster/objects.ts';
import type { AnyObject, ObjectStore } from '../../cluster/store.ts';
import { isJsonObject } from '../../cluster/json.ts';
import type { EventRing } from './event-ring.ts';

/** Where the next part of a list begins, and of which moment the list is. Clients carry it as an opaque token. */
export interface Position {
  /** Null for whatever is there when the part is read. */
  readonly version: number | null;
  /** The last key that was read; the part begins after it. */
  readonly after: string;
  /** When the list was begun, in Unix ms of simulated time. */
  readonly begunMs: number;
}

/** A cluster's database forgets what is older than five minutes. */
const KEPT_MS = 300_000;

/** Lists of moments that are over: made from what is there now by taking back what was written since. */
export class Snapshots {
  readonly #store: ObjectStore;
  readonly #ring: EventRing;

  constructor(store: ObjectStore, ring: EventRing) {
    this.#store = store;
    this.#ring = ring;
  }

  /** All objects of a kind as they were at a version, in order; null where that is forgotten. */
  at(kind: Kind, namespace: string | null, version: number): readonly AnyObject[] | null {
    const since = this.#ring.since(kind, version);
    const now = this.#store.list(kind, namespace);
    if (since === null || since.length === 0) return since === null ? null : now;
    const objects = new Map<string, AnyObject>(now.map((object) => [keyOf(object), object]));
    for (const { object, previous } of since.toReversed()) {
      if (namespace !== null && object.metadata.namespace !== namespace) continue;
      if (previous === null) objects.delete(keyOf(object));
      else objects.set(keyOf(previous), previous);
    }
    return [...objects].sort(([left], [right]) => compareTexts(left, right)).map(([, object]) => object);
  }
}

/** Whether the moment that a list was begun at is still remembered. */
export function isRemembered({ begunMs }: Position, nowMs: number): boolean {
  return nowMs - begunMs < KEPT_MS;
}

/** By which lists are in order. */
export function keyOf({ metadata: { namespace = '', name } }: AnyObject): string {
  return `${namespace}\u0000${name}`;
}

export function writeToken({ version, after, begunMs }: Position): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: version ?? -1, start: after, at: begunMs });
  return btoa(String.fromCharCode(...new TextEncoder().encode(text))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Null where it is no token of ours. */
export function readToken(token: string): Position | null {
  try {
    const bytes = Uint8Array.from(atob(token.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isJsonObject(read)) return null;
    const { rv, start, at } = read;
    if (!Number.isSafeInteger(rv) || typeof rv !== 'number' || typeof start !== 'string' || typeof at !== 'number') return null;
    return { version: rv < 0 ? null : rv, after: start, begunMs: at };
  } catch {
    return null;
  }
}
