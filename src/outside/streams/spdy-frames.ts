/** One frame of SPDY/3.1. `block` is a compressed block of headers, `fin` says that its sender has said all on the stream. */
export type SpdyFrame =
  | { readonly type: 'data'; readonly stream: number; readonly fin: boolean; readonly bytes: Buffer }
  | { readonly type: 'open' | 'reply' | 'headers'; readonly stream: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: 'reset'; readonly stream: number }
  | { readonly type: 'ping'; readonly id: Buffer }
  | { readonly type: 'goaway' }
  /** Settings, window updates and whatever else is no matter of ours: Kubernetes' clients know no flow control but TCP's. */
  | { readonly type: 'ignored' };

/** What came is no SPDY, or more of it at once than is taken: the connection is to end. */
export class SpdyError extends Error {}

/** Clients of Kubernetes send 32 KiB at a time. */
const LARGEST_FRAME_BYTES = 4 * 1024 * 1024;
const HEAD_BYTES = 8;

/** Cuts a stream of bytes into frames. Source: "SPDY Protocol - Draft 3.1", section 2.2. */
export class SpdyFrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #needed = HEAD_BYTES;

  /** The frames that these bytes complete. Throws {@link SpdyError}. */
  push(chunk: Buffer): SpdyFrame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return [];
    let rest = Buffer.concat(this.#chunks);
    const frames: SpdyFrame[] = [];
    for (;;) {
      this.#needed = rest.length < HEAD_BYTES ? HEAD_BYTES : HEAD_BYTES + lengthOf(rest);
      if (rest.length < this.#needed) break;
      frames.push(frameOf(rest.subarray(0, this.#needed)));
      rest = rest.subarray(this.#needed);
    }
    this.#chunks = [rest];
    this.#bytes = rest.length;
    return frames;
  }
}

function lengthOf(head: Buffer): number {
  const length = head.readUIntBE(5, 3);
  if (length > LARGEST_FRAME_BYTES) throw new SpdyError(`a frame of ${length} bytes is too large`);
  return length;
}

function frameOf(frame: Buffer): SpdyFrame {
  const flags = frame[4] as number;
  const fin = (flags & FLAG_FIN) !== 0;
  const body = frame.subarray(HEAD_BYTES);
  if ((frame[0] as number) < CONTROL) return { type: 'data', stream: frame.readUInt32BE(0), fin, bytes: body };
  if (frame.readUInt16BE(0) !== CONTROL_OF_VERSION_3) throw new SpdyError('a frame of another version of SPDY');
  const type = frame.readUInt16BE(2);
  const need = (bytes: number): Buffer => {
    if (body.length < bytes) throw new SpdyError(`a frame of type ${type} that is too short`);
    return body;
  };
  switch (type) {
    case SYN_STREAM:
      return { type: 'open', stream: streamIn(need(10)), fin, block: body.subarray(10) };
    case SYN_REPLY:
      return { type: 'reply', stream: streamIn(need(4)), fin, block: body.subarray(4) };
    case HEADERS:
      return { type: 'headers', stream: streamIn(need(4)), fin, block: body.subarray(4) };
    case RST_STREAM:
      return { type: 'reset', stream: streamIn(need(8)) };
    case PING:
      return { type: 'ping', id: need(4).subarray(0, 4) };
    case GOAWAY:
      return { type: 'goaway' };
    default:
      return { type: 'ignored' };
  }
}

function streamIn(body: Buffer): number {
  return body.readUInt32BE(0) & 0x7fff_ffff;
}

const CONTROL = 0x80;
const CONTROL_OF_VERSION_3 = 0x8003;
const FLAG_FIN = 0x01;
const [SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY, HEADERS] = [1, 2, 3, 6, 7, 8] as const;
/** `REFUSED_STREAM`: nothing was done about it. */
const REFUSED_STREAM = 3;

export function dataFrame(stream: number, bytes: Uint8Array, fin: boolean): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(stream);
  head.writeUInt32BE(bytes.length, 4); // of which 24 bits may be used
  head[4] = fin ? FLAG_FIN : 0;
  return Buffer.concat([head, bytes]);
}

/** `block`: see {@link SpdyFrame}. */
export function replyFrame(stream: number, block: Buffer): Buffer {
  return controlFrame(SYN_REPLY, Buffer.concat([word(stream), block]));
}

export function resetFrame(stream: number): Buffer {
  return controlFrame(RST_STREAM, Buffer.concat([word(stream), word(REFUSED_STREAM)]));
}

export function pingFrame(id: Buffer): Buffer {
  return controlFrame(PING, id);
}

/** The last stream that was taken, and that nothing went wrong. */
export function goAwayFrame(lastStream: number): Buffer {
  return controlFrame(GOAWAY, Buffer.concat([word(lastStream), word(0)]));
}

function controlFrame(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(CONTROL_OF_VERSION_3);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

function word(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value);
  return four;
}
