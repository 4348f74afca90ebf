import { compareTexts } from '../../time/text-order.ts';
import type { FileSystem } from './file-system.ts';
import { resolvePath } from './file-system.ts';

/** Whether a whole text fits a shell pattern (`*`, `?`, `[a-z]`, `\\x`). Takes at most as many steps as both are long, multiplied. */
export function fits(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern);
  let token = 0;
  let at = 0;
  let star = -1;
  let resumed = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted === null) {
      star = token++;
      resumed = at;
    } else if (wanted !== undefined && wanted.test(text.charAt(at))) {
      token++;
      at++;
    } else if (star !== -1) {
      token = star + 1;
      at = ++resumed;
    } else return false;
  }
  while (tokens[token] === null) token++;
  return token === tokens.length;
}

/** One expression for each character that a pattern stands for; null for any number of any. */
function tokensOf(pattern: string): (RegExp | null)[] {
  const tokens: (RegExp | null)[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const end = character === '[' ? pattern.indexOf(']', at + (/^\[[!^]?\]/.test(pattern.slice(at, at + 3)) ? 3 : 2)) : -1;
    const set = end === -1 ? null : classOf(pattern.slice(at + 1, end));
    if (character === '*') tokens.push(null);
    else if (character === '?') tokens.push(/[^]/);
    else if (set !== null) {
      tokens.push(new RegExp(set));
      at = end;
    } else tokens.push(new RegExp(quote(character === '\\' ? pattern.charAt(++at) : character)));
  }
  return tokens;
}

function classOf(inner: string): string | null {
  const inverted = /^[!^]/.test(inner);
  const set = inner.slice(inverted ? 1 : 0).replace(/[\\\]^]/g, '\\$&');
  const source = `[${inverted ? '^' : ''}${set}]`;
  try {
    return new RegExp(source).source;
  } catch {
    return null; // such as [z-a], which matches nothing
  }
}

function quote(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The paths that a pattern matches, in order; names that begin with a dot only where the pattern does. */
export function globPaths(files: FileSystem, cwd: string, pattern: string): string[] {
  let found: string[] = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/')) {
    if (part === '') continue;
    const next: string[] = [];
    for (const before of found) {
      const node = files.find(resolvePath(cwd, before));
      if (node?.type !== 'folder') continue;
      const plain = part.replaceAll('\\', '');
      const names = /[*?[]/.test(part) ? [...node.entries.keys()].sort(compareTexts) : node.entries.has(plain) || plain === '.' || plain === '..' ? [plain] : [];
      for (const name of names) {
        if (name.startsWith('.') && !part.startsWith('.')) continue;
        if (name === plain || fits(part, name)) next.push(before === '' || before.endsWith('/') ? `${before}${name}` : `${before}/${name}`);
      }
      if (next.length > MOST_PATHS) break;
    }
    found = next;
  }
  return found.filter((path) => path !== '' && path !== '/');
}

const MOST_PATHS = 10_000;
