/** One thing that a verdict asks of the world, with what it found. */
export interface Check {
  /** What is asked, as a sentence or as the scenario's own condition. */
  readonly check: string;
  readonly holds: boolean;
  /** What was seen: values, names, numbers. */
  readonly seen: string;
}

/** `slo.burn < 1.0 for 5m: slo.burn is 13.2`. */
export function checkWords({ check, seen }: Check): string {
  return seen === '' ? check : `${check}: ${seen}`;
}

/** Those that do not hold, in words. */
export function failedWords(checks: readonly Check[]): string[] {
  return checks.filter(({ holds }) => !holds).map(checkWords);
}
