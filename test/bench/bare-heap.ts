/** The least that an agenda can be: a binary heap of times over typed arrays, each with an index of what is to be done. Ties leave in any order. */
export class BareHeap {
  readonly #times: Float64Array;
  readonly #whats: Int32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#whats = new Int32Array(capacity);
  }

  get firstTime(): number {
    return this.#times[0] as number;
  }

  push(time: number, what: number): void {
    const times = this.#times;
    const whats = this.#whats;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((times[parent] as number) <= time) break;
      times[at] = times[parent] as number;
      whats[at] = whats[parent] as number;
      at = parent;
    }
    times[at] = time;
    whats[at] = what;
  }

  pop(): number {
    const times = this.#times;
    const whats = this.#whats;
    const first = whats[0] as number;
    const size = --this.#size;
    const time = times[size] as number;
    const what = whats[size] as number;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (times[child + 1] as number) < (times[child] as number)) child++;
      if ((times[child] as number) >= time) break;
      times[at] = times[child] as number;
      whats[at] = whats[child] as number;
      at = child;
    }
    times[at] = time;
    whats[at] = what;
    return first;
  }
}
