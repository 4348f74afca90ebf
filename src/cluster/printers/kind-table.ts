import type { Kind, KindMap } from '../objects.ts';

/** As the API names them; a `date` is a time as objects carry it. */
export type ColumnType = 'integer' | 'boolean' | 'date';

/** How `kubectl get` prints a kind: its columns, those that `-o wide` adds, and a row with both. AGE and labels are added by the caller's columns. */
export interface KindTable<K extends Kind> {
  readonly columns: readonly string[];
  readonly wide: readonly string[];
  /** All heads as `-o wide` shows them, where its own do not simply come last. */
  readonly wideOrder?: readonly string[];
  /** What columns hold that is no text. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  row(object: KindMap[K], nowUnixMs: number): readonly string[];
}

/** Where each head of the wide table stands in the cells of a row. */
export function wideOrderOf({ columns, wide, wideOrder }: Pick<KindTable<Kind>, 'columns' | 'wide' | 'wideOrder'>): readonly number[] {
  const heads = [...columns, ...wide];
  return wideOrder === undefined ? heads.map((_, at) => at) : wideOrder.map((head) => heads.indexOf(head));
}
