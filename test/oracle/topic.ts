import type { EventQueue } from './event-queue.ts';
import type { PodOf, TopicOf } from './world.ts';

/** How a consumer handles one message: calls back when it is done, well or not. */
type Handle = (pod: PodOf, ended: (failed: boolean) => void) => void;

/** Who fails at a message reads it again so soon. */
const AGAIN_MS = 100;

/** When each message of a partition was produced; those before the head are done with. */
interface Line {
  readonly producedMs: number[];
  head: number;
  busy: boolean;
}

/** The partitions of a topic: each a line of messages that one consumer reads one after the other. */
export class Topic {
  readonly #lines: Line[];
  readonly #queue: EventQueue;
  readonly #dice: () => number;
  readonly #of: TopicOf;
  readonly #handle: Handle;

  constructor(queue: EventQueue, dice: () => number, of: TopicOf, handle: Handle) {
    this.#queue = queue;
    this.#dice = dice;
    this.#of = of;
    this.#handle = handle;
    this.#lines = Array.from({ length: of.spec.partitions }, () => ({ producedMs: [], head: 0, busy: false }));
    this.#hearStrangers();
  }

  /** Messages that are not yet done with. */
  get lag(): number {
    let total = 0;
    for (const { producedMs, head } of this.#lines) total += producedMs.length - head;
    return total;
  }

  produce(): void {
    const at = Math.floor(this.#dice() * this.#lines.length);
    this.#lines[at]?.producedMs.push(this.#queue.nowMs);
    this.#read(at);
  }

  #read(at: number): void {
    const line = this.#lines[at] as Line;
    const { consumers, spec } = this.#of;
    if (line.busy || consumers.length === 0) return;
    while (line.head < line.producedMs.length && (line.producedMs[line.head] as number) + spec.retentionMs < this.#queue.nowMs) line.head++;
    if (line.head === line.producedMs.length) return;
    if (line.head > 1_000) {
      line.producedMs.splice(0, line.head);
      line.head = 0;
    }
    line.busy = true;
    this.#handle(consumers[at % consumers.length] as PodOf, (failed) => {
      line.busy = false;
      if (failed) return this.#queue.in(AGAIN_MS, () => this.#read(at));
      line.head++;
      this.#read(at);
    });
  }

  /** Somebody else's messages, as many as the world has at a time. */
  #hearStrangers(): void {
    const perS = this.#of.strangersPerS();
    if (perS === 0) return this.#queue.in(1_000, () => this.#hearStrangers());
    this.#queue.in((-Math.log(1 - this.#dice()) * 1_000) / perS, () => {
      this.produce();
      this.#hearStrangers();
    });
  }
}
