import { createDeflate, constants, type Deflate } from 'node:zlib';
import { Duplex } from 'node:stream';
import { spdyDictionary } from '../../../src/outside/streams/spdy-dictionary.ts';

/** A client's end of a SPDY/3.1 connection, for tests: it writes frames as Kubernetes' own clients do. */
export class ASpdyClient {
  readonly #deflate: Deflate = createDeflate({ dictionary: spdyDictionary(), flush: constants.Z_SYNC_FLUSH });

  /** Opens a stream. Headers of one connection share one compressed stream, so their order counts. */
  async open(stream: number, headers: Readonly<Record<string, string>>, fin = false): Promise<Buffer> {
    const entries = Object.entries(headers);
    const block = await this.#packed(Buffer.concat([word(entries.length), ...entries.flatMap(([name, value]) => [word(name.length), Buffer.from(name), word(value.length), Buffer.from(value)])]));
    return control(1, fin ? 1 : 0, Buffer.concat([word(stream), word(0), Buffer.alloc(2), block]));
  }

  #packed(plain: Buffer): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const hear = (chunk: Buffer): number => chunks.push(chunk);
    this.#deflate.on('data', hear);
    return new Promise((resolve) => {
      this.#deflate.write(plain, () => {
        this.#deflate.off('data', hear);
        resolve(Buffer.concat(chunks));
      });
    });
  }
}

export function data(stream: number, text: string, fin = false): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(stream);
  head.writeUInt32BE(text.length, 4);
  head[4] = fin ? 1 : 0;
  return Buffer.concat([head, Buffer.from(text)]);
}

export function control(type: number, flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(body.length, 4);
  head[4] = flags;
  return Buffer.concat([head, body]);
}

export function word(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
}

/** A wire without a network: what one end writes the other reads. */
export function aWire(): { readonly near: Duplex; readonly far: Duplex } {
  const make = (other: () => Duplex): Duplex => new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => { other().push(chunk); done(); },
    final: (done) => { other().push(null); done(); },
  });
  const near: Duplex = make(() => far);
  const far: Duplex = make(() => near);
  return { near, far };
}
