/** Bytes that are no protobuf message. Never leaves the decoder. */
export class WireProblem extends Error {}

/** Walks the fields of one protobuf message. Source: https://protobuf.dev/programming-guides/encoding/. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #wire = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next field; its value is to be read or skipped before the one after it. Null at the end. */
  next(): { readonly number: number; readonly wire: number } | null {
    if (this.#at >= this.#bytes.length) return null;
    const tag = this.#varint();
    this.#wire = tag & 7;
    const number = Math.floor(tag / 8);
    if (number < 1) throw new WireProblem(`illegal tag ${number}`);
    return { number, wire: this.#wire };
  }

  /** A varint as a signed whole number; those beyond 2^53 lose their last digits. */
  integer(): number {
    if (this.#wire !== 0) throw new WireProblem(`wrong wireType = ${this.#wire}`);
    return this.#varint();
  }

  double(): number {
    if (this.#wire !== 1) throw new WireProblem(`wrong wireType = ${this.#wire}`);
    const bytes = this.#take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  }

  bytes(): Uint8Array {
    if (this.#wire !== 2) throw new WireProblem(`wrong wireType = ${this.#wire}`);
    return this.#take(this.#varint());
  }

  skip(): void {
    if (this.#wire === 0) this.#varint();
    else if (this.#wire === 1) this.#take(8);
    else if (this.#wire === 2) this.#take(this.#varint());
    else if (this.#wire === 5) this.#take(4);
    else throw new WireProblem(`illegal wireType ${this.#wire}`);
  }

  #take(length: number): Uint8Array {
    const from = this.#at;
    if (length < 0 || from + length > this.#bytes.length) throw new WireProblem('unexpected EOF');
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }

  #varint(): number {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new WireProblem('unexpected EOF');
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high |= part >> 4;
      } else high |= part << (shift - 32);
      if (byte < 0x80) return high * 4_294_967_296 + (low >>> 0);
    }
    throw new WireProblem('integer overflow');
  }
}
