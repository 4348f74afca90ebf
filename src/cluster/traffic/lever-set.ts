import type { Conditions, Lever } from './conditions.ts';

/** One lever that follows from how something is: it is moved as long as it is wanted. */
export interface Wanted {
  readonly lever: Lever;
  readonly target: string;
  readonly amount: number;
  /** In which words programs tell of it. */
  readonly says?: string;
}

/** Levers that follow from a state: brought in step with it each time that it may have changed. */
export class LeverSet {
  readonly #conditions: Conditions;
  readonly #moved = new Map<string, { readonly wanted: Wanted; readonly back: () => void }>();

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  /** From now on these are moved, and no others. */
  follow(all: readonly Wanted[]): void {
    const left = new Map(this.#moved);
    all.forEach((wanted) => {
      const key = `${wanted.lever} ${wanted.target} ${wanted.says ?? ''}`;
      const known = this.#moved.get(key);
      left.delete(key);
      if (known?.wanted.amount === wanted.amount) return;
      known?.back();
      this.#moved.set(key, { wanted, back: this.#conditions.adjust(wanted.lever, wanted.target, wanted.amount, wanted.says) });
    });
    for (const [key, { back }] of left) {
      this.#moved.delete(key);
      back();
    }
  }
}
