/** A sum that keeps what each addition lost. Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974. */
export class Summation {
  #sum = 0;
  #lost = 0;

  add(value: number): this {
    const sum = this.#sum + value;
    if (!Number.isFinite(sum)) this.#lost = 0;
    else if (Math.abs(this.#sum) >= Math.abs(value)) this.#lost += this.#sum - sum + value;
    else this.#lost += value - sum + this.#sum;
    this.#sum = sum;
    return this;
  }

  scale(by: number): this {
    this.#sum *= by;
    this.#lost *= by;
    return this;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

export function sumOf(values: readonly number[]): number {
  const sum = new Summation();
  for (const value of values) sum.add(value);
  return sum.value;
}

/** The mean, also where the sum would be beyond all numbers. */
export function meanOf(values: readonly number[]): number {
  const sum = new Summation();
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(sum.value) && Number.isFinite(value)) break;
    sum.add(value);
    count++;
  }
  const plain = sum.value / count;
  if (Number.isFinite(plain) || !values.every((value) => Number.isFinite(value))) return count === values.length ? plain : sumOf(values) / values.length;
  const mean = new Summation();
  values.forEach((value, at) => mean.scale(at / (at + 1)).add(value / (at + 1)));
  return mean.value;
}

/** The mean of squared distances from the mean. */
export function varianceOf(values: readonly number[]): number {
  let mean = 0;
  let squares = 0;
  values.forEach((value, at) => {
    const distance = value - mean;
    mean += distance / (at + 1);
    squares += distance * (value - mean);
  });
  return squares / values.length;
}

/** The value that `share` of all stay below, between its two neighbours; NaN counts as the least. */
export function quantileOf(share: number, values: readonly number[]): number {
  if (values.length === 0 || Number.isNaN(share)) return Number.NaN;
  if (share < 0) return -Infinity;
  if (share > 1) return Infinity;
  const sorted = values.toSorted(ascending);
  const rank = share * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (sorted[lower] as number) * (1 - weight) + (sorted[upper] as number) * weight;
}

/** Least first, NaN before all. */
export function ascending(one: number, other: number): number {
  if (Number.isNaN(one)) return Number.isNaN(other) ? 0 : -1;
  return Number.isNaN(other) ? 1 : one - other;
}
