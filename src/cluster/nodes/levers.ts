import type { Conditions, Lever } from '../traffic/conditions.ts';

/** The levers of the traffic that one node moves: each stands where it was put last. */
export class Levers {
  readonly #conditions: Conditions;
  readonly #node: string;
  readonly #moved = new Map<Lever, { readonly amount: number; readonly back: () => void }>();

  constructor(conditions: Conditions, node: string) {
    this.#conditions = conditions;
    this.#node = node;
  }

  /** 0 is where nothing is wrong. */
  move(lever: Lever, amount: number): void {
    const before = this.#moved.get(lever);
    if ((before?.amount ?? 0) === amount) return;
    before?.back();
    this.#moved.delete(lever);
    if (amount !== 0) this.#moved.set(lever, { amount, back: this.#conditions.adjust(lever, this.#node, amount) });
  }
}
