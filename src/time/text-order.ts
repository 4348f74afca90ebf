/** The order of texts, the same on every machine: by UTF-16 code units. To be given to `sort`, which has none of its own here. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
