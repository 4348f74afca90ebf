/** Why a query cannot be parsed or evaluated, in Prometheus' own words. Everything in this room throws this and nothing else. */
export class PromqlError extends Error {
  /** Whether the query is at fault by its text alone: HTTP's 400 and `bad_data`, not 422 and `execution`. */
  readonly ofText: boolean;

  constructor(message: string, ofText = false) {
    super(message);
    this.name = 'PromqlError';
    this.ofText = ofText;
  }
}

/** A mistake in the text of a query: `1:5: parse error: unexpected end of input`. */
export function parseError(text: string, at: number, sentence: string): PromqlError {
  return new PromqlError(`${placeOf(text, at)}: parse error: ${sentence}`, true);
}

/** Line and column, both from 1, of a character of the text. */
export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.lastIndexOf('\n') + 1;
  return `${before.split('\n').length}:${at - line + 1}`;
}
