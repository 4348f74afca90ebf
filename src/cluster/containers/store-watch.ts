import type { Kind } from '../objects.ts';
import type { ObjectStore, WatchListener } from '../store.ts';

/** Tells programs in containers of writes to kinds that they watch, and stops when they end. Nothing is followed that nobody has ever watched. */
export class StoreWatch {
  readonly #store: ObjectStore;
  readonly #told = new Map<Kind, Set<WatchListener>>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** `told` is called inside of the write: it must only note what came. Returns how to stop. */
  follow(kinds: readonly Kind[], told: WatchListener): () => void {
    for (const kind of kinds) this.#of(kind).add(told);
    return () => {
      for (const kind of kinds) this.#of(kind).delete(told);
    };
  }

  #of(kind: Kind): Set<WatchListener> {
    let all = this.#told.get(kind);
    if (all === undefined) {
      const known = new Set<WatchListener>();
      this.#told.set(kind, (all = known));
      const listener: WatchListener = (type, object, previous) => {
        for (const told of known) told(type, object, previous);
      };
      this.#store.watchKind(kind, listener);
    }
    return all;
  }
}
