import type { CacheExpiry } from '../../src/cluster/spec.ts';
import type { EventQueue } from './event-queue.ts';

/** What ends is kept in so many parts, each with a time of its own. */
const PARTS = 4;

/** What a look-up comes to: the thing is there, or the source has to be asked, or somebody else asks it already. */
type Found =
  | { readonly is: 'there' }
  | { readonly is: 'missing'; readonly answered: (well: boolean) => void }
  | { readonly is: 'asked for'; readonly wait: (then: () => void) => void };

/** A part of what ends: until when it is good, and who waits for it to be asked for; null where nobody asks. */
interface Part {
  goodUntilMs: number;
  waiting: (() => void)[] | null;
}

const NOT_KEPT: Found = { is: 'missing', answered: () => undefined };

/** What a cache holds: things that are looked up equally often; all but a share that never is kept. */
export class Shelf {
  /** Look-ups so far, and those that found something. */
  asked = 0;
  found = 0;
  readonly #queue: EventQueue;
  readonly #dice: () => number;
  readonly #has: Uint8Array;
  /** By what the step that looks them up says of their end. */
  readonly #parts = new Map<CacheExpiry, Part[]>();

  /** It is full of `things` at first. */
  constructor(queue: EventQueue, dice: () => number, things: number) {
    this.#queue = queue;
    this.#dice = dice;
    this.#has = new Uint8Array(Math.max(1, things)).fill(1);
  }

  flush(): void {
    this.#has.fill(0);
  }

  /** Looks something up; `hit` is the share of look-ups that a warm cache answers. */
  look({ hit, expiry }: { readonly hit: number; readonly expiry?: CacheExpiry }): Found {
    this.asked++;
    if (this.#dice() >= hit) return NOT_KEPT;
    const thing = Math.floor(this.#dice() * this.#has.length);
    if (expiry !== undefined) return this.#lookAtEnding(thing, expiry);
    if (this.#has[thing] === 1) return this.#there();
    return { is: 'missing', answered: (well) => this.#keep(thing, well) };
  }

  #lookAtEnding(thing: number, expiry: CacheExpiry): Found {
    const part = this.#partOf(expiry);
    if (this.#has[thing] === 1 && this.#queue.nowMs < part.goodUntilMs) return this.#there();
    if (part.waiting !== null) {
      const { waiting } = part;
      return { is: 'asked for', wait: (then) => void waiting.push(then) };
    }
    if (expiry.coalesced) part.waiting = [];
    return {
      is: 'missing',
      answered: (well) => {
        this.#keep(thing, well);
        if (well) part.goodUntilMs = Math.max(part.goodUntilMs, this.#queue.nowMs + expiry.ttlMs);
        const { waiting } = part;
        part.waiting = null;
        for (const then of waiting ?? []) then();
      },
    };
  }

  #there(): Found {
    this.found++;
    return { is: 'there' };
  }

  #keep(thing: number, well: boolean): void {
    if (well) this.#has[thing] = 1;
  }

  #partOf(expiry: CacheExpiry): Part {
    let parts = this.#parts.get(expiry);
    if (parts === undefined) {
      // They were kept at different times.
      parts = Array.from({ length: PARTS }, () => ({ goodUntilMs: this.#queue.nowMs + this.#dice() * expiry.ttlMs, waiting: null }));
      this.#parts.set(expiry, parts);
    }
    return parts[Math.floor(this.#dice() * PARTS)] as Part;
  }
}
