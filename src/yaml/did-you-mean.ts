/**
 * The sentence that offers the nearest of the known words: `Did you mean "checkout"?`. Where none is near it names all
 * that there are, as long as that is short to read; '' where there is nothing to name.
 */
export function didYouMean(word: string, known: Iterable<string>): string {
  const words = [...new Set(known)];
  const near = nearest(word, words) ?? sameEnd(word, words);
  if (near !== null) return `Did you mean "${near}"?`;
  if (words.length === 0 || words.length > 16) return '';
  return `There ${words.length === 1 ? 'is' : 'are'}: ${words.join(', ')}.`;
}

/** `address-check` for `external/address-check`, and `deployment/storefront` for `shop/storefront`: the one that ends alike, or null. */
function sameEnd(word: string, known: readonly string[]): string | null {
  const end = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const alike = known.filter((candidate) => (candidate.includes('/') || word.includes('/')) && end(candidate) === end(word));
  return alike.length === 1 ? (alike[0] as string) : null;
}

/** The known word with the least distance, the first of equals, or null where all are further than a slip of the hand. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const typed = word.slice(0, LONGEST).toLowerCase();
  let best: string | null = null;
  let bestDistance = 1 + Math.max(1, Math.floor(typed.length / 3));
  for (const candidate of known) {
    if (candidate.length > LONGEST) continue;
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const LONGEST = 80;

/** Damerau–Levenshtein distance in its restricted form: insert, delete, replace, swap two neighbours. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let col = 1; col <= to.length; col++) {
      const replaced = (last[col - 1] as number) + (from[row - 1] === to[col - 1] ? 0 : 1);
      let cost = Math.min((last[col] as number) + 1, (current[col - 1] as number) + 1, replaced);
      if (row > 1 && col > 1 && from[row - 1] === to[col - 2] && from[row - 2] === to[col - 1]) {
        cost = Math.min(cost, (beforeLast[col - 2] as number) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] as number;
}
