import type { Annotations } from './annotations.ts';
import type { BinaryExpr, BinaryOp } from './ast.ts';
import { atan2, power } from './exact-functions.ts';
import { add, divide, multiply, subtract } from './histogram-arithmetic.ts';
import { trimmed } from './histogram-trim.ts';
import { sameHistogram, type NativeHistogram } from './native-histogram.ts';
import { isHistogram, type Value } from './series.ts';

/** What one pair of values makes: a value, and whether a comparison keeps it. */
export interface ElementResult {
  readonly value: Value;
  readonly keep: boolean;
}

/** The result for one pair; null where their types do not fit, which is annotated. Source: vectorElemBinop of promql/engine.go. */
export function elementBinary(notes: Annotations, expr: BinaryExpr, left: Value, right: Value): ElementResult | null {
  const { op } = expr;
  if (!isHistogram(left) && !isHistogram(right) && op !== '</' && op !== '>/') {
    const result = floatBinary(op, left, right);
    return typeof result === 'boolean' ? { value: left, keep: result } : { value: result, keep: true };
  }
  const value = withHistogram(notes, expr, left, right);
  if (value === 'unfit') notes.inform(`incompatible sample types encountered for binary operator "${op}": ${typeName(left)} ${op} ${typeName(right)}`, expr);
  return value === 'unfit' ? null : value;
}

function typeName(value: Value): string {
  return isHistogram(value) ? 'histogram' : 'float';
}

/** A number, or for a comparison whether it holds. */
export function floatBinary(op: BinaryOp, left: number, right: number): number | boolean {
  switch (op) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return left / right;
    case '%': return left % right;
    case '^': return power(left, right);
    case 'atan2': return atan2(left, right);
    case '==': return left === right;
    case '!=': return left !== right;
    case '>': return left > right;
    case '<': return left < right;
    case '>=': return left >= right;
    case '<=': return left <= right;
    case 'and':
    case 'or':
    case 'unless':
    case '</':
    case '>/': return Number.NaN; // Not between numbers.
  }
}

function withHistogram(notes: Annotations, expr: BinaryExpr, left: Value, right: Value): ElementResult | null | 'unfit' {
  const { op } = expr;
  if (isHistogram(left) && isHistogram(right)) {
    if (op === '+' || op === '-') return sumOf(notes, expr, left, right);
    if (op === '==') return { value: left, keep: sameHistogram(left, right) };
    return op === '!=' ? { value: left, keep: !sameHistogram(left, right) } : 'unfit';
  }
  if (isHistogram(right)) return op === '*' && !isHistogram(left) ? { value: multiply(right, left), keep: true } : 'unfit';
  if (!isHistogram(left)) return 'unfit';
  if (op === '*') return { value: multiply(left, right), keep: true };
  if (op === '/') return { value: divide(left, right), keep: true };
  return op === '</' || op === '>/' ? { value: trimmed(left, right, op === '</'), keep: true } : 'unfit';
}

function sumOf(notes: Annotations, expr: BinaryExpr, left: NativeHistogram, right: NativeHistogram): ElementResult | null {
  const sum = expr.op === '+' ? add(left, right) : subtract(left, right);
  const operation = expr.op === '+' ? 'addition' : 'subtraction';
  if (sum === null) {
    notes.warn(`incompatible bucket layout encountered for binary operator ${expr.op}`, expr);
    return null;
  }
  if (sum.collision) notes.warn(`conflicting counter resets during histogram ${operation}`, expr);
  if (sum.reconciled) notes.inform(`mismatched custom buckets were reconciled during ${operation}`, expr);
  return { value: expr.op === '+' ? sum.histogram : { ...sum.histogram, hint: 'gauge' }, keep: true };
}
