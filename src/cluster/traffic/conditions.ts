/**
 * What the world outside of the cluster's objects is like now: the only thing that faults change in the traffic.
 * Every lever is a stack of adjustments, so that faults overlap and end in any order without residue.
 */
export class Conditions {
  /** Adjustments by lever, then target. A lever that nothing moves has no entry: looking it up costs nothing. */
  readonly #levers = new Map<Lever, Map<string, Map<number, number>>>();
  readonly #onChange: (lever: Lever, target: string) => void;
  #nextId = 0;

  /** `onChange` is told of each adjustment that is added or taken away. */
  constructor(onChange: (lever: Lever, target: string) => void) {
    this.#onChange = onChange;
  }

  /** Adds one adjustment to a lever; returns how to take it away again. */
  adjust(lever: Lever, target: string, amount: number): () => void {
    const id = this.#nextId++;
    const targets = this.#levers.get(lever) ?? new Map<string, Map<number, number>>();
    const adjustments = targets.get(target) ?? new Map<number, number>();
    this.#levers.set(lever, targets.set(target, adjustments.set(id, amount)));
    this.#onChange(lever, target);
    return () => {
      if (!adjustments.delete(id)) return;
      if (adjustments.size === 0) targets.delete(target);
      if (targets.size === 0) this.#levers.delete(lever);
      this.#onChange(lever, target);
    };
  }

  /** Whether anything moves a lever. */
  moves(lever: Lever): boolean {
    return this.#levers.has(lever);
  }

  /** Sum of a lever's adjustments: 0 where nothing is wrong. */
  sum(lever: Lever, target: string): number {
    const adjustments = this.#levers.get(lever)?.get(target);
    if (adjustments === undefined) return 0;
    let total = 0;
    for (const amount of adjustments.values()) total += amount;
    return total;
  }

  /** Product of a lever's adjustments: 1 where nothing is wrong. */
  product(lever: Lever, target: string): number {
    const adjustments = this.#levers.get(lever)?.get(target);
    if (adjustments === undefined) return 1;
    let total = 1;
    for (const amount of adjustments.values()) total *= amount;
    return total;
  }

  /** The share that at least one of independent adjustments hits: 0 where nothing is wrong. */
  share(lever: Lever, target: string): number {
    const adjustments = this.#levers.get(lever)?.get(target);
    if (adjustments === undefined) return 0;
    let spared = 1;
    for (const amount of adjustments.values()) spared *= 1 - amount;
    return 1 - spared;
  }
}

/**
 * `external-latency` (ms added), `external-errors` (share), `network-latency` (ms added to each call of a Service),
 * `network-loss` (share of its calls lost), `load` (factor), `lock-held` (above 0: held), `leak` (connections a pod
 * loses each minute), `cache-loss` (counted: each change empties the cache).
 */
export type Lever =
  | 'external-latency'
  | 'external-errors'
  | 'network-latency'
  | 'network-loss'
  | 'load'
  | 'lock-held'
  | 'leak'
  | 'cache-loss';
