/**
 * The checksum of a timeline's line: 64 bits as 16 hexadecimal digits, over the UTF-8 bytes of a text.
 *
 * The left half is CRC-32C (Castagnoli's polynomial, as in RFC 3720), which catches every change within 32 bits in a
 * row for certain; the right half is FNV-1a, which multiplies where the CRC only adds, so that together they also tell
 * apart what was moved or spliced. Against accidents, not against forgers: a timeline's own name is its SHA-256.
 */
export function checksum(text: string): string {
  let crc = -1;
  let fnv = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return checksumOfBytes(new TextEncoder().encode(text));
    crc = (CRC_TABLE[(crc ^ unit) & 0xff] as number) ^ (crc >>> 8);
    fnv = Math.imul(fnv ^ unit, FNV_PRIME);
  }
  return hex(~crc) + hex(fnv);
}

/** How many bytes a text takes in UTF-8. The text must hold no lone surrogates. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A surrogate is half of a pair that takes four bytes: two for each half.
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

function checksumOfBytes(bytes: Uint8Array): string {
  let crc = -1;
  let fnv = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    fnv = Math.imul(fnv ^ byte, FNV_PRIME);
  }
  return hex(~crc) + hex(fnv);
}

const FNV_PRIME = 0x01000193;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let bits = byte;
  for (let shift = 0; shift < 8; shift++) bits = bits & 1 ? (bits >>> 1) ^ 0x82f63b78 : bits >>> 1;
  return bits;
});

const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bits: number): string {
  return (
    (HEX_OF_BYTE[bits >>> 24] as string) +
    (HEX_OF_BYTE[(bits >>> 16) & 0xff] as string) +
    (HEX_OF_BYTE[(bits >>> 8) & 0xff] as string) +
    (HEX_OF_BYTE[bits & 0xff] as string)
  );
}
