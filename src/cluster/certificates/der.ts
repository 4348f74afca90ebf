/** One value of DER (X.690): its tag, its bytes, and the values inside of it where it is made of some. */
export interface DerValue {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly inside: readonly DerValue[];
}

/** Made of others: SEQUENCE, SET, and what a context names as such. */
const CONSTRUCTED = 0x20;
const MOST_DEEP = 12;

/** Reads all values of these bytes; null where they are no DER. */
export function readDer(bytes: Uint8Array, deep = 0): readonly DerValue[] | null {
  if (deep > MOST_DEEP) return null;
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    const length = lengthAt(bytes, at + 1);
    if (length === null || length.end + length.of > bytes.length) return null;
    const content = bytes.subarray(length.end, length.end + length.of);
    const inside = (tag & CONSTRUCTED) === 0 ? [] : readDer(content, deep + 1);
    if (inside === null) return null;
    values.push({ tag, bytes: content, inside });
    at = length.end + length.of;
  }
  return values;
}

/** A length and where what it counts begins. */
function lengthAt(bytes: Uint8Array, at: number): { readonly of: number; readonly end: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 0x80) return { of: first, end: at + 1 };
  const size = first & 0x7f;
  if (size === 0 || size > 3 || at + size >= bytes.length) return null;
  let of = 0;
  for (let nth = 1; nth <= size; nth++) of = of * 256 + (bytes[at + nth] as number);
  return { of, end: at + 1 + size };
}

/** One value with its tag, of these parts. */
export function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  const bytes = new Uint8Array(1 + length.length + size);
  bytes[0] = tag;
  bytes.set(length, 1);
  let at = 1 + length.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The bytes of a text in hexadecimal. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, nth) => Number.parseInt(text.slice(nth * 2, nth * 2 + 2), 16));
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0x7f);
}
