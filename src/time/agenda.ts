import type { SimMs } from './sim-time.ts';

/**
 * The one queue that owns time: entries leave in order of their time, ties in order of insertion.
 *
 * A binary heap over typed arrays. An entry is a `what` of the owner's own; nothing is allocated in the heap for it.
 * Cancelling is lazy: a cancelled entry keeps its place until its time comes and is then passed over.
 */
export class Agenda<What> {
  #times = new Float64Array(64);
  #orders = new Float64Array(64);
  #slots = new Int32Array(64);
  #size = 0;
  #cancelled = 0;
  #nextOrder = 0;
  readonly #whats: (What | undefined)[] = [];
  readonly #orderOfSlot: number[] = [];
  readonly #freeSlots: number[] = [];
  #nowMs: SimMs;

  /** `startMs` may be negative: what happened before a drill began has a time too. */
  constructor(startMs: SimMs = 0) {
    this.#nowMs = startMs;
  }

  /** The time of the entry that was taken last, or the time last moved to. */
  get nowMs(): SimMs {
    return this.#nowMs;
  }

  /** How many entries are waiting. */
  get length(): number {
    return this.#size - this.#cancelled;
  }

  /** Adds an entry and returns its ticket for {@link cancel}. Throws where `atMs` has passed or is no integer: a bug of ours. */
  add(atMs: SimMs, what: What): number {
    if (!Number.isInteger(atMs) || atMs < this.#nowMs) {
      throw new Error(`agenda: ${atMs} is no integer time from ${this.#nowMs} on`);
    }
    if (this.#size === this.#times.length) this.#grow();
    const slot = this.#freeSlots.pop() ?? this.#whats.length;
    const order = this.#nextOrder++;
    this.#whats[slot] = what;
    this.#orderOfSlot[slot] = order;
    this.#siftUp(this.#size++, atMs, order, slot);
    return order * SLOT_LIMIT + slot;
  }

  /** Adds an entry `delayMs` from now. */
  addAfter(delayMs: number, what: What): number {
    return this.add(this.#nowMs + delayMs, what);
  }

  /** Removes an entry by its ticket; false where it was taken or cancelled before. */
  cancel(ticket: number): boolean {
    const slot = ticket % SLOT_LIMIT;
    if (this.#orderOfSlot[slot] !== (ticket - slot) / SLOT_LIMIT || this.#whats[slot] === undefined) return false;
    this.#whats[slot] = undefined;
    this.#cancelled++;
    return true;
  }

  /** The time of the next entry, or null where none waits. */
  peekMs(): SimMs | null {
    this.#dropCancelled();
    return this.#size === 0 ? null : (this.#times[0] as number);
  }

  /** Takes the next entry that is due by `untilMs` and moves time to it; null where none is due, and time stays. */
  take(untilMs: SimMs): What | null {
    if (this.#cancelled > 0) this.#dropCancelled();
    if (this.#size === 0 || (this.#times[0] as number) > untilMs) return null;
    this.#nowMs = this.#times[0] as number;
    const slot = this.#slots[0] as number;
    const what = this.#whats[slot] as What;
    this.#removeFirst(slot);
    return what;
  }

  /** Moves time on to `atMs` where nothing is due before; throws where an entry would be jumped over. */
  moveTo(atMs: SimMs): void {
    const next = this.peekMs();
    if (atMs < this.#nowMs || (next !== null && next < atMs)) {
      throw new Error(`agenda: cannot move from ${this.#nowMs} to ${atMs} past ${next}`);
    }
    this.#nowMs = atMs;
  }

  #dropCancelled(): void {
    while (this.#cancelled > 0 && this.#size > 0) {
      const slot = this.#slots[0] as number;
      if (this.#whats[slot] !== undefined) return;
      this.#cancelled--;
      this.#removeFirst(slot);
    }
  }

  #removeFirst(slot: number): void {
    this.#whats[slot] = undefined;
    this.#freeSlots.push(slot);
    const last = --this.#size;
    if (last > 0) {
      this.#siftDown(this.#times[last] as number, this.#orders[last] as number, this.#slots[last] as number);
    }
  }

  #siftUp(from: number, time: number, order: number, slot: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A new entry has the highest order, so an equal time never passes its parent.
      if ((times[parent] as number) <= time) break;
      times[at] = times[parent] as number;
      orders[at] = orders[parent] as number;
      slots[at] = slots[parent] as number;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  #siftDown(time: number, order: number, slot: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const slots = this.#slots;
    const size = this.#size;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      let childTime = times[child] as number;
      if (right < size) {
        const rightTime = times[right] as number;
        if (rightTime < childTime || (rightTime === childTime && (orders[right] as number) < (orders[child] as number))) {
          child = right;
          childTime = rightTime;
        }
      }
      if (childTime > time || (childTime === time && (orders[child] as number) > order)) break;
      times[at] = childTime;
      orders[at] = orders[child] as number;
      slots[at] = slots[child] as number;
      at = child;
    }
    times[at] = time;
    orders[at] = order;
    slots[at] = slot;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    times.set(this.#times);
    this.#times = times;
    const orders = new Float64Array(capacity);
    orders.set(this.#orders);
    this.#orders = orders;
    const slots = new Int32Array(capacity);
    slots.set(this.#slots);
    this.#slots = slots;
  }
}

/** More entries than can wait at once; with 2^53 exact integers it leaves 2^32 insertions a ticket. */
const SLOT_LIMIT = 2_097_152;
