import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { AggregateOp, At, BinaryExpr, BinaryOp, Duration, Expr, Matching } from './ast.ts';
import { METRIC_NAME } from './labels.ts';
import { numberOf, unquoted } from './literals.ts';
import { matcher, type Matcher, type MatchOp } from './matcher.ts';
import { parseError } from './promql-error.ts';
import { problemOfTree } from './tree-problem.ts';
import { checkTypes } from './type-check.ts';

/** More nested than this is nothing that anybody wrote. */
const DEEPEST = 400;
const LONGEST = 20_000;

/** The expression that a text says, with its types checked. Throws a `PromqlError` and nothing else. */
export function parse(text: string): Expr {
  if (text.trim() === '') throw parseError(text, 0, 'no expression found in input');
  if (text.length > LONGEST) throw parseError(text, 0, 'the query is too long');
  const tree = parser.parse(readable(text));
  const problem = problemOfTree(text, tree);
  if (problem !== null) throw parseError(text, problem.at, problem.sentence);
  const top = tree.topNode.firstChild;
  if (top === null) throw parseError(text, 0, 'no expression found in input');
  const expr = new TreeReader(text).expr(top, 0);
  checkTypes(text, expr);
  return expr;
}

/**
 * The text as the grammar can read it, every character in its place: it knows no point at the end of a number, functions of
 * durations by small letters only, and `min_of` nowhere but in durations (`minute` reads as well and is as long).
 */
function readable(text: string): string {
  let brackets = 0;
  return text.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|(?<![\w:.])\d+\.(?![\d\w])|[[\]]|\b(?:step|range|min_of|max_of)(?=\s*\()/gi, (part, at: number) => {
    if (part === '[' || part === ']') brackets += part === '[' ? 1 : -1;
    else if (/^\d/.test(part)) return `${part.slice(0, -1)} `;
    else if (/^m.._of$/i.test(part)) return brackets > 0 || followsOffset(text.slice(0, at)) ? part.toLowerCase() : 'minute';
    else if (/^(?:step|range)$/i.test(part)) return part.toLowerCase();
    return part;
  });
}

/** Whether what comes next is still the length of an `offset`. */
function followsOffset(before: string): boolean {
  const since = /\boffset\b((?:(?!\boffset\b)[\w\s(),.+\-*/%^])*)$/i.exec(before)?.[1];
  return since !== undefined && (/^[\s+-]*$/.test(since) || since.split('(').length > since.split(')').length);
}

