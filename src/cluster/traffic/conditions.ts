/**
 * What is wrong in the world now, as far as the traffic feels it: moved by nodes, resolvers, servers of data and the like as
 * long as their state says so, and by faults where the cause lies outside of the cluster. Every lever is a stack of
 * adjustments, so that causes overlap and end in any order without residue.
 */
export class Conditions {
  /** Adjustments by lever, then target. A lever that nothing moves has no entry: looking it up costs nothing. */
  readonly #levers = new Map<Lever, Map<string, Map<number, number>>>();
  readonly #onChange: (lever: Lever, target: string) => void;
  readonly #words = new Map<number, { readonly lever: Lever; readonly target: string; readonly says: string }>();
  #nextId = 0;

  /** `onChange` is told of each adjustment that is added or taken away. */
  constructor(onChange: (lever: Lever, target: string) => void) {
    this.#onChange = onChange;
  }

  /** Adds one adjustment to a lever, with the words in which programs tell of it where they do; returns how to take it away again. */
  adjust(lever: Lever, target: string, amount: number, says?: string): () => void {
    const id = this.#nextId++;
    if (says !== undefined) this.#words.set(id, { lever, target, says });
    const targets = this.#levers.get(lever) ?? new Map<string, Map<number, number>>();
    const adjustments = targets.get(target) ?? new Map<number, number>();
    this.#levers.set(lever, targets.set(target, adjustments.set(id, amount)));
    this.#onChange(lever, target);
    return () => {
      if (!adjustments.delete(id)) return;
      this.#words.delete(id);
      if (adjustments.size === 0) targets.delete(target);
      if (targets.size === 0) this.#levers.delete(lever);
      this.#onChange(lever, target);
    };
  }

  /** Whether anything moves a lever. */
  moves(lever: Lever): boolean {
    return this.#levers.has(lever);
  }

  /** In which words programs tell of a lever: those of the first adjustment that has some; null for the usual ones. */
  words(lever: Lever, target: string): string | null {
    for (const told of this.#words.values()) if (told.lever === lever && told.target === target) return told.says;
    return null;
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
 * What can be moved. Targets: a party outside by its name; a Service `NAMESPACE/NAME`; a workload (Deployment, StatefulSet …)
 * `NAMESPACE/NAME`; a node by its name; a zone or region by its name, or two of them as `ONE~OTHER` in the order of the alphabet; a way
 * `NAMESPACE/WORKLOAD→NAMESPACE/SERVICE`; a lock `NAMESPACE/SERVICE/LOCK`; `cluster`. What is said of a program is said of all
 * that runs as a workload, of all that runs an image `REPOSITORY:TAG`, of all on a node, or of one container (`hardship.ts`).
 */
export type Lever =
  /** Party: ms added to each answer. */
  | 'external-latency'
  /** Party: share of answers that are errors. */
  | 'external-errors'
  /** Party: requests a second that it takes before it answers 429; added to what its description grants, so negative ones take away. */
  | 'external-quota'
  /** Service: ms added to each call of it. */
  | 'network-latency'
  /** Service: share of its calls that get lost, and time out. */
  | 'network-loss'
  /** Service: share of the packets of its calls that arrive with a wrong checksum, and are sent again. */
  | 'packet-corruption'
  /** Service: KiB a second that the way to it carries, and KiB of an answer where that is not the usual size. */
  | 'bandwidth'
  | 'answer-size'
  /** Node: ms added to each call from or to its pods. */
  | 'node-latency'
  /** Node: share of calls from or to its pods that get lost. */
  | 'node-loss'
  /** Zone: ms added to each call that leaves or enters it; of two zones, between them. */
  | 'zone-latency'
  /** Zone: share of calls that leave or enter it and get lost; of two zones, between them. 1 is a partition. */
  | 'zone-loss'
  /** Region: share of what leaves or enters it and gets lost; of two regions, written as two zones are, between them. */
  | 'region-loss'
  /** Way: share of a workload's calls to a Service that get lost. */
  | 'way-loss'
  /** Way: share of a workload's calls to a Service that are refused by policy (403). */
  | 'way-denied'
  /** Node: share of its connection table that somebody else's connections take; what lacks room beyond 1 is dropped. */
  | 'conntrack'
  /** Node: entries by which its connection table is larger than the usual one. */
  | 'conntrack-table'
  /** `cluster`: ms that each look-up of a name takes longer. */
  | 'dns-latency'
  /** `cluster`: share of look-ups that end in SERVFAIL. */
  | 'dns-errors'
  /** Service, or `cluster` for all: above 0, its name is not known (NXDOMAIN). */
  | 'dns-missing'
  /** Node: ms by which its clock is ahead; below 0 it is behind. Certificates are judged by it. */
  | 'clock-skew'
  /** Workload: share of its calls for which it opens a new connection; a kept-alive pool opens 5%. */
  | 'connection-churn'
  /** Service: factor on what users send. */
  | 'load'
  /** Lock: above 0, a session that is not its user's holds it. */
  | 'lock-held'
  /** Program: connections to databases that each of its pods loses in a minute, until a restart. */
  | 'leak'
  /** Cache: counted; each change empties it. */
  | 'cache-loss'
  /** Cache: factor on its hit ratio. */
  | 'cache-hit'
  /** Database: factor on the work of each statement: a worse plan, bloat. */
  | 'query-factor'
  /** Database: share of statements that fail: a column that is not there, a role without rights. */
  | 'query-errors'
  /** Database: ms that its disk adds to each statement. */
  | 'disk-latency'
  /** Database: share of its disk that something else has filled; at 1 every statement fails. */
  | 'disk-used'
  /** Topic `NAMESPACE/BROKER/TOPIC`: partitions that a message which nobody can read holds up. */
  | 'poison'
  /** Topic: messages a second that somebody else produces. */
  | 'messages'
  /** Program: factor on its CPU work: a hot loop, a costly pattern. */
  | 'cpu-factor'
  /** Program: factor on the cores that its pods may use. */
  | 'cpu-limit'
  /** Program: threads of another process in its container that compute without end. */
  | 'spinners'
  /** Program: ms for which each request holds its thread without work: a slow disk, a sleep. */
  | 'work-latency'
  /** Program: share of requests that fail in its program. */
  | 'work-errors'
  /** Program: share of time for which all its threads stand still: collections by hand. */
  | 'pauses'
  /** Program: MiB of heap that each of its pods loses in a minute, until a restart. */
  | 'heap-growth'
  /** Program: MiB of memory that something in each of its pods takes at once. */
  | 'heap'
  /** Program: file descriptors that each of its pods loses in a minute, until a restart. */
  | 'file-leak'
  /** Program: threads that each of its pods loses to a deadlock in a minute, until a restart. */
  | 'threads-stuck'
  /** Node: cores that something beside its pods takes. */
  | 'node-cpu';
