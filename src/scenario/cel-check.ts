import { ParseError } from '@marcbachmann/cel-js';
import type { ASTNode } from '@marcbachmann/cel-js';
import { celEnvironment } from './cel.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';

/** What is wrong with an expression: `offset` counts characters of its text. */
export interface ExpressionTrouble {
  readonly problem: string;
  readonly cure: string;
  readonly offset: number;
}

/** A function of the language that the expression calls with a literal text: `alert('Slow')`. */
export interface LiteralCall {
  readonly name: string;
  readonly argument: string;
  /** Of the argument. */
  readonly offset: number;
}

/** Parses and type-checks an expression, and lists what it names. */
export function checkExpression(expression: string): { trouble: ExpressionTrouble | null; calls: readonly LiteralCall[] } {
  try {
    const parsed = celEnvironment().parse(expression);
    const { valid, error, type } = parsed.check();
    if (!valid) return { trouble: describe(error, expression, typo(parsed.ast)), calls: [] };
    if (type !== 'bool') return { trouble: { problem: `This expression is a ${type ?? 'value'}, not true or false.`, cure: 'Compare it with something, such as `> 6.0`.', offset: 0 }, calls: [] };
    return { trouble: null, calls: literalCalls(parsed.ast) };
  } catch (error) {
    return { trouble: describe(error, expression, null), calls: [] };
  }
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  functions: ['alert', 'said', 'read', 'ticketed', 'claimed', 'acknowledged', 'flag', 'since', 'stage'],
  methods: ['deployment', 'statefulset', 'service', 'images', 'pod'],
  variables: ['slo', 'cluster'],
  fields: ['burn', 'bad', 'p95', 'replicas', 'ready', 'image', 'restarts'],
};

function describe(error: unknown, expression: string, hint: string | null): ExpressionTrouble {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  const said = (summary ?? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable')).replace(/: EOF$/, ': it ends too early');
  const problem = `${error instanceof ParseError ? 'This is no CEL expression' : 'This expression means nothing'}: ${said.charAt(0).toLowerCase()}${said.slice(1)}.`;
  return { problem, cure: hint ?? '', offset: Math.min(range?.start ?? 0, expression.trimEnd().length) };
}

/** "Did you mean" for the first name in the expression that the language does not have. */
function typo(root: ASTNode): string | null {
  let hint: string | null = null;
  visit(root, (node) => {
    if (hint !== null) return;
    if (node.op === 'call') hint = unknown(node.args[0], WORDS['functions'] ?? []);
    if (node.op === 'rcall') hint = unknown(node.args[0], WORDS['methods'] ?? []);
    if (node.op === 'id') hint = unknown(node.args, WORDS['variables'] ?? []);
    if (node.op === '.') hint = unknown(node.args[1], WORDS['fields'] ?? []);
  });
  return hint;
}

function unknown(name: string, known: readonly string[]): string | null {
  return known.includes(name) ? null : didYouMean(name, known);
}

function literalCalls(root: ASTNode): readonly LiteralCall[] {
  const calls: LiteralCall[] = [];
  visit(root, (node) => {
    if (node.op !== 'call' && node.op !== 'rcall') return;
    const list = node.op === 'call' ? node.args[1] : node.args[2];
    const first = list[0];
    if (first?.op === 'value' && typeof first.args === 'string') calls.push({ name: node.args[0], argument: first.args, offset: first.start });
  });
  return calls;
}

/** Parents before children, left to right. */
function visit(node: ASTNode, see: (node: ASTNode) => void): void {
  see(node);
  for (const child of childrenOf(node.args)) visit(child, see);
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
}