/** Turns the nodes of the grammar into expressions. */
class TreeReader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expr(node: SyntaxNode, depth: number): Expr {
    if (depth > DEEPEST) throw parseError(this.#text, node.from, 'the expression is nested too deeply');
    const place = { from: node.from, to: node.to };
    const inner = (at = 0): Expr => this.expr(childrenOf(node)[at] as SyntaxNode, depth + 1);
    switch (node.name) {
      case 'NumberDurationLiteral': return { ...place, kind: 'number', value: this.#number(node) };
      case 'StringLiteral': return { ...place, kind: 'string', value: this.#string(node) };
      case 'ParenExpr': return { ...place, kind: 'paren', expr: inner() };
      case 'UnaryExpr': return { ...place, kind: 'unary', op: this.#said(node.firstChild) === '-' ? '-' : '+', expr: inner(1) };
      case 'VectorSelector': return this.#selector(node);
      case 'MatrixSelector': return this.#matrix(node, inner());
      case 'SubqueryExpr': return this.#subquery(node, inner());
      case 'OffsetExpr': return this.#shifted(node, inner(), { offset: this.#duration(childrenOf(node)[2] as SyntaxNode, depth) });
      case 'StepInvariantExpr': return this.#shifted(node, inner(), { at: this.#at(childrenOf(node)[2] as SyntaxNode) });
      case 'AnchoredExpr': return this.#extended(node, inner(), 'anchored');
      case 'SmoothedExpr': return this.#extended(node, inner(), 'smoothed');
      case 'AggregateExpr': return this.#aggregate(node, depth);
      case 'FunctionCall': {
        const body = node.getChild('FunctionCallBody');
        return { ...place, kind: 'call', name: this.#said(node.firstChild).toLowerCase(), args: childrenOf(body).map((arg) => this.expr(arg, depth + 1)) };
      }
      case 'BinaryExpr': return this.#binary(node, depth);
      default: throw parseError(this.#text, node.from, `unexpected ${JSON.stringify(this.#said(node))}`);
    }
  }

  #said(node: SyntaxNode | null): string {
    return node === null ? '' : this.#text.slice(node.from, node.to);
  }

  #number(node: SyntaxNode): number {
    const value = numberOf(this.#said(node).replaceAll(/\s+/g, ''));
    if (value === null) throw parseError(this.#text, node.from, `bad number or duration syntax: ${JSON.stringify(this.#said(node))}`);
    return value;
  }

  #string(node: SyntaxNode): string {
    const value = unquoted(this.#said(node));
    if (value === null) throw parseError(this.#text, node.from, this.#said(node).length > 1 && this.#said(node).at(-1) === this.#said(node)[0] ? `error unquoting string ${JSON.stringify(this.#said(node))}: invalid syntax` : 'unterminated quoted string');
    return value;
  }

  #selector(node: SyntaxNode): Expr {
    const name = this.#said(node.getChild('Identifier'));
    const matchers: Matcher[] = [];
    for (const one of childrenOf(node.getChild('LabelMatchers'))) matchers.push(this.#matcher(one));
    if (name !== '') matchers.push(matcher(METRIC_NAME, '=', name) as Matcher);
    return { from: node.from, to: node.to, kind: 'selector', name, matchers, offset: null, at: null, extended: null };
  }

  #matcher(node: SyntaxNode): Matcher {
    if (node.name === 'QuotedLabelName') return matcher(METRIC_NAME, '=', this.#string(node.firstChild as SyntaxNode)) as Matcher;
    const [label, op, value] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
    const name = label.name === 'QuotedLabelName' ? this.#string(label.firstChild as SyntaxNode) : this.#said(label);
    const made = matcher(name, this.#said(op) as MatchOp, this.#string(value));
    if ('problem' in made) throw parseError(this.#text, node.from, made.problem);
    return made;
  }

  #matrix(node: SyntaxNode, of: Expr): Expr {
    const place = { from: node.from, to: node.to };
    if (of.kind !== 'selector') throw parseError(this.#text, of.to, 'ranges only allowed for vector selectors');
    if (of.offset !== null) throw parseError(this.#text, of.to, 'no offset modifiers allowed before range');
    if (of.at !== null) throw parseError(this.#text, of.to, 'no @ modifiers allowed before range');
    return { ...place, kind: 'matrix', selector: of, range: this.#range(node.getChild('DurationExpr') as SyntaxNode) };
  }

  #subquery(node: SyntaxNode, of: Expr): Expr {
    const [range, step] = node.getChildren('DurationExpr') as [SyntaxNode, SyntaxNode | undefined];
    return { from: node.from, to: node.to, kind: 'subquery', expr: of, range: this.#range(range), step: step === undefined ? null : this.#range(step), offset: null, at: null };
  }

  #shifted(node: SyntaxNode, of: Expr, by: { readonly offset: Duration } | { readonly at: At }): Expr {
    const word = 'at' in by ? '@' : 'offset';
    const place = { from: of.from, to: node.to };
    // The grammar lets a modifier follow any expression; it belongs to what stands right before it.
    if (of.kind === 'unary') return { ...of, ...place, expr: this.#shifted(node, of.expr, by) };
    if (of.kind === 'binary') return { ...of, ...place, right: this.#shifted(node, of.right, by) };
    const target = of.kind === 'matrix' ? of.selector : of;
    if (target.kind !== 'selector' && target.kind !== 'subquery') {
      throw parseError(this.#text, of.from, `${word} modifier must be preceded by an instant vector selector or range vector selector or a subquery`);
    }
    if ('at' in by ? target.at !== null : target.offset !== null) {
      throw parseError(this.#text, of.from, 'at' in by ? '@ <timestamp> may not be set multiple times' : 'offset may not be set multiple times');
    }
    if (of.kind === 'matrix') return { ...of, ...place, selector: { ...of.selector, ...by } };
    return { ...target, ...place, ...by };
  }

  #extended(node: SyntaxNode, of: Expr, extended: 'anchored' | 'smoothed'): Expr {
    const place = { from: of.from, to: node.to };
    if (of.kind === 'matrix' && of.selector.extended === null) return { ...of, ...place, selector: { ...of.selector, extended } };
    if (of.kind === 'selector' && of.extended === null) return { ...of, ...place, extended };
    if (of.kind === 'matrix' || of.kind === 'selector') throw parseError(this.#text, of.from, 'anchored and smoothed modifiers cannot be used together');
    throw parseError(this.#text, of.from, `${extended} modifier ${of.kind === 'subquery' ? 'is not supported for subqueries' : 'must be preceded by an instant or range vector selector'}`);
  }

  #at(node: SyntaxNode): At {
    if (node.name === 'AtModifierPreprocessors') return node.firstChild?.name === 'AtEnd' ? 'end' : 'start';
    const seconds = this.#number(node);
    if (!Number.isFinite(seconds) || Math.abs(seconds) > 9.2e15) throw parseError(this.#text, node.from, `timestamp out of bounds for @ modifier: ${seconds}`);
    return Math.round(seconds * 1000);
  }

  #duration(node: SyntaxNode, depth: number): Duration {
    if (depth > DEEPEST) throw parseError(this.#text, node.from, 'the duration is nested too deeply');
    const place = { from: node.from, to: node.to };
    const children = childrenOf(node);
    const [first, second, third] = children as [SyntaxNode, SyntaxNode | undefined, SyntaxNode | undefined];
    const at = (one: SyntaxNode): Duration => this.#duration(one, depth + 1);
    switch (first.name) {
      case 'NumberDurationLiteralInDurationContext': return { ...place, kind: 'seconds', value: this.#number(first) };
      case 'DurationStep': return { ...place, kind: 'step' };
      case 'DurationRange': return { ...place, kind: 'range' };
      case 'DurationMinOf':
      case 'DurationMaxOf': return { ...place, kind: 'sum', op: first.name === 'DurationMinOf' ? 'min_of' : 'max_of', left: at(second as SyntaxNode), right: at(third as SyntaxNode) };
      case 'UnaryOp': return this.#said(first) === '-' ? { ...place, kind: 'negative', of: at(second as SyntaxNode) } : at(second as SyntaxNode);
      default:
        if (second === undefined) return at(first);
        return { ...place, kind: 'sum', op: this.#said(second) as '+', left: at(first), right: at(third as SyntaxNode) };
    }
  }

  /** A duration that has to be above zero, as far as that is known by its text alone. */
  #range(node: SyntaxNode): Duration {
    const duration = this.#duration(node, 0);
    if (duration.kind === 'seconds' && duration.value <= 0) throw parseError(this.#text, node.from, 'duration must be greater than 0');
    return duration;
  }

  #aggregate(node: SyntaxNode, depth: number): Expr {
    const modifier = node.getChild('AggregateModifier');
    const args = childrenOf(node.getChild('FunctionCallBody')).map((arg) => this.expr(arg, depth + 1));
    const op = this.#said(node.firstChild).toLowerCase() as AggregateOp;
    const takes = WITH_PARAMETER.has(op) ? 2 : 1;
    if (args.length === 0) throw parseError(this.#text, node.from, 'no arguments for aggregate expression provided');
    if (args.length !== takes) throw parseError(this.#text, node.from, `wrong number of arguments for aggregate expression provided, expected ${takes}, got ${args.length}`);
    return {
      from: node.from, to: node.to, kind: 'aggregate', op, expr: args.at(-1) as Expr, param: takes === 2 ? (args[0] as Expr) : null,
      grouping: this.#names(modifier?.getChild('GroupingLabels') ?? null), without: modifier?.getChild('Without') != null,
    };
  }

  #names(node: SyntaxNode | null): string[] {
    return childrenOf(node).map((label) => (label.name === 'QuotedLabelName' ? this.#string(label.firstChild as SyntaxNode) : this.#said(label)));
  }

  #binary(node: SyntaxNode, depth: number): Expr {
    const children = childrenOf(node);
    const [first, operator] = children as [SyntaxNode, SyntaxNode];
    const left = this.expr(first, depth + 1);
    const right = this.expr(children.at(-1) as SyntaxNode, depth + 1);
    const op = this.#said(operator).toLowerCase() as BinaryOp;
    const made = (own: Expr): Expr => ({ from: own.from, to: node.to, kind: 'binary', op, left: own, right, bool: node.getChild('BoolModifier') !== null, matching: this.#matching(node) });
    // A sign belongs to the whole power, but the grammar reads it as part of the number.
    if (op === '^' && left.kind === 'number' && first.name === 'NumberDurationLiteral' && /^[-+]/.test(this.#said(first))) {
      const unsigned: Expr = { ...left, from: left.from + 1, value: numberOf(this.#said(first).slice(1).trim()) as number };
      return { from: node.from, to: node.to, kind: 'unary', op: this.#said(first).startsWith('-') ? '-' : '+', expr: made(unsigned) };
    }
    return left.kind === 'binary' && (first.name === 'OffsetExpr' || first.name === 'StepInvariantExpr') ? rebalanced(left, op, made) : made(left);
  }

  #matching(node: SyntaxNode): Matching {
    const clause = node.getChild('MatchingModifierClause');
    const [labels, include] = clause?.getChildren('GroupingLabels') ?? [];
    const fill = node.getChild('FillModifier');
    const filled = (name: string): number | null => {
      const value = fill?.getChild(name)?.getChild('NumberDurationLiteral') ?? null;
      return value === null ? null : this.#number(value);
    };
    const both = filled('FillClause');
    return {
      on: clause?.getChild('On') != null,
      labels: this.#names(labels ?? null),
      group: clause?.getChild('GroupLeft') != null ? 'left' : clause?.getChild('GroupRight') != null ? 'right' : null,
      include: this.#names(include ?? null),
      fillLeft: both ?? filled('FillLeftClause'),
      fillRight: both ?? filled('FillRightClause'),
    };
  }
}

const STRENGTH: Readonly<Record<BinaryOp, number>> = {
  or: 1, and: 2, unless: 2, '==': 3, '!=': 3, '<': 3, '>': 3, '<=': 3, '>=': 3, '</': 3, '>/': 3, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5, atan2: 5, '^': 6,
};

/** `a + b offset 5m * c`, which the grammar reads as `(a + b offset 5m) * c`, with the stronger operator first. */
function rebalanced(left: BinaryExpr, op: BinaryOp, made: (own: Expr) => Expr): Expr {
  if (STRENGTH[left.op] >= STRENGTH[op]) return made(left);
  const right = left.right.kind === 'binary' ? rebalanced(left.right, op, made) : made(left.right);
  return { ...left, to: right.to, right };
}

const WITH_PARAMETER: ReadonlySet<AggregateOp> = new Set(['topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio']);

function childrenOf(node: SyntaxNode | null): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}
