import type { SyntaxNode, Tree } from '@lezer/common';
import { SIGNATURES } from './signatures.ts';

/** The first place where the grammar could not go on, said as near to Prometheus' own words as the grammar allows; null where it could. */
export function problemOfTree(text: string, tree: Tree): { readonly at: number; readonly sentence: string } | null {
  let error: SyntaxNode | null = null;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && error === null) error = node.node;
      return error === null;
    },
  });
  if (error === null) return null;
  const wrong: SyntaxNode = error;
  const unknown = unknownFunction(text, wrong);
  if (unknown !== null) return unknown;
  const at = nextToken(text, wrong.from);
  return bracketProblem(text, at) ?? { at, sentence: `unexpected ${tokenAt(text, at)}${contextOf(wrong, text, at)}` };
}

/** What the lexer sees before anything else: brackets that are not closed or were not opened, and what cannot be in braces. */
function bracketProblem(text: string, at: number): { readonly at: number; readonly sentence: string } | null {
  const open: string[] = [];
  for (const [part] of text.slice(0, at).matchAll(/"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`[^`]*`?|#[^\n]*|[()[\]{}]/g)) {
    if ('([{'.includes(part)) open.push(part);
    else if (part.length === 1 && ')]}'.includes(part)) open.pop();
  }
  const innermost = open.at(-1);
  const character = text[at];
  if (character === undefined) {
    const said = { '(': 'unclosed left parenthesis', '[': 'unclosed left bracket', '{': 'unexpected end of input inside braces' }[innermost ?? ''];
    return said === undefined ? null : { at: text.length, sentence: said };
  }
  if (character === ')' && open.length === 0) return { at: at + 1, sentence: "unexpected right parenthesis ')'" };
  if (innermost === '{' && /[\d+\-*/%^<>()[\]]/.test(character)) return { at, sentence: `unexpected character inside braces: '${character}'` };
  return null;
}

/** `foo(…)` where there is no such function reads as a selector and something wrong after it. */
function unknownFunction(text: string, wrong: SyntaxNode): { readonly at: number; readonly sentence: string } | null {
  const called = /([a-zA-Z_:][\w:]*)\s*$/.exec(text.slice(0, wrong.from));
  if (called === null || !/^\s*\(/.test(text.slice(wrong.from))) return null;
  const name = called[1] as string;
  return SIGNATURES.has(name) || WORDS.test(name) ? null : { at: called.index, sentence: `unknown function with name ${JSON.stringify(name)}` };
}

const WORDS = /^(?:and|or|unless|atan2|by|without|on|ignoring|group_left|group_right|bool|offset)$/i;
const AGGREGATES = /^(?:sum|avg|count|min|max|group|stddev|stdvar|topk|bottomk|quantile|count_values|limitk|limit_ratio)$/i;

/** Where the next token begins, after white space and comments. */
function nextToken(text: string, from: number): number {
  const skipped = /^(?:\s|#[^\n]*)*/.exec(text.slice(from)) as RegExpExecArray;
  return from + skipped[0].length;
}

function tokenAt(text: string, at: number): string {
  const rest = text.slice(at);
  if (rest === '') return 'end of input';
  const word = /^[a-zA-Z_:][\w:]*/.exec(rest)?.[0];
  if (word !== undefined) {
    if (AGGREGATES.test(word)) return `<aggr:${word.toLowerCase()}>`;
    if (/^(?:and|or|unless|atan2)$/i.test(word)) return `<op:${word.toLowerCase()}>`;
    return WORDS.test(word) ? `<${word.toLowerCase()}>` : `identifier ${JSON.stringify(word)}`;
  }
  const number = /^(?:\d[\w.]*|\.\d[\w.]*)/.exec(rest)?.[0];
  if (number !== undefined) return `number ${JSON.stringify(number)}`;
  const string = /^(["'`])[\s\S]*?\1/.exec(rest)?.[0];
  if (string !== undefined) return `string ${JSON.stringify(string)}`;
  const operator = /^(?:==|!=|<=|>=|=~|!~|[-+*/%^<>])/.exec(rest)?.[0];
  if (operator !== undefined) return `<op:${operator}>`;
  const [character = ''] = rest;
  return '(){}[],:='.includes(character) ? JSON.stringify(character) : `character: ${JSON.stringify(character)}`;
}

const CONTEXTS: Readonly<Record<string, string>> = {
  LabelMatchers: ' in label matching', QuotedLabelMatcher: ' in label matching',
  GroupingLabels: ' in grouping opts', AggregateModifier: ' in grouping opts, expected "("', AggregateExpr: ' in aggregation', StepInvariantExpr: ' in @', OffsetExpr: ' in offset',
  MatrixSelector: ' in subquery or range', SubqueryExpr: ' in subquery or range',
};

function contextOf(wrong: SyntaxNode, text: string, at: number): string {
  if (wrong.parent?.name === 'UnquotedLabelMatcher') return ` in label matching, expected ${/[=~]\s*$/.test(text.slice(0, at)) ? 'string' : 'label matching operator'}`;
  return CONTEXTS[wrong.parent?.name ?? ''] ?? '';
}
