import type { Answer } from '../answer.ts';

/** With RFC 7234's `Warning` header, as clients print it. */
export function warned(answer: Answer, warnings: readonly string[]): Answer {
  if (answer.kind !== 'whole' || warnings.length === 0) return answer;
  const text = bounded(warnings).map((one) => `299 - "${one.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`).join(', ');
  const before = answer.headers['warning'];
  return { ...answer, headers: { ...answer.headers, warning: before === undefined ? text : `${text}, ${before}` } };
}

/** What a decoder minds in a body: each thing once, and a hundred at most. Source: `saveStrictError` of sigs.k8s.io/json. */
export function decodingProblems(problems: readonly string[]): readonly string[] {
  return problems.length < 2 ? problems : [...new Set(problems)].slice(0, 100);
}

/** Clients take headers of a few KiB only: where warnings are more, each is cut short. Source: apiserver's WithWarningRecorder. */
function bounded(warnings: readonly string[]): readonly string[] {
  const once = [...new Set(warnings)];
  if (once.reduce((sum, { length }) => sum + length, 0) <= MOST_CHARACTERS) return once;
  let left = MOST_CHARACTERS;
  const short: string[] = [];
  for (const one of once) {
    if (left <= 0) break;
    short.push(one.slice(0, MOST_OF_ONE));
    left -= Math.min(one.length, MOST_OF_ONE);
  }
  return short;
}

const MOST_CHARACTERS = 4 * 1024;
const MOST_OF_ONE = 256;
