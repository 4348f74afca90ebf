import type { CompoundCommand, TestExpression } from 'unbash';
import { evaluate } from './arithmetic.ts';
import { expandPattern, expandText, expandWords } from './expansion.ts';
import { fits } from './glob.ts';
import { Exit, type Steps } from './process.ts';
import { Leave } from './leave.ts';
import type { Shell } from './shell.ts';
import type { Io } from './streams.ts';
import { testBinary, testUnary } from './test-expression.ts';

/** Runs loops, conditions, groups and the like. */
export function* runCompound(shell: Shell, node: CompoundCommand, io: Io): Steps {
  switch (node.type) {
    case 'If': {
      for (const branch of [node, ...node.elif]) if ((yield* shell.tolerating(branch.clause, io)) === 0) return yield* shell.statements(branch.then.commands, io);
      shell.status = 0;
      return node.else === undefined ? 0 : yield* shell.statements(node.else.commands, io);
    }
    case 'For': {
      const values = node.wordlist === undefined ? [...shell.positional] : yield* expandWords(shell, node.wordlist, io);
      let nth = 0;
      // eslint-disable-next-line require-yield
      return yield* loop(shell, function* () {
        if (nth >= values.length) return false;
        shell.set(node.name.value, values[nth++] as string);
        return true;
      }, () => shell.statements(node.body.commands, io));
    }
    case 'While': {
      const wanted = node.kind === 'while';
      return yield* loop(shell, function* () {
        return ((yield* shell.tolerating(node.clause, io)) === 0) === wanted;
      }, () => shell.statements(node.body.commands, io));
    }
    case 'ArithmeticFor': {
      if (node.initialize !== undefined) yield* evaluate(shell, node.initialize, io);
      let first = true;
      return yield* loop(shell, function* () {
        if (!first && node.update !== undefined) yield* evaluate(shell, node.update, io);
        first = false;
        return node.test === undefined || (yield* evaluate(shell, node.test, io)) !== 0;
      }, () => shell.statements(node.body.commands, io));
    }
    case 'Case':
      return yield* choose(shell, node, io);
    case 'Subshell': {
      const inner = shell.fork(shell.task);
      inner.tolerant = shell.tolerant;
      try {
        return yield* inner.statements(node.body.commands, io);
      } catch (error) {
        if (error instanceof Exit) return error.code;
        throw error;
      }
    }
    case 'BraceGroup':
      return yield* shell.statements(node.body.commands, io);
    case 'ArithmeticCommand':
      return node.expression !== undefined && (yield* evaluate(shell, node.expression, io)) !== 0 ? 0 : 1;
    case 'TestCommand':
      return (yield* testHolds(shell, node.expression, io)) ? 0 : 1;
    case 'Select':
      return shell.fail('select: not supported', 2);
  }
}

/** Runs the first branch of a `case` that fits. */
function* choose(shell: Shell, node: Extract<CompoundCommand, { type: 'Case' }>, io: Io): Steps {
  const word = yield* expandText(shell, node.word, io);
  for (const { pattern: patterns, body } of node.items) {
    for (const pattern of patterns) if (fits(yield* expandPattern(shell, pattern, io), word)) return yield* shell.statements(body.commands, io);
  }
  return 0;
}

function* loop(shell: Shell, goesOn: () => Steps<boolean>, body: () => Steps): Steps {
  let code = 0;
  for (;;) {
    const pause = shell.task.tire();
    if (pause > 0) yield pause;
    try {
      if (!(yield* goesOn())) return code;
      code = yield* body();
    } catch (error) {
      if (!(error instanceof Leave) || (error.what !== 'break' && error.what !== 'continue')) throw error;
      if (error.levels > 1) throw new Leave(error.what, error.levels - 1, error.code);
      if (error.what === 'break') return 0;
    }
  }
}

function* testHolds(shell: Shell, expression: TestExpression, io: Io): Steps<boolean> {
  switch (expression.type) {
    case 'TestGroup':
      return yield* testHolds(shell, expression.expression, io);
    case 'TestNot':
      return (yield* testHolds(shell, expression.operand, io)) === (expression.negations.length % 2 === 0);
    case 'TestLogical': {
      for (const operand of expression.operands) if ((yield* testHolds(shell, operand, io)) === (expression.operator === '||')) return expression.operator === '||';
      return expression.operator === '&&';
    }
    case 'TestUnary':
      return testUnary(shell, expression.operator, yield* expandText(shell, expression.operand, io));
    case 'TestBinary': {
      const left = yield* expandText(shell, expression.left, io);
      if (['=', '==', '!='].includes(expression.operator)) return fits(yield* expandPattern(shell, expression.right, io), left) === (expression.operator !== '!=');
      return testBinary(shell, left, expression.operator, yield* expandText(shell, expression.right, io)) ?? false;
    }
  }
}
