/** Indexes of an Indexed Job, in order, as its status holds them: `0-2,4`; two in a row as `3,4`. */
export function indexRanges(indexes: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < indexes.length;) {
    let last = at;
    while (indexes[last + 1] === (indexes[last] as number) + 1) last++;
    ranges.push(last === at ? String(indexes[at]) : last === at + 1 ? `${indexes[at]},${indexes[last]}` : `${indexes[at]}-${indexes[last]}`);
    at = last + 1;
  }
  return ranges.join(',');
}

/** The indexes below `completions` that a text as above names, in order. */
export function readIndexes(text: string | undefined, completions: number): number[] {
  const indexes: number[] = [];
  for (const range of (text ?? '').split(',')) {
    const [first = '', last = first] = range.split('-');
    if (first === '') continue;
    for (let index = Number(first); index <= Number(last) && index < completions; index++) indexes.push(index);
  }
  return indexes;
}

/** Both lists as one, in order, each index once. */
export function joined(indexes: readonly number[], others: Iterable<number>): number[] {
  return [...new Set([...indexes, ...others])].sort((left, right) => left - right);
}
