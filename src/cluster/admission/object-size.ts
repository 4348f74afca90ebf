/** What etcd takes in one request: `--max-request-bytes` where nobody says otherwise. */
const MOST_CHARACTERS = 1_572_864;

/** In etcd's words. */
export const TOO_LARGE = 'etcdserver: request is too large';

/** Whether an object is larger than the database of a cluster takes; its size is that of its JSON, roughly. */
export function isTooLarge(object: unknown): boolean {
  return sizeOf(object, 0) > MOST_CHARACTERS;
}

/** `size` with the value's own added; counting ends where it is too much already. */
function sizeOf(value: unknown, size: number): number {
  if (typeof value === 'string') return size + value.length + 2;
  if (typeof value !== 'object' || value === null) return size + 5;
  let sum = size + 2;
  for (const key in value) {
    if (sum > MOST_CHARACTERS) return sum;
    sum = sizeOf((value as Readonly<Record<string, unknown>>)[key], sum + (Array.isArray(value) ? 1 : key.length + 4));
  }
  return sum;
}
