import { compareTexts } from '../time/text-order.ts';
import { labelKeyProblems, labelValueProblems } from './admission/metadata-rules.ts';
import type { LabelRequirement, LabelSelector } from './api.ts';

/**
 * A label selector as clients write it: `app=web,tier!=db,!old,env in (a,b),cpu>4`; or what is wrong with it, in the words
 * of `labels.Parse` in k8s.io/apimachinery.
 */
export function readLabelSelector(text: string): LabelSelector | { readonly error: string } {
  const tokens = new Tokens(text);
  const requirements: LabelRequirement[] = [];
  try {
    while (!tokens.over) {
      if (!tokens.isName && tokens.next !== '!') throw new SelectorProblem(`found '${tokens.next}', expected: !, identifier, or 'end of string'`);
      requirements.push(requirement(tokens));
      if (tokens.over) break;
      const comma = tokens.take();
      if (comma !== ',') throw new SelectorProblem(`found '${comma}', expected: ',' or 'end of string'`);
      if (!tokens.isName && tokens.next !== '!') throw new SelectorProblem(`found '${tokens.next}', expected: identifier after ','`);
    }
    return requirements;
  } catch (problem) {
    if (problem instanceof SelectorProblem) return { error: problem.message };
    throw problem;
  }
}

/** What is wrong with a selector. Never leaves this file. */
class SelectorProblem extends Error {}

const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = { '=': 'In', '==': 'In', '!=': 'NotIn', in: 'In', notin: 'NotIn', '>': 'Gt', '<': 'Lt' };

function requirement(tokens: Tokens): LabelRequirement {
  const absent = tokens.next === '!' && tokens.take() === '!';
  const key = tokens.isName ? tokens.take() : wrong(`found '${tokens.next}', expected: identifier`);
  const unfit = labelKeyProblems(key);
  if (unfit.length > 0) wrong(`<nil>: Invalid value: ${JSON.stringify(key)}: ${unfit.join('; ')}`);
  if (absent || tokens.over || tokens.next === ',') return { key, operator: absent ? 'DoesNotExist' : 'Exists', values: [] };
  const sign = tokens.take();
  const operator = Object.hasOwn(OPERATORS, sign) ? (OPERATORS[sign] as LabelRequirement['operator']) : wrong(`found '${sign}', expected: in, notin, =, ==, !=, gt, lt`);
  const values = sign === 'in' || sign === 'notin' ? listed(tokens) : [exact(tokens)];
  const problems = values.flatMap((value, at) => valueProblems(key, operator, value, at));
  if (problems.length > 0) wrong(problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`);
  return { key, operator, values };
}

function valueProblems(key: string, operator: LabelRequirement['operator'], value: string, at: number): readonly string[] {
  const number = (operator === 'Gt' || operator === 'Lt') && !/^[+-]?\d+$/.test(value);
  const unfit = labelValueProblems(value);
  return [
    ...(number ? [`values[${at}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`] : []),
    ...(unfit.length === 0 ? [] : [`values[${at}][${key}]: Invalid value: ${JSON.stringify(value)}: ${unfit.join('; ')}`]),
  ];
}

/** `(a,b)`: what is left out between commas is the empty value. */
function listed(tokens: Tokens): readonly string[] {
  const open = tokens.take();
  if (open !== '(') wrong(`found '${open}' expected: '('`);
  if (!tokens.isName && tokens.next !== ',' && tokens.next !== ')') wrong(`found '${tokens.next}', expected: ',', ')' or identifier`);
  const values = new Set<string>();
  for (;;) {
    values.add(tokens.isName ? tokens.take() : '');
    const sign = tokens.take();
    if (sign === ')') return [...values].sort(compareTexts);
    if (sign !== ',') wrong(`found '${sign}', expected: ',' or ')'`);
    if (!tokens.isName && tokens.next !== ',' && tokens.next !== ')') wrong(`found '${tokens.next}', expected: ',', or identifier`);
  }
}

function exact(tokens: Tokens): string {
  if (tokens.over || tokens.next === ',') return '';
  return tokens.isName ? tokens.take() : wrong(`found '${tokens.next}', expected: identifier`);
}

function wrong(what: string): never {
  throw new SelectorProblem(`unable to parse requirement: ${what}`);
}

/** A selector's names and signs, one after the other. */
class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/==|!=|[=!(),<>]|[^=!(),<>\s]+/g) ?? [];
  }

  get over(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** '' at the end. */
  get next(): string {
    return this.#tokens[this.#at] ?? '';
  }

  /** Whether a key or a value is next; `in` and `notin` may be either. */
  get isName(): boolean {
    return !this.over && !/[=!(),<>]/.test(this.next);
  }

  take(): string {
    const taken = this.next;
    this.#at++;
    return taken;
  }
}
