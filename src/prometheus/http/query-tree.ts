import type { At, Duration, Expr, SelectorExpr, ValueType } from '../../promql/ast.ts';
import { durationMs } from '../../promql/durations.ts';
import type { Matcher } from '../../promql/matcher.ts';
import { SIGNATURES } from '../../promql/signatures.ts';
import { numberText } from '../exposition.ts';

/** An expression as `/api/v1/parse_query` gives it away. Source: web/api/v1/translate_ast.go of Prometheus. */
export function queryTree(expr: Expr): object {
  switch (expr.kind) {
    case 'number': return { type: 'numberLiteral', val: numberText(expr.value) };
    case 'string': return { type: 'stringLiteral', val: expr.value };
    case 'paren': return { type: 'parenExpr', expr: queryTree(expr.expr) };
    case 'unary': return { type: 'unaryExpr', op: expr.op, expr: queryTree(expr.expr) };
    case 'selector': return { type: 'vectorSelector', ...selected(expr) };
    case 'matrix': return { type: 'matrixSelector', range: plainMs(expr.range), ...selected(expr.selector) };
    case 'subquery': return { type: 'subquery', expr: queryTree(expr.expr), range: plainMs(expr.range), step: expr.step === null ? 0 : plainMs(expr.step), ...shifted(expr) };
    case 'aggregate': return { type: 'aggregation', op: expr.op, expr: queryTree(expr.expr), param: expr.param === null ? null : queryTree(expr.param), grouping: expr.grouping, without: expr.without };
    case 'call': {
      const { args = [], variadic = 0, returns = 'instant vector' } = SIGNATURES.get(expr.name) ?? {};
      return { type: 'call', func: { name: expr.name, argTypes: args.map(typeName), variadic, returnType: typeName(returns) }, args: expr.args.map(queryTree) };
    }
    case 'binary': {
      const { on, labels, group, include } = expr.matching;
      const card = group === 'left' ? 'many-to-one' : group === 'right' ? 'one-to-many' : expr.op === 'and' || expr.op === 'or' || expr.op === 'unless' ? 'many-to-many' : 'one-to-one';
      const scalar = [expr.left, expr.right].some(({ kind }) => kind === 'number');
      return { type: 'binaryExpr', op: expr.op, lhs: queryTree(expr.left), rhs: queryTree(expr.right), matching: scalar ? null : { card, labels, on, include }, bool: expr.bool };
    }
  }
}

function selected({ name, matchers, ...rest }: SelectorExpr): object {
  return { name, matchers: matchers.map(({ name: label, value, op }: Matcher) => ({ name: label, value, type: op })), ...shifted(rest) };
}

function shifted({ at, offset }: { readonly at: At | null; readonly offset: Duration | null }): object {
  return { offset: offset === null ? 0 : plainMs(offset), timestamp: typeof at === 'number' ? at : null, startOrEnd: typeof at === 'string' ? at : null };
}

/** Milliseconds; 0 for what depends on the query's own step or range. */
function plainMs(duration: Duration): number {
  return duration.kind === 'seconds' || duration.kind === 'negative' ? durationMs(duration, { fromMs: 0, toMs: 0, stepMs: 0 }, true) : 0;
}

function typeName(type: ValueType): string {
  return { scalar: 'scalar', string: 'string', 'instant vector': 'vector', 'range vector': 'matrix' }[type];
}
