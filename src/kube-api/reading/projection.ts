import { isCustomKind, shownKind } from '../../cluster/custom-kind.ts';
import { isJsonObject } from '../../cluster/json.ts';
import type { KubeObject } from '../../cluster/objects.ts';
import { formatInstant } from '../../time/sim-time.ts';
import { fieldsTextOf } from '../../cluster/patching/managers.ts';
import type { FieldOwnership } from '../writing/field-ownership.ts';

/**
 * Objects as clients see them: their simulated times moved onto the clients' wall clock, so that what happened three
 * simulated minutes ago happened three minutes before now. The bytes of each revision are made once for each offset.
 */
export class Projection {
  readonly #ownership: FieldOwnership;
  #offsetMs = 0;
  #cached = new WeakMap<object, string>();
  #wholes = new WeakMap<object, string>();
  #bytes = new WeakMap<object, Uint8Array>();

  constructor(ownership: FieldOwnership) {
    this.#ownership = ownership;
  }

  /** Wall clock minus simulated clock, in whole seconds. It may only change when time was paused, resumed or sped up. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  set offsetMs(offsetMs: number) {
    const whole = Math.floor(offsetMs / 1000) * 1000;
    if (whole === this.#offsetMs) return;
    this.#offsetMs = whole;
    this.#cached = new WeakMap();
    this.#wholes = new WeakMap();
    this.#bytes = new WeakMap();
  }

  /** The JSON text of an object as whoever asks for it alone sees it: with all that is known of who manages it. */
  whole(object: KubeObject): string {
    let text = this.#wholes.get(object);
    if (text === undefined) {
      const managed = this.#ownership.withManagers(object);
      text = this.#withFieldsText(managed) ?? (managed === object ? this.text(object) : JSON.stringify(this.outward(managed)));
      this.#wholes.set(object, text);
    }
    return text;
  }

  /** Of an object whose one manager made it, the text of whose fields is at hand; else null. */
  #withFieldsText(object: KubeObject): string | null {
    const [entry, other] = object.metadata.managedFields ?? [];
    const fields = entry === undefined || other !== undefined ? undefined : fieldsTextOf(entry);
    if (entry === undefined || fields === undefined) return null;
    const { manager, operation, apiVersion, time, fieldsType, subresource } = entry;
    const managedFields = [{ manager, operation, apiVersion, time, fieldsType, fieldsV1: FIELDS_HERE, subresource }];
    const text = JSON.stringify(this.outward({ ...object, metadata: { ...object.metadata, managedFields } }));
    return text.replace(FIELDS_HERE_TEXT, () => fields);
  }

  /** The JSON text of an immutable object. */
  text(object: object): string {
    let text = this.#cached.get(object);
    if (text === undefined) {
      text = JSON.stringify(this.outward(object));
      this.#cached.set(object, text);
    }
    return text;
  }

  /**
   * `head`, the objects of an immutable list as JSON with commas between, `tail`, in UTF-8. The bytes of an object are kept
   * as long as it lives, so that a list of a thousand of which one changed is copied together rather than written anew.
   */
  listed(head: string, list: readonly object[], tail: string): Uint8Array {
    const parts = list.map((object) => this.#bytesOf(object));
    const [begin, end] = [UTF_8.encode(head), UTF_8.encode(tail)];
    let length = begin.length + end.length + Math.max(0, parts.length - 1);
    for (const part of parts) length += part.length;
    const all = new Uint8Array(length);
    all.set(begin);
    let at = begin.length;
    for (let nth = 0; nth < parts.length; nth++) {
      const part = parts[nth] as Uint8Array;
      if (nth > 0) all[at++] = COMMA;
      all.set(part, at);
      at += part.length;
    }
    all.set(end, at);
    return all;
  }

  #bytesOf(object: object): Uint8Array {
    let bytes = this.#bytes.get(object);
    if (bytes === undefined) {
      bytes = UTF_8.encode(this.#cached.get(object) ?? JSON.stringify(this.outward(object)));
      this.#bytes.set(object, bytes);
    }
    return bytes;
  }

  outward<Value>(value: Value): Value {
    const shown = withShownKind(value);
    return this.#offsetMs === 0 ? shown : (moved(shown, this.#offsetMs) as Value);
  }

  /** What a client wrote, with its times as the cluster counts them. */
  inward<Value>(value: Value): Value {
    return this.#offsetMs === 0 ? value : (moved(value, -this.#offsetMs) as Value);
  }
}

/** Clients know a custom kind by its short name. */
function withShownKind<Value>(value: Value): Value {
  if (!isJsonObject(value)) return value;
  const { kind } = value;
  return typeof kind === 'string' && isCustomKind(kind) ? { ...value, kind: shownKind(kind) } : value;
}

/** Stands for a text that is put in its place. */
const FIELDS_HERE = '\u0000fields\u0000';
const FIELDS_HERE_TEXT = JSON.stringify(FIELDS_HERE);

const UTF_8 = new TextEncoder();
const COMMA = 0x2c;

/** Fields whose names end so hold times, but for those inside maps whose keys people choose. */
const TIME_FIELD = /(?:Time|Timestamp|At|timeAdded|time)$/;
const PEOPLES_MAPS = new Set(['annotations', 'labels', 'matchLabels', 'nodeSelector', 'data', 'stringData', 'binaryData', 'selector', 'fieldsV1']);
const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function moved(value: unknown, byMs: number): unknown {
  if (Array.isArray(value)) {
    let changed = false;
    const items = (value as unknown[]).map((item) => {
      const next = typeof item === 'object' && item !== null ? moved(item, byMs) : item;
      changed ||= next !== item;
      return next;
    });
    return changed ? items : value;
  }
  if (!isJsonObject(value)) return value;
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    const item = value[key];
    let next = item;
    if (typeof item === 'string') {
      if (TIME_FIELD.test(key)) next = movedInstant(item, byMs);
    } else if (typeof item === 'object' && item !== null && !PEOPLES_MAPS.has(key)) next = moved(item, byMs);
    if (next !== item) {
      copy ??= { ...value };
      copy[key] = next;
    }
  }
  return copy ?? value;
}

function movedInstant(instant: string, byMs: number): string {
  const parts = INSTANT.exec(instant);
  if (parts === null) return instant;
  const atMs = Date.parse(instant);
  return Number.isNaN(atMs) ? instant : formatInstant(Math.floor(atMs / 1000) * 1000 + byMs).replace('Z', `${parts[2] ?? ''}Z`);
}
