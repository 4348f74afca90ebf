import { createInflate, type Inflate } from 'node:zlib';
import { spdyDictionary } from './spdy-dictionary.ts';
import { SpdyError } from './spdy-frames.ts';

/** Kubernetes' clients send three short headers; this is room for many, and none for a bomb. */
const LARGEST_BLOCK_BYTES = 64 * 1024;
const MOST_HEADERS = 256;

/** Unpacks the header blocks of one direction of a connection, which share one compressed stream. */
export class SpdyHeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary() });
  #unpacked: Buffer[] = [];
  #bytes = 0;
  #fail: (error: Error) => void = () => undefined;

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > LARGEST_BLOCK_BYTES) this.#inflate.destroy(new SpdyError('a block of headers is too large'));
      else this.#unpacked.push(chunk);
    });
    this.#inflate.on('error', (error) => this.#fail(error));
  }

  /** The headers of the next block, names in lower case. To be called for one block after the other. Rejects with what is wrong with it. */
  async read(block: Buffer): Promise<ReadonlyMap<string, string>> {
    [this.#unpacked, this.#bytes] = [[], 0];
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#inflate.write(block, (error) => (error == null ? resolve() : reject(error)));
    });
    return headersIn(Buffer.concat(this.#unpacked));
  }

  close(): void {
    this.#inflate.destroy();
  }
}

/** A count, then names and values behind their lengths, all of 32 bits. Section 2.6.10 of the draft. */
function headersIn(block: Buffer): ReadonlyMap<string, string> {
  let at = 0;
  const number = (): number => {
    if (at + 4 > block.length) throw new SpdyError('a block of headers is cut short');
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (length > block.length - at) throw new SpdyError('a block of headers is cut short');
    at += length;
    return block.toString('latin1', at - length, at);
  };
  const count = number();
  if (count > MOST_HEADERS) throw new SpdyError('too many headers');
  const headers = new Map<string, string>();
  for (let nth = 0; nth < count; nth++) headers.set(text().toLowerCase(), text());
  return headers;
}

/**
 * Packs blocks without headers, which is all that a server of Kubernetes says. They are "stored" in the words of RFC
 * 1951, section 3.2.4: that needs no compressor, and every client unpacks it.
 */
export class EmptyHeaders {
  #begun = false;

  next(): Buffer {
    const block = Buffer.concat([this.#begun ? Buffer.alloc(0) : ZLIB_HEAD, STORED, Buffer.alloc(4), FLUSHED]);
    this.#begun = true;
    return block;
  }
}

const ZLIB_HEAD = Buffer.of(0x78, 0x01);
/** Not the last; four bytes long, and the complement of that. */
const STORED = Buffer.of(0x00, 0x04, 0x00, 0xfb, 0xff);
/** Nothing, stored: Go's reader hands over what came before only when it meets this. */
const FLUSHED = Buffer.of(0x00, 0x00, 0x00, 0xff, 0xff);
