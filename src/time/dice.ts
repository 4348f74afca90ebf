/**
 * Dice that are pure and named: what is rolled depends on the drill's seed, the die's name and how many rolls
 * it has made, on nothing else. A fault that rolls its own die never shifts another's rolls.
 *
 * The name is hashed by FNV-1a; each roll is the output function of SplitMix (Steele, Lea, Flood 2014) in its
 * 32-bit form (MurmurHash3's finaliser) over a counter, so any roll can be had without the ones before it.
 */
export class Die {
  readonly #key: number;
  #nth = 0;

  constructor(seed: number, name: string) {
    this.#key = mix(hashName(name) ^ mix(seed >>> 0) ^ Math.imul(Math.floor(seed / 4_294_967_296) + 1, GOLDEN_GAMMA));
  }

  /** A whole number from 0 to 4294967295. */
  nextUint32(): number {
    this.#nth = (this.#nth + 1) | 0;
    return mix(Math.imul(this.#nth, GOLDEN_GAMMA) ^ this.#key) >>> 0;
  }

  /** A fraction in [0, 1). */
  fraction(): number {
    return this.nextUint32() / 4_294_967_296;
  }

  /** Whether something of that probability happens. */
  below(probability: number): boolean {
    return this.nextUint32() < probability * 4_294_967_296;
  }

  /** A whole number from 0 to `sides` − 1. */
  roll(sides: number): number {
    return Math.floor(this.fraction() * sides);
  }

  /** A fraction in [lowest, highest). */
  between(lowest: number, highest: number): number {
    return lowest + (highest - lowest) * this.fraction();
  }

  /** Eight hexadecimal digits. */
  hex(): string {
    return hexOf(this.nextUint32());
  }

  /** One of the choices. Throws on none: a bug of ours. */
  pick<Choice>(choices: readonly Choice[]): Choice {
    if (choices.length === 0) throw new Error('dice: nothing to pick from');
    return choices[this.roll(choices.length)] as Choice;
  }
}

const GOLDEN_GAMMA = 0x9e3779b9;
const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 32 bits as eight digits, by a table: V8's `toString(16)` divides what is no small integer, and takes ten times as long. */
function hexOf(bits: number): string {
  return `${HEX_BYTES[bits >>> 24]}${HEX_BYTES[(bits >>> 16) & 0xff]}${HEX_BYTES[(bits >>> 8) & 0xff]}${HEX_BYTES[bits & 0xff]}`;
}

function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash;
}

/** A 64-bit digest of a text as 16 hexadecimal digits, for telling outputs apart. Not for security. */
export function digest(text: string): string {
  let left = 0x811c9dc5;
  let right = GOLDEN_GAMMA;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    left = Math.imul(left ^ unit, 0x01000193);
    right = Math.imul(right ^ unit, 0x85ebca6b);
    right = (right << 13) | (right >>> 19);
  }
  return hexOf(mix(left ^ mix(right))) + hexOf(mix(right + text.length));
}
