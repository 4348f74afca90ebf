/** A JSON object whose keys nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values mean the same. The order of keys does not count; a key that holds undefined is absent. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, at) => sameJson(item, right[at]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  for (const key of Object.keys(left)) {
    if (!sameJson(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) return false;
  }
  for (const key of Object.keys(right)) {
    if (right[key] !== undefined && (!Object.hasOwn(left, key) || left[key] === undefined)) return false;
  }
  return true;
}

/** A value without the keys that hold null, which mean that they are not there. The same value where there are none. */
export function withoutNulls<Value>(value: Value): Value {
  return holdsNull(value) ? (bare(value) as Value) : value;
}

function holdsNull(value: unknown): boolean {
  if (typeof value !== 'object') return false;
  if (value === null) return true;
  if (Array.isArray(value)) return value.some((item) => item !== null && holdsNull(item));
  for (const key in value) if (holdsNull((value as JsonObject)[key])) return true;
  return false;
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, bare(inner)]));
}

/** The path of a key that would reach an object's prototype, or null where the value is harmless. */
export function findPrototypeKey(value: unknown): string | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = findPrototypeKey(item);
      if (found !== null) return found;
    }
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      if (key === '__proto__') return key;
      const found = findPrototypeKey(value[key]);
      if (found !== null) return `${key}.${found}`;
    }
  }
  return null;
}
