import type { Duplex } from 'node:stream';
import { dataFrame, goAwayFrame, pingFrame, replyFrame, resetFrame, SpdyFrameReader, type SpdyFrame } from './spdy-frames.ts';
import { EmptyHeaders, SpdyHeaderReader } from './spdy-headers.ts';

/** What comes on a stream goes to whoever accepted it. */
export interface SpdyReceiver {
  data(bytes: Buffer): void;
  /** The client has said all. */
  end(): void;
  /** The client wants no more of it, or is gone. */
  closed(): void;
}

/** What a client opened: its headers, and the way back. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  write(bytes: Uint8Array): void;
  /** Says that there is no more. */
  end(): void;
  reset(): void;
}

/** Whoever forwards ports opens two for each of their connections. */
const MOST_STREAMS = 512;
/** Somebody who does not read for so long that this much waits is let go. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
const DATA_BYTES = 32 * 1024;

/** The server's end of a SPDY/3.1 connection: clients open streams, and it answers on them. */
export class SpdyConnection {
  readonly #wire: Duplex;
  readonly #accept: (stream: SpdyStream) => SpdyReceiver | null;
  readonly #streams = new Map<number, { readonly receiver: SpdyReceiver; heard: boolean; said: boolean }>();
  readonly #frames = new SpdyFrameReader();
  readonly #headers = new SpdyHeaderReader();
  readonly #replies = new EmptyHeaders();
  #lastStream = 0;

  /** `accept` says who is to hear a new stream; null refuses it. */
  constructor(wire: Duplex, accept: (stream: SpdyStream) => SpdyReceiver | null) {
    this.#wire = wire;
    this.#accept = accept;
  }

  /** Serves until either side closes; whatever is wrong with what comes ends this connection alone. */
  async serve(head: Buffer): Promise<void> {
    this.#wire.on('error', () => undefined);
    try {
      await this.#take(head);
      for await (const chunk of this.#wire) await this.#take(chunk as Buffer);
    } catch {
      this.#wire.destroy();
    } finally {
      this.#headers.close();
      for (const { receiver } of this.#streams.values()) receiver.closed();
      this.#streams.clear();
      this.#wire.end();
    }
  }

  /** Says goodbye, once everything has gone out. */
  close(): void {
    this.#send(goAwayFrame(this.#lastStream));
    this.#wire.end();
  }

  async #take(chunk: Buffer): Promise<void> {
    if (chunk.length === 0) return;
    for (const frame of this.#frames.push(chunk)) {
      if ('block' in frame) {
        const headers = await this.#headers.read(frame.block);
        if (frame.type === 'open') this.#opened(frame, headers);
      } else this.#handle(frame);
    }
  }

  #opened({ stream: id, fin }: { readonly stream: number; readonly fin: boolean }, headers: ReadonlyMap<string, string>): void {
    // Streams of clients are odd and count upwards.
    if (id % 2 === 0 || id <= this.#lastStream || this.#streams.size >= MOST_STREAMS) return this.#send(resetFrame(id));
    this.#lastStream = id;
    const receiver = this.#accept({
      id, headers, write: (bytes) => this.#say(id, bytes), end: () => this.#finish(id), reset: () => this.#reset(id),
    });
    if (receiver === null) return this.#send(resetFrame(id));
    this.#streams.set(id, { receiver, heard: false, said: false });
    this.#send(replyFrame(id, this.#replies.next()));
    if (fin) this.#ended(id);
  }

  #handle(frame: WithoutHeaders): void {
    switch (frame.type) {
      case 'data': {
        const stream = this.#streams.get(frame.stream);
        if (stream === undefined || stream.heard) return;
        if (frame.bytes.length > 0) stream.receiver.data(frame.bytes);
        if (frame.fin) this.#ended(frame.stream);
        return;
      }
      case 'reset': {
        const stream = this.#streams.get(frame.stream);
        this.#streams.delete(frame.stream);
        return stream?.receiver.closed();
      }
      case 'ping':
        return this.#send(pingFrame(frame.id));
      case 'goaway':
      case 'ignored':
    }
  }

  #ended(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.heard = true;
    stream.receiver.end();
    this.#forget(id);
  }

  #say(id: number, bytes: Uint8Array): void {
    if (this.#streams.get(id)?.said !== false) return;
    for (let from = 0; from < bytes.length; from += DATA_BYTES) this.#send(dataFrame(id, bytes.subarray(from, from + DATA_BYTES), false));
  }

  #finish(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.said) return;
    this.#send(dataFrame(id, new Uint8Array(), true));
    stream.said = true;
    this.#forget(id);
  }

  #reset(id: number): void {
    if (this.#streams.delete(id)) this.#send(resetFrame(id));
  }

  /** Where both sides have said all. */
  #forget(id: number): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined && stream.heard && stream.said) this.#streams.delete(id);
  }

  #send(frame: Buffer): void {
    if (this.#wire.destroyed || this.#wire.writableEnded) return;
    this.#wire.write(frame);
    if (this.#wire.writableLength > MOST_WAITING_BYTES) this.#wire.destroy();
  }
}

type WithoutHeaders = Exclude<SpdyFrame, { readonly block: Buffer }>;
