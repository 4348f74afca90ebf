import { isComparison, isSetOp, type AggregateExpr, type BinaryExpr, type CallExpr, type Expr, type ValueType } from './ast.ts';
import { parseError } from './promql-error.ts';
import { SIGNATURES, type Signature } from './signatures.ts';

/** Throws where an expression's parts do not fit. Sentences after checkAST of promql/parser/parse.go. */
export function checkTypes(text: string, expr: Expr): void {
  const check = (one: Expr): void => checkTypes(text, one);
  const fail = (at: number, sentence: string): never => {
    throw parseError(text, at, sentence);
  };
  switch (expr.kind) {
    case 'number':
    case 'string': return;
    case 'paren': return check(expr.expr);
    case 'unary':
      check(expr.expr);
      if (!isOperand(typeOf(expr.expr))) fail(expr.from, `unary expression only allowed on expressions of type scalar or instant vector, got "${typeOf(expr.expr)}"`);
      return;
    case 'selector':
      if (expr.name !== '' && expr.matchers.filter(({ name }) => name === '__name__').length > 1) {
        const other = expr.matchers.find(({ name }) => name === '__name__')?.value ?? '';
        fail(expr.from, `metric name must not be set twice: ${JSON.stringify(expr.name)} or ${JSON.stringify(other)}`);
      }
      if (expr.matchers.every(({ meets }) => meets(''))) fail(expr.from, 'vector selector must contain at least one non-empty matcher');
      return;
    case 'matrix': return check(expr.selector);
    case 'subquery':
      check(expr.expr);
      if (typeOf(expr.expr) !== 'instant vector') fail(expr.from, `subquery is only allowed on instant vector, got ${SHORT[typeOf(expr.expr)]} instead`);
      return;
    case 'aggregate': return checkAggregate(expr, check, fail);
    case 'binary': return checkBinary(expr, check, fail, text);
    case 'call': return checkCall(expr, check, fail);
  }
}

const SHORT: Readonly<Record<ValueType, string>> = { scalar: 'scalar', string: 'string', 'instant vector': 'vector', 'range vector': 'matrix' };

/** What an expression yields. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number': return 'scalar';
    case 'string': return 'string';
    case 'paren': return typeOf(expr.expr);
    case 'unary': return typeOf(expr.expr);
    case 'selector':
    case 'aggregate': return 'instant vector';
    case 'matrix':
    case 'subquery': return 'range vector';
    case 'call': return SIGNATURES.get(expr.name)?.returns ?? 'instant vector';
    case 'binary': return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'instant vector';
  }
}

type Check = (expr: Expr) => void;
type Fail = (at: number, sentence: string) => never;

function isOperand(type: ValueType): boolean {
  return type === 'scalar' || type === 'instant vector';
}

function expectType(expr: Expr, wanted: ValueType, context: string, check: Check, fail: Fail): void {
  check(expr);
  const type = typeOf(expr);
  if (type !== wanted) fail(expr.from, `expected type ${wanted} in ${context}, got ${type}`);
}

function checkAggregate({ op, expr, param }: AggregateExpr, check: Check, fail: Fail): void {
  expectType(expr, 'instant vector', 'aggregation expression', check, fail);
  if (param !== null) expectType(param, op === 'count_values' ? 'string' : 'scalar', 'aggregation parameter', check, fail);
}

function checkBinary(expr: BinaryExpr, check: Check, fail: Fail, text: string): void {
  const { op, left, right, bool, matching } = expr;
  check(left);
  check(right);
  const leftType = typeOf(left);
  const rightType = typeOf(right);
  const operatorAt = left.to + (/^\s*/.exec(text.slice(left.to))?.[0].length ?? 0);
  if (bool && !isComparison(op)) fail(operatorAt, 'bool modifier can only be used on comparison operators');
  if (isComparison(op) && !bool && leftType === 'scalar' && rightType === 'scalar') fail(operatorAt, 'comparisons between scalars must use BOOL modifier');
  const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  if (twice !== undefined) fail(operatorAt, `label ${JSON.stringify(twice)} must not occur in ON and GROUP clause at once`);
  for (const side of [left, right]) {
    if (!isOperand(typeOf(side))) fail(side.from, 'binary expression must contain only scalar and instant vector types');
  }
  const filled = matching.fillLeft !== null || matching.fillRight !== null;
  if (leftType !== 'instant vector' || rightType !== 'instant vector') {
    if (matching.labels.length > 0) fail(expr.from, 'vector matching only allowed between instant vectors');
    if (filled) fail(expr.from, 'filling in missing series only allowed between instant vectors');
    if (isSetOp(op)) fail(expr.from, `set operator ${JSON.stringify(op)} not allowed in binary scalar expression`);
  } else if (isSetOp(op)) {
    if (matching.group !== null) fail(expr.from, `no grouping allowed for ${JSON.stringify(op)} operation`);
    if (filled) fail(expr.from, 'filling in missing series not allowed for set operators');
  }
}

function checkCall(expr: CallExpr, check: Check, fail: Fail): void {
  const { name, args } = expr;
  const { args: wanted, variadic } = SIGNATURES.get(name) as Signature;
  const least = variadic === 0 ? wanted.length : wanted.length - 1;
  const called = `argument(s) in call to ${JSON.stringify(name)}, got ${args.length}`;
  if (variadic === 0 && args.length !== least) fail(expr.from, `expected ${least} ${called}`);
  if (args.length < least) fail(expr.from, `expected at least ${least} ${called}`);
  if (variadic > 0 && args.length > least + variadic) fail(expr.from, `expected at most ${least + variadic} ${called}`);
  args.forEach((arg, at) => {
    const type = wanted[Math.min(at, wanted.length - 1)] as ValueType;
    if (name === 'info' && at === 1) {
      if (arg.kind !== 'selector') fail(arg.from, 'expected label selectors only');
      if (arg.kind === 'selector' && arg.name !== '') fail(arg.from, 'expected label selectors only, got vector selector instead');
      return; // These may match everything.
    }
    expectType(arg, type, `call to function ${JSON.stringify(name)}`, check, fail);
  });
}
