/** The most bytes that one block of DEFLATE holds as they are. */
const BLOCK = 65_535;

/** Wraps bytes as a gzip file whose blocks are stored, not packed (RFC 1952; RFC 1951, 3.2.4). Readers cannot tell. */
export function gzipStored(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / BLOCK));
  const file = new Uint8Array(10 + blocks * 5 + bytes.length + 8);
  file.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  let at = 10;
  for (let nth = 0; nth < blocks; nth++) {
    const block = bytes.subarray(nth * BLOCK, (nth + 1) * BLOCK);
    const { length } = block;
    file.set([nth === blocks - 1 ? 1 : 0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff], at);
    file.set(block, at + 5);
    at += 5 + length;
  }
  const end = new DataView(file.buffer, at);
  end.setUint32(0, crc32(bytes), true);
  end.setUint32(4, bytes.length, true);
  return file;
}

/** CRC-32 of gzip and PNG: polynomial 0xEDB88320, reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (CRC_OF_BYTE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const CRC_OF_BYTE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
