/** By the name that others give a fault: the word of the catalogue that stands for it, or why there is none. `no-op` is no fault at all. */
export type Counterparts = Readonly<Record<string, string | { readonly impossible: string }>>;
