import type { Kind, KindMap } from '../objects.ts';

/** How `kubectl get` prints a kind: its columns, those that `-o wide` adds, and a row with both. AGE and labels are added by the caller's columns. */
export interface KindTable<K extends Kind> {
  readonly columns: readonly string[];
  readonly wide: readonly string[];
  row(object: KindMap[K], nowUnixMs: number): readonly string[];
}
