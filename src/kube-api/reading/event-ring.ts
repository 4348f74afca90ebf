import type { Kind } from '../../cluster/objects.ts';
import type { AnyObject, ObjectStore, WatchType } from '../../cluster/store.ts';
import type { Projection } from './projection.ts';

/** One write as watchers are told of it. */
export interface WatchEvent {
  readonly version: number;
  readonly type: WatchType;
  readonly object: AnyObject;
  readonly previous: AnyObject | null;
}

/** So many of the newest writes to a resource can be read again; whoever asks for older ones has to list anew. */
export const RING_SIZE = 4_096;
/** So much of what a resource held before and holds no more is kept for that, in characters. */
const MOST_KEPT = 32 * 1024 * 1024;

/** The newest writes of every resource, and who waits for the next. */
export class EventRing {
  readonly #store: ObjectStore;
  readonly #projection: Projection;
  readonly #events = new Map<Kind, Ring>();
  /** Nothing is known of the writes up to this one. */
  readonly #from: number;
  readonly #lines = new WeakMap<WatchEvent, { offsetMs: number; line: string }>();

  constructor(store: ObjectStore, projection: Projection) {
    this.#store = store;
    this.#projection = projection;
    this.#from = store.resourceVersion;
    store.watch((type, object, previous) => this.#note({ version: Number(object.metadata.resourceVersion), type, object, previous }));
  }

  /** The writes after `version`, oldest first; null where some of them are forgotten. */
  since(kind: Kind, version: number): readonly WatchEvent[] | null {
    const { floor, events } = this.#ringOf(kind);
    if (version < floor) return null;
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle] as WatchEvent).version <= version) low = middle + 1;
      else high = middle;
    }
    return events.slice(low);
  }

  /** Writes up to this version are forgotten. */
  floor(kind: Kind): number {
    return this.#ringOf(kind).floor;
  }

  /** Returns how to stop listening. */
  listen(kind: Kind, listener: (event: WatchEvent) => void): () => void {
    const { listeners } = this.#ringOf(kind);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The number of the newest write of all. */
  get version(): number {
    return this.#store.resourceVersion;
  }

  /** One line of a watch, made once for all watchers. `type` differs from the event's where a selector makes it so. */
  line(event: WatchEvent, type: WatchType): string {
    const { offsetMs } = this.#projection;
    if (type !== event.type) return watchLine(type, this.#projection.text(event.object));
    const known = this.#lines.get(event);
    if (known?.offsetMs === offsetMs) return known.line;
    const line = watchLine(type, this.#projection.text(event.object));
    this.#lines.set(event, { offsetMs, line });
    return line;
  }

  #ringOf(kind: Kind): Ring {
    let ring = this.#events.get(kind);
    if (ring === undefined) this.#events.set(kind, (ring = { floor: this.#from, events: [], listeners: new Set(), kept: 0 }));
    return ring;
  }

  #note(event: WatchEvent): void {
    const ring = this.#ringOf(event.object.kind);
    ring.events.push(event);
    ring.kept += replaced(event);
    if (ring.events.length >= 2 * RING_SIZE) forget(ring, RING_SIZE);
    else if (ring.kept > MOST_KEPT) forget(ring, Math.ceil(ring.events.length / 2));
    for (const listener of ring.listeners) listener(event);
  }
}

function forget(ring: Ring, count: number): void {
  const dropped = ring.events.splice(0, count);
  ring.floor = (dropped.at(-1) as WatchEvent).version;
  for (const event of dropped) ring.kept -= replaced(event);
}

/**
 * How much of the object before a write is kept by the memory of it alone: what the object after it does not share. Who
 * manages which fields does not count: objects share those sets, and to look into one would be to read its text. Every
 * eighth write is weighed and stands for eight: to weigh each cost a tenth of a write.
 */
function replaced({ version, type, object, previous }: WatchEvent): number {
  if (previous === null || version % WEIGHED !== 0) return 0;
  const after = type === 'DELETED' ? null : object;
  return WEIGHED * (unshared(previous, after, 'metadata') + unshared(previous.metadata, after?.metadata ?? null, 'managedFields'));
}

const WEIGHED = 8;

function unshared(before: object, after: object | null, but: string): number {
  const left = before as Readonly<Record<string, unknown>>;
  const right = after as Readonly<Record<string, unknown>> | null;
  let size = 0;
  for (const key in left) if (key !== but && (right === null || left[key] !== right[key])) size += sizeOf(left[key]);
  return size;
}

/** In characters, roughly. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 0;
  for (const key in value) size += 8 + sizeOf((value as Readonly<Record<string, unknown>>)[key]);
  return size;
}

interface Ring {
  /** Writes up to this one are forgotten. */
  floor: number;
  readonly events: WatchEvent[];
  /** See {@link MOST_KEPT}. */
  kept: number;
  readonly listeners: Set<(event: WatchEvent) => void>;
}

export function watchLine(type: string, objectText: string): string {
  return `{"type":"${type}","object":${objectText}}\n`;
}
