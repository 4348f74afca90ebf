/** By the name that others give a fault: what stands for it here. */
export type Counterparts = Readonly<Record<string, Counterpart>>;

/**
 * A word of the catalogue: the same cause, the same symptoms and the same cure. `no-op` is no fault at all.
 * Several words, or words with settings, where it takes these. With `differs`, what is not as it is there. Or why there is none.
 */
type Counterpart = string | { readonly uses: readonly Use[]; readonly differs?: string } | { readonly impossible: string };

/** A fault of the catalogue with the settings that make it the one that is meant; what it strikes is up to the scenario. */
export interface Use {
  readonly kind: string;
  readonly [setting: string]: string | number | boolean;
}

/** The same, by these faults at once. */
export function same(...uses: readonly (string | Use)[]): Counterpart {
  return { uses: uses.map(use) };
}

/** The nearest there is, and what is not as it is there: a sentence. */
export function near(differs: string, ...uses: readonly (string | Use)[]): Counterpart {
  return { uses: uses.map(use), differs };
}

function use(one: string | Use): Use {
  return typeof one === 'string' ? { kind: one } : one;
}
