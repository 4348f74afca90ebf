import type { FileSystem } from './file-system.ts';
import { resolvePath } from './file-system.ts';

/** A shell pattern (`*`, `?`, `[a-z]`, `\x`) as a regular expression, tied to start and end where asked. */
export function patternOf(pattern: string, flags = '', fromStart = true, toEnd = true): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '*') {
      // Several stars mean one; as a regular expression they would take forever.
      if (pattern.charAt(at - 1) !== '*' || pattern.charAt(at - 2) === '\\') source += '[^]*';
    } else if (character === '?') source += '[^]';
    else if (character === '\\') source += quote(pattern.charAt(++at));
    else if (character === '[') {
      const end = pattern.indexOf(']', at + (/^\[[!^]?\]/.test(pattern.slice(at)) ? 3 : 2));
      const set = end === -1 ? null : classOf(pattern.slice(at + 1, end));
      if (set === null) source += '\\[';
      else {
        source += set;
        at = end;
      }
    } else source += quote(character);
  }
  return new RegExp(`${fromStart ? '^' : ''}${source}${toEnd ? '$' : ''}`, flags);
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
    const expression = patternOf(part);
    for (const before of found) {
      const node = files.find(resolvePath(cwd, before));
      if (node?.type !== 'folder') continue;
      const plain = part.replaceAll('\\', '');
      const names = /[*?[]/.test(part) ? [...node.entries.keys()].sort((one, other) => (one < other ? -1 : 1)) : node.entries.has(plain) || plain === '.' || plain === '..' ? [plain] : [];
      for (const name of names) {
        if (name.startsWith('.') && !part.startsWith('.')) continue;
        if (name === plain || expression.test(name)) next.push(before === '' || before.endsWith('/') ? `${before}${name}` : `${before}/${name}`);
      }
      if (next.length > MOST_PATHS) break;
    }
    found = next;
  }
  return found.filter((path) => path !== '' && path !== '/');
}

const MOST_PATHS = 10_000;
