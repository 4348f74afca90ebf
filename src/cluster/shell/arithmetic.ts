import type { ArithmeticExpression } from 'unbash';
import type { Steps } from './process.ts';
import type { Shell } from './shell.ts';
import type { Io } from './streams.ts';

/** The value of `$((…))`: whole numbers, names are variables, assignments change them. */
export function* evaluate(shell: Shell, expression: ArithmeticExpression, io: Io): Steps {
  switch (expression.type) {
    case 'ArithmeticGroup':
      return yield* evaluate(shell, expression.expression, io);
    case 'ArithmeticWord': {
      const text = expression.parts === undefined ? expression.value : yield* shell.textOf(expression.parts, io);
      return numberOf(shell, text.trim(), 0);
    }
    case 'ArithmeticCommandExpansion':
      return numberOf(shell, (yield* shell.substitute(expression.script, io)).trim(), 0);
    case 'ArithmeticTernary':
      return (yield* evaluate(shell, expression.test, io)) !== 0 ? yield* evaluate(shell, expression.consequent, io) : yield* evaluate(shell, expression.alternate, io);
    case 'ArithmeticUnary': {
      const value = yield* evaluate(shell, expression.operand, io);
      const { operator, prefix } = expression;
      if (operator === '++' || operator === '--') {
        const next = value + (operator === '++' ? 1 : -1);
        assign(shell, expression.operand, next);
        return prefix ? next : value;
      }
      return operator === '-' ? -value : operator === '!' ? Number(value === 0) : operator === '~' ? ~value : value;
    }
    case 'ArithmeticBinary': {
      const { operator, left, right } = expression;
      if (operator === '&&') return (yield* evaluate(shell, left, io)) !== 0 && (yield* evaluate(shell, right, io)) !== 0 ? 1 : 0;
      if (operator === '||') return (yield* evaluate(shell, left, io)) !== 0 || (yield* evaluate(shell, right, io)) !== 0 ? 1 : 0;
      const value = yield* evaluate(shell, right, io);
      if (operator === '=') return assign(shell, left, value);
      if (operator.endsWith('=') && !['==', '!=', '<=', '>='].includes(operator)) {
        return assign(shell, left, apply(shell, operator.slice(0, -1), yield* evaluate(shell, left, io), value));
      }
      return apply(shell, operator, yield* evaluate(shell, left, io), value);
    }
  }
}

function assign(shell: Shell, target: ArithmeticExpression, value: number): number {
  if (target.type !== 'ArithmeticWord') return shell.fail('arithmetic syntax error', 2);
  shell.set(target.value.trim(), String(value));
  return value;
}

function numberOf(shell: Shell, text: string, depth: number): number {
  if (text === '') return 0;
  if (/^[+-]?\d+$/.test(text)) return /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number(text);
  const value = /^[A-Za-z_]\w*$/.test(text) && depth < 8 ? (shell.get(text) ?? '') : null;
  return value === null ? shell.fail(`arithmetic expression: expecting primary: "${text}"`, 2) : numberOf(shell, value.trim(), depth + 1);
}

function apply(shell: Shell, operator: string, left: number, right: number): number {
  if ((operator === '/' || operator === '%') && right === 0) return shell.fail('divide by zero', 2);
  const known = OPERATORS[operator];
  return known === undefined ? shell.fail('arithmetic syntax error', 2) : known(left, right);
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => Math.trunc(left / right),
  '%': (left, right) => left % right,
  '**': (left, right) => Array.from({ length: Math.min(64, Math.max(0, right)) }).reduce((product: number) => product * left, 1),
  '<<': (left, right) => left << right,
  '>>': (left, right) => left >> right,
  '&': (left, right) => left & right,
  '|': (left, right) => left | right,
  '^': (left, right) => left ^ right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  ',': (_, right) => right,
};
