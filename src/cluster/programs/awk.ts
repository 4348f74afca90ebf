import type { Call } from '../shell/machine.ts';
import type { Steps } from '../shell/process.ts';
import { writeOut } from '../shell/streams.ts';
import { eachInput, linesOf, optionsOf } from './command.ts';

/** The one use of `awk` that everybody has: `[/pattern/ | NR==1] {print $1, $NF}`; anything more is refused. */
export function* awk(call: Call): Steps {
  const { values, rest } = optionsOf(call.args, 'Fv');
  const program = rest.shift() ?? '';
  const parts = /^\s*(?:\/((?:\\.|[^/])*)\/|(NR\s*(?:==|>|<|>=|<=|!=)\s*\d+))?\s*(?:\{\s*print\s*([^{}]*?);?\s*\})?\s*$/.exec(program);
  if (parts === null || program.trim() === '') {
    call.io.stderr.write(`awk: cmd. line:1: ${program}: unsupported program\n`);
    return 2;
  }
  const [, pattern, count, shown = ''] = parts;
  const separator = values.get('F') ?? ' ';
  return yield* eachInput(call, rest, function* (input) {
    const out: string[] = [];
    for (const [nth, line] of (yield* linesOf(call.task, input)).entries()) {
      if (pattern !== undefined && !matches(pattern, line)) continue;
      if (count !== undefined && !counted(count, nth + 1)) continue;
      const fields = separator === ' ' ? line.trim().split(/\s+/) : line.split(separator);
      out.push(`${shown === '' ? line : shown.split(',').map((piece) => value(piece.trim(), line, fields, nth + 1)).join(' ')}\n`);
    }
    yield* writeOut(call.task, call.io.stdout, out.join(''));
  });
}

/** Texts, fields and NR, NF side by side are joined. */
function value(piece: string, line: string, fields: readonly string[], nr: number): string {
  return (piece.match(/"(?:\\.|[^"])*"|\$NF|\$\d+|NR|NF|\d+/g) ?? []).map((token) => {
    if (token.startsWith('"')) return token.slice(1, -1).replaceAll('\\t', '\t').replaceAll('\\n', '\n');
    if (token === '$0') return line;
    if (token === '$NF') return fields.at(-1) ?? '';
    if (token.startsWith('$')) return fields[Number(token.slice(1)) - 1] ?? '';
    return token === 'NR' ? String(nr) : token === 'NF' ? String(fields.length) : token;
  }).join('');
}

function matches(pattern: string, line: string): boolean {
  try {
    return new RegExp(pattern).test(line.slice(0, 8_192));
  } catch {
    return false;
  }
}

function counted(condition: string, nr: number): boolean {
  const [, operator = '', limit = ''] = /NR\s*(==|>=|<=|>|<|!=)\s*(\d+)/.exec(condition) ?? [];
  const number = Number(limit);
  return ({ '==': nr === number, '>': nr > number, '<': nr < number, '>=': nr >= number, '<=': nr <= number, '!=': nr !== number } as Readonly<Record<string, boolean>>)[operator] ?? false;
}
