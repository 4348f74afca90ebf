import { resolvePath } from '../shell/file-system.ts';
import type { Call } from '../shell/machine.ts';
import type { Steps } from '../shell/process.ts';
import { writeOut } from '../shell/streams.ts';
import { eachInput, linesOf, optionsOf, tried } from './command.ts';
import { expressionOf } from './grep.ts';

interface Edit {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly inverted: boolean;
  readonly verb: 's' | 'd' | 'p' | 'q';
  readonly pattern: RegExp | null;
  readonly replacement: string;
  readonly flags: string;
}

type Address = number | '$' | RegExp;

/** The part of `sed` that people type: `s`, `d`, `p`, `q` with addresses, `-n`, `-e`, `-E`, `-i`. */
export function* sed(call: Call): Steps {
  const { flags, rest } = optionsOf(call.args, 'e');
  const scripts = call.args.flatMap((argument, nth) => (argument === '-e' ? [call.args[nth + 1] ?? ''] : []));
  if (scripts.length === 0) scripts.push(rest.shift() ?? '');
  const edits: Edit[] = [];
  for (const script of scripts) {
    for (const piece of pieces(script)) {
      const edit = read(piece, flags.has('E') || flags.has('r'));
      if (edit === null) {
        call.io.stderr.write(`sed: unsupported command ${piece}\n`);
        return 1;
      }
      edits.push(edit);
    }
  }
  return yield* eachInput(call, rest, function* (input, name) {
    const lines = yield* linesOf(call.task, input);
    const edited = apply(lines, edits, flags.has('n'));
    if (flags.has('i') && name !== '-') tried(name, () => call.machine.files.write(resolvePath(call.cwd, name), edited));
    else yield* writeOut(call.task, call.io.stdout, edited);
  });
}

function pieces(script: string): string[] {
  const found: string[] = [];
  let rest = script.trim();
  while (rest !== '') {
    const substitution = /^[^;sdpq]*s([^\w\s])(?:\\[^]|(?!\1)[^])*\1(?:\\[^]|(?!\1)[^])*\1[gipI\d]*/.exec(rest);
    const piece = substitution?.[0] ?? /^[^;\n]+/.exec(rest)?.[0] ?? rest.charAt(0);
    if (!/^[;\n]$/.test(piece)) found.push(piece.trim());
    rest = rest.slice(piece.length).replace(/^[;\s]+/, '');
  }
  return found;
}

function read(piece: string, extended: boolean): Edit | null {
  const parts = /^(\d+|\$|\/(?:\\.|[^/])*\/)?(?:,(\d+|\$|\/(?:\\.|[^/])*\/))?\s*(!)?\s*([sdpq])(.*)$/s.exec(piece);
  if (parts === null) return null;
  const [, from, to, inverted, verb, tail = ''] = parts;
  const kind = extended ? 'extended' : 'basic';
  const address = (text: string | undefined): Address | null => (text === undefined ? null : text === '$' ? '$' : text.startsWith('/') ? expressionOf(text.slice(1, -1), kind, new Set()) : Number(text));
  const common = { from: address(from), to: address(to), inverted: inverted === '!', verb: verb as Edit['verb'] };
  if (verb !== 's') return { ...common, pattern: null, replacement: '', flags: '' };
  const separator = tail.charAt(0);
  const fields: string[] = [''];
  for (let at = 1; at < tail.length; at++) {
    if (tail.charAt(at) === '\\' && tail.charAt(at + 1) === separator) fields[fields.length - 1] += tail.charAt(++at);
    else if (tail.charAt(at) === '\\') fields[fields.length - 1] += tail.charAt(at) + tail.charAt(++at);
    else if (tail.charAt(at) === separator && fields.length < 3) fields.push('');
    else fields[fields.length - 1] += tail.charAt(at);
  }
  const [source = '', replacement = '', flags = ''] = fields;
  const pattern = expressionOf(source, kind, new Set(/[iI]/.test(flags) ? ['i'] : []));
  return pattern === null || fields.length < 3 ? null : { ...common, pattern: new RegExp(pattern.source, pattern.flags + (flags.includes('g') ? 'g' : '')), replacement, flags };
}

function apply(lines: readonly string[], edits: readonly Edit[], quiet: boolean): string {
  let out = '';
  const inside = new Set<Edit>();
  for (const [nth, original] of lines.entries()) {
    let line = original;
    let dropped = false;
    let quits = false;
    for (const edit of edits) {
      if (applies(edit, nth, lines.length, line, inside) === edit.inverted) continue;
      if (edit.verb === 'd') dropped = true;
      if (edit.verb === 'p') out += `${line}\n`;
      if (edit.verb === 'q') quits = true;
      if (edit.verb === 's' && edit.pattern !== null) {
        const before = line;
        line = line.replace(edit.pattern, (...found: unknown[]) => edit.replacement.replace(/\\(\d)|\\n|\\([^])|&/g, (token, group?: string, plain?: string) => (token === '&' ? String(found[0]) : token === '\\n' ? '\n' : group === undefined ? (plain ?? '') : typeof found[Number(group)] === 'string' ? (found[Number(group)] as string) : '')));
        if (edit.flags.includes('p') && line !== before) out += `${line}\n`;
      }
      if (dropped) break;
    }
    if (!quiet && !dropped) out += `${line}\n`;
    if (quits) break;
  }
  return out;
}

function applies(edit: Edit, nth: number, count: number, line: string, inside: Set<Edit>): boolean {
  const meets = (address: Address): boolean => (address === '$' ? nth === count - 1 : typeof address === 'number' ? nth + 1 === address : address.test(line));
  if (edit.from === null) return true;
  if (edit.to === null) return meets(edit.from);
  if (inside.has(edit)) {
    if (meets(edit.to) || (typeof edit.to === 'number' && nth + 1 >= edit.to)) inside.delete(edit);
    return true;
  }
  if (!meets(edit.from)) return false;
  if (typeof edit.to !== 'number' || edit.to > nth + 1) inside.add(edit);
  return true;
}
