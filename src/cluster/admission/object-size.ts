import { fieldsLengthOf } from '../patching/managers.ts';

/** What etcd takes in one request: `--max-request-bytes` where nobody says otherwise. */
const MOST_CHARACTERS = 1_572_864;

/** In etcd's words. */
export const TOO_LARGE = 'etcdserver: request is too large';

/**
 * Whether an object is larger than the database of a cluster takes; its size is that of its JSON, roughly. Who manages it
 * is weighed by the text that is at hand: to read the fields would be to parse that text for every write, a tenth of its time.
 */
export function isTooLarge(object: unknown): boolean {
  return sizeOf(object, 0) > MOST_CHARACTERS;
}

/** `size` with the value's own added; counting ends where it is too much already. */
function sizeOf(value: unknown, size: number): number {
  if (typeof value === 'string') return size + value.length + 2;
  if (typeof value !== 'object' || value === null) return size + 5;
  let sum = size + 2;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && sum <= MOST_CHARACTERS; at++) sum = sizeOf(value[at], sum + 1);
    return sum;
  }
  for (const key in value) {
    if (sum > MOST_CHARACTERS) return sum;
    const part = (value as Readonly<Record<string, unknown>>)[key];
    sum += key.length + 4;
    sum = key === 'managedFields' && Array.isArray(part) ? managersSize(part, sum) : sizeOf(part, sum);
  }
  return sum;
}

function managersSize(entries: readonly unknown[], size: number): number {
  let sum = size;
  for (const entry of entries) {
    const length = fieldsLengthOf(entry);
    sum = length === undefined ? sizeOf(entry, sum) : sum + ENTRY + length;
  }
  return sum;
}

/** What an entry of `managedFields` takes beside its fields. */
const ENTRY = 120;
