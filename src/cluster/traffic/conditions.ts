/**
 * What the world outside of the cluster's objects is like now: the only thing that faults change in the traffic.
 * Every lever is a stack of adjustments, so that faults overlap and end in any order without residue.
 */
export class Conditions {
  readonly #levers = new Map<string, Map<number, number>>();
  readonly #onChange: () => void;
  #nextId = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Adds one adjustment to a lever; returns how to take it away again. */
  adjust(lever: Lever, target: string, amount: number): () => void {
    const key = `${lever}:${target}`;
    const id = this.#nextId++;
    let adjustments = this.#levers.get(key);
    if (adjustments === undefined) {
      adjustments = new Map();
      this.#levers.set(key, adjustments);
    }
    adjustments.set(id, amount);
    this.#onChange();
    return () => {
      if (adjustments.delete(id)) this.#onChange();
    };
  }

  /** Sum of a lever's adjustments: 0 where nothing is wrong. */
  sum(lever: Lever, target: string): number {
    let total = 0;
    for (const amount of this.#levers.get(`${lever}:${target}`)?.values() ?? []) total += amount;
    return total;
  }

  /** Product of a lever's adjustments: 1 where nothing is wrong. */
  product(lever: Lever, target: string): number {
    let total = 1;
    for (const amount of this.#levers.get(`${lever}:${target}`)?.values() ?? []) total *= amount;
    return total;
  }

  /** The share that at least one of independent adjustments hits: 0 where nothing is wrong. */
  share(lever: Lever, target: string): number {
    let spared = 1;
    for (const amount of this.#levers.get(`${lever}:${target}`)?.values() ?? []) spared *= 1 - amount;
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
