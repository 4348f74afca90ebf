import type { ServerResponse } from 'node:http';

/**
 * Writes text to streaming answers. What a thousand watchers are told one after the other is encoded and framed (RFC 9112,
 * 7.1) once for all of them.
 */
export class SharedChunks {
  #text = '';
  #chunk = Buffer.alloc(0);

  /** Returns how many bytes wait for the client to read. */
  write(response: ServerResponse, text: string): number {
    const { socket } = response;
    if (socket === null || !response.chunkedEncoding || text === '') {
      response.write(text);
      return response.writableLength;
    }
    if (text !== this.#text) {
      const bytes = Buffer.from(text);
      this.#chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
      this.#text = text;
    }
    socket.write(this.#chunk);
    return socket.writableLength;
  }
}
