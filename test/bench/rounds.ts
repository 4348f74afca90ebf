/** Medians of what was measured in rounds, and how far the rounds of ours lie apart. */
export interface Compared {
  readonly ours: number;
  readonly peer: number;
  readonly noise: number;
}

/**
 * Measures ours and the peer by turns, so that a machine that gets busier or slower meets both. Who goes first alternates
 * too. A third as many rounds come first for warming up and are not counted.
 */
export function compare(rounds: number, ours: () => number, peer: () => number): Compared {
  const mine: number[] = [];
  const theirs: number[] = [];
  const warmUps = Math.ceil(rounds / 3);
  for (let round = 0; round < warmUps + rounds; round++) {
    if (round % 2 === 0) theirs.push(peer());
    mine.push(ours());
    if (round % 2 === 1) theirs.push(peer());
  }
  return { ours: median(mine.slice(warmUps)), peer: median(theirs.slice(warmUps)), noise: spread(mine.slice(warmUps)) };
}

/**
 * Milliseconds of processor time, of all threads, that some work took: the compiler's and the garbage collector's too. No
 * collection is forced before it: when the last object of a shape is gone, V8 throws the code away that was made for it.
 */
export function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The middle half of the values lies within so much, as a share of their median. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}
