import type { AnyObject } from '../cluster/store.ts';

/** A list that is read in parts. It is whole and immutable, so that every part shows the same moment. */
export interface Snapshot {
  readonly objects: readonly AnyObject[];
  readonly version: number;
  /** Where the next part begins. */
  readonly from: number;
}

/** Lists of which clients have read a part. The oldest are forgotten: their readers get 410 and list anew. */
export class Snapshots {
  readonly #kept = new Map<string, Snapshot>();
  #nth = 0;

  /** Returns the token for the rest of the list. */
  keep(snapshot: Snapshot): string {
    const token = `${snapshot.version}.${snapshot.from}.${++this.#nth}`;
    this.#kept.set(token, snapshot);
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value as string);
    return token;
  }

  /** Undefined where it is forgotten, or never was. */
  resume(token: string): Snapshot | undefined {
    return this.#kept.get(token);
  }
}

const MOST = 256;
