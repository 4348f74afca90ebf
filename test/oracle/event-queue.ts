/** What is to happen, by time in ms: a binary heap. Ties go by order of arrival. */
export class EventQueue {
  nowMs = 0;
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #acts: (() => void)[] = [];
  #order = 0;

  in(afterMs: number, act: () => void): void {
    let at = this.#times.length;
    const time = this.nowMs + afterMs;
    const order = this.#order++;
    this.#times.push(time);
    this.#orders.push(order);
    this.#acts.push(act);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(time, order, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, time, order, act);
  }

  /** Acts on everything that is due up to `untilMs`. */
  run(untilMs: number): void {
    while (this.#times.length > 0 && (this.#times[0] as number) <= untilMs) {
      this.nowMs = this.#times[0] as number;
      const act = this.#acts[0] as () => void;
      this.#removeFirst();
      act();
    }
    this.nowMs = untilMs;
  }

  #removeFirst(): void {
    const time = this.#times.pop() as number;
    const order = this.#orders.pop() as number;
    const act = this.#acts.pop() as () => void;
    const { length } = this.#times;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && !this.#before(this.#times[child] as number, this.#orders[child] as number, child + 1)) child++;
      if (!this.#before(this.#times[child] as number, this.#orders[child] as number, { time, order })) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, time, order, act);
  }

  #before(time: number, order: number, other: number | { readonly time: number; readonly order: number }): boolean {
    const [otherTime, otherOrder] = typeof other === 'number' ? [this.#times[other] as number, this.#orders[other] as number] : [other.time, other.order];
    return time < otherTime || (time === otherTime && order < otherOrder);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from] as number, this.#orders[from] as number, this.#acts[from] as () => void);
  }

  #put(at: number, time: number, order: number, act: () => void): void {
    this.#times[at] = time;
    this.#orders[at] = order;
    this.#acts[at] = act;
  }
}
