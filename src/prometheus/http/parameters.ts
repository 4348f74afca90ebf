import { durationSeconds } from '../../promql/literals.ts';
import type { Matcher } from '../../promql/matcher.ts';
import { parse } from '../../promql/parse.ts';
import { PromqlError } from '../../promql/promql-error.ts';
import { failed, type HttpAnswer, type Parameters } from './answers.ts';

/** Unix milliseconds of a time as the API takes it, RFC 3339 or Unix seconds; null where the text is none. */
function instantMs(text: string): number | null {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(seconds)) return Math.round(seconds * 1000);
  const parsed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

/** Milliseconds of a step: seconds, or a duration such as `15s`; null where the text is none. */
export function stepMs(text: string): number | null {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(seconds)) return Math.round(seconds * 1000);
  const duration = durationSeconds(text);
  return duration === null ? null : Math.round(duration * 1000);
}

/** The time that a parameter names, or what to answer where it names none. */
export function timeOf(parameters: Parameters, name: string, otherwise: number): number | HttpAnswer {
  const text = parameters.get(name)?.[0];
  if (text === undefined || text === '') return otherwise;
  return instantMs(text) ?? invalid(name, `Invalid time value for '${name}': ${noTime(text)}`);
}

/** The same where it has to be given: `start` and `end` of a range. */
export function neededTime(parameters: Parameters, name: string): number | HttpAnswer {
  const text = parameters.get(name)?.[0] ?? '';
  return instantMs(text) ?? invalid(name, noTime(text));
}

function noTime(text: string): string {
  return `cannot parse ${JSON.stringify(text)} to a valid timestamp`;
}

export function invalid(name: string, sentence: string): HttpAnswer {
  return failed(400, 'bad_data', `invalid parameter ${JSON.stringify(name)}: ${sentence}`);
}

/** The series selectors of `match[]`, or what to answer where one is none. */
export function selectorsOf(parameters: Parameters): { readonly all: readonly (readonly Matcher[])[] } | HttpAnswer {
  const all: (readonly Matcher[])[] = [];
  for (const text of parameters.get('match[]') ?? []) {
    if (text.trim() === '') return invalid('match[]', '1:1: parse error: unexpected end of input');
    try {
      const expr = parse(text);
      if (expr.kind !== 'selector' || expr.offset !== null || expr.at !== null) return invalid('match[]', '1:1: parse error: expected a series selector');
      all.push(expr.matchers);
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      return invalid('match[]', error.message);
    }
  }
  return { all };
}
