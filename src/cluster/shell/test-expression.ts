import { resolvePath } from './file-system.ts';
import type { Shell } from './shell.ts';

/** `[ … ]`: whether it holds; a text is the complaint about it. Sources: POSIX `test`, with `-a`, `-o`, `!` and parentheses. */
export function test(shell: Shell, args: readonly string[]): boolean | string {
  const left = [...args];
  const either = (): boolean | string => {
    let holds = both();
    while (left[0] === '-o') {
      left.shift();
      const other = both();
      if (typeof other === 'string') return other;
      holds = holds === true || other ? true : holds;
    }
    return holds;
  };
  const both = (): boolean | string => {
    let holds = one();
    while (left[0] === '-a') {
      left.shift();
      const other = one();
      if (typeof other === 'string') return other;
      holds = holds === true ? other : holds;
    }
    return holds;
  };
  const one = (): boolean | string => {
    if (left.length === 0) return 'argument expected';
    if (left[0] === '!' && left.length > 1) {
      left.shift();
      const holds = one();
      return typeof holds === 'string' ? holds : !holds;
    }
    if (left[0] === '(' && left.length > 2) {
      left.shift();
      const holds = either();
      return left.shift() === ')' ? holds : 'missing )';
    }
    if (left.length >= 3 && isBinary(left[1] as string)) {
      const [first, operator, second] = left.splice(0, 3) as [string, string, string];
      return testBinary(shell, first, operator, second) ?? `${/^-?\d+$/.test(first.trim()) ? second : first}: bad number`;
    }
    if (left.length >= 2 && /^-[a-zA-Z]$/.test(left[0] as string) && left[0] !== '-a' && left[0] !== '-o') {
      const [operator, operand] = left.splice(0, 2) as [string, string];
      return testUnary(shell, operator, operand);
    }
    return left.shift() !== '';
  };
  if (left.length === 0) return false;
  const holds = either();
  return typeof holds === 'string' || left.length === 0 ? holds : `${left[0]}: unknown operand`;
}

export function testUnary(shell: Shell, operator: string, operand: string): boolean {
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  if (operator === '-t') return false;
  if (operator === '-v') return shell.get(operand) !== undefined;
  const path = resolvePath(shell.cwd, operand);
  const node = operand === '' ? undefined : shell.machine.files.find(path);
  switch (operator) {
    case '-L': case '-h': return shell.machine.files.findLink(path)?.type === 'link';
    case '-f': return node?.type === 'file';
    case '-d': return node?.type === 'folder';
    case '-c': return node?.type === 'device';
    case '-s': return node?.type === 'file' && node.bytes.length > 0;
    case '-x': return node !== undefined && node.type !== 'link' && (node.type === 'device' || (node.mode & 0o111) !== 0);
    case '-e': case '-r': case '-w': return node !== undefined;
    default: return false;
  }
}

/** Null where a number was expected and is none. */
export function testBinary(shell: Shell, left: string, operator: string, right: string): boolean | null {
  switch (operator) {
    case '=': case '==': return left === right;
    case '!=': return left !== right;
    case '<': return left < right;
    case '>': return left > right;
    case '=~': return matches(left, right);
    case '-nt': case '-ot': {
      const [one, other] = [left, right].map((path) => shell.machine.files.find(resolvePath(shell.cwd, path)));
      const [first, second] = [one, other].map((node) => (node?.type === 'file' || node?.type === 'folder' ? node.changedAtMs : -Infinity)) as [number, number];
      return operator === '-nt' ? first > second : first < second;
    }
  }
  if (!/^\s*[+-]?\d+\s*$/.test(left) || !/^\s*[+-]?\d+\s*$/.test(right)) return null;
  const [one, other] = [Number(left), Number(right)];
  switch (operator) {
    case '-eq': return one === other;
    case '-ne': return one !== other;
    case '-lt': return one < other;
    case '-le': return one <= other;
    case '-gt': return one > other;
    default: return one >= other;
  }
}

/** A text as long as this is matched against no expression of people's own. */
const LONGEST_MATCHED = 4_096;

function matches(text: string, expression: string): boolean {
  if (text.length > LONGEST_MATCHED || expression.length > 256 || /[*+}][^)]*\)[*+{]/.test(expression)) return false;
  try {
    return new RegExp(expression).test(text);
  } catch {
    return false;
  }
}

function isBinary(operator: string): boolean {
  return ['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'].includes(operator);
}
