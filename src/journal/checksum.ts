/**
 * The checksum of a timeline's line: 64 bits as 16 hexadecimal digits, over the UTF-8 bytes of a text.
 *
 * The left half is CRC-32C (Castagnoli's polynomial, as in RFC 3720; four bytes a step by four tables), which catches
 * every change within 32 bits in a row for certain. The right half multiplies where the CRC only adds: FNV-1a over words
 * of four bytes, each step followed by a shift. Together they also tell apart what was moved or spliced. They are against
 * accidents, not against forgers: what names a timeline is the SHA-256 of its file.
 */
export function checksum(text: string): string {
  let at = 0;
  let crc = -1;
  let fnv = 0x811c9dc5;
  for (const whole = text.length & ~3; at < whole; at += 4) {
    const first = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    const third = text.charCodeAt(at + 2);
    const fourth = text.charCodeAt(at + 3);
    if ((first | second | third | fourth) >= 0x80) return checksumOfBytes(new TextEncoder().encode(text));
    const word = first | (second << 8) | (third << 16) | (fourth << 24);
    crc = crcAfter(crc ^ word);
    fnv = Math.imul(fnv ^ word, FNV_PRIME);
    fnv ^= fnv >>> 15;
  }
  for (; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    if (byte >= 0x80) return checksumOfBytes(new TextEncoder().encode(text));
    crc = (CRC_OF_BYTE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    fnv = Math.imul(fnv ^ byte, FNV_PRIME);
  }
  return digits(~crc, fnv);
}

/** How many bytes a text takes in UTF-8. The text must hold no lone surrogates. */
export function utf8Length(text: string): number {
  if (!BEYOND_ASCII.test(text)) return text.length;
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A surrogate is half of a pair that takes four bytes: two for each half.
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

/** The same as {@link checksum} does for texts in which every character is a byte. */
function checksumOfBytes(bytes: Uint8Array): string {
  let at = 0;
  let crc = -1;
  let fnv = 0x811c9dc5;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const whole = bytes.length & ~3; at < whole; at += 4) {
    const word = view.getInt32(at, true);
    crc = crcAfter(crc ^ word);
    fnv = Math.imul(fnv ^ word, FNV_PRIME);
    fnv ^= fnv >>> 15;
  }
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    crc = (CRC_OF_BYTE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    fnv = Math.imul(fnv ^ byte, FNV_PRIME);
  }
  return digits(~crc, fnv);
}

const BEYOND_ASCII = /[^\x00-\x7f]/;
const FNV_PRIME = 0x01000193;

const CRC_OF_BYTE = Int32Array.from({ length: 256 }, (_, byte) => {
  let bits = byte;
  for (let shift = 0; shift < 8; shift++) bits = bits & 1 ? (bits >>> 1) ^ 0x82f63b78 : bits >>> 1;
  return bits;
});
/** What a byte comes to after one, two and three more bytes of zeros. */
const CRC_OF_SECOND = shiftedOn(CRC_OF_BYTE);
const CRC_OF_THIRD = shiftedOn(CRC_OF_SECOND);
const CRC_OF_FOURTH = shiftedOn(CRC_OF_THIRD);

function shiftedOn(table: Int32Array): Int32Array {
  return table.map((bits) => (CRC_OF_BYTE[bits & 0xff] as number) ^ (bits >>> 8));
}

function crcAfter(word: number): number {
  return (
    (CRC_OF_FOURTH[word & 0xff] as number) ^
    (CRC_OF_THIRD[(word >>> 8) & 0xff] as number) ^
    (CRC_OF_SECOND[(word >>> 16) & 0xff] as number) ^
    (CRC_OF_BYTE[word >>> 24] as number)
  );
}

function digits(left: number, right: number): string {
  return String.fromCharCode(
    digit(left >>> 28), digit(left >>> 24), digit(left >>> 20), digit(left >>> 16),
    digit(left >>> 12), digit(left >>> 8), digit(left >>> 4), digit(left),
    digit(right >>> 28), digit(right >>> 24), digit(right >>> 20), digit(right >>> 16),
    digit(right >>> 12), digit(right >>> 8), digit(right >>> 4), digit(right),
  );
}

/** The character code of the lowest four bits in hexadecimal. */
function digit(bits: number): number {
  const value = bits & 15;
  return value < 10 ? 48 + value : 87 + value;
}
