import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One file of the program, read and parsed for the house rules. */
export interface Source {
  /** From the repository's root, with slashes: `src/time/agenda.ts`. */
  readonly path: string;
  /** The room, or `cli` for what stands beside the rooms. */
  readonly room: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  readonly program: Node;
  readonly lineOf: (offset: number) => number;
}

export interface Import {
  /** As written. */
  readonly from: string;
  /** The file it names, from the root, where it is one of ours. */
  readonly file: string | null;
  readonly typesOnly: boolean;
  readonly line: number;
}

/** A node of the syntax tree (ESTree with TypeScript), as loosely typed as walking it needs. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Parses a text as the file at `path`. Throws where it is no TypeScript. */
export function sourceOf(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const lineStarts = [0, ...Array.from(text.matchAll(/\n/g), (match) => match.index + 1)];
  const lineOf = (offset: number): number => lineStarts.findLastIndex((start) => start <= offset) + 1;
  const place = (from: string, typesOnly: boolean, offset: number): Import => ({
    from,
    file: from.startsWith('.') ? posix.join(posix.dirname(path), from) : null,
    typesOnly,
    line: lineOf(offset),
  });
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const imports = [
    ...staticImports.map(({ moduleRequest, entries, start }) =>
      place(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType), start)),
    ...staticExports.flatMap(({ entries, start }) =>
      entries.flatMap(({ moduleRequest, isType }) => (moduleRequest === null ? [] : [place(moduleRequest.value, isType, start)]))),
    ...dynamicImports.map(({ moduleRequest }) =>
      place(text.slice(moduleRequest.start, moduleRequest.end).replaceAll(/^['"`]|['"`]$/g, ''), false, moduleRequest.start)),
  ];
  const [, room = ''] = path.split('/');
  return {
    path,
    room: room.includes('.') ? 'cli' : room,
    lineCount: text.endsWith('\n') ? lineStarts.length - 1 : lineStarts.length,
    imports,
    program: parsed.program as unknown as Node,
    lineOf,
  };
}

/** Every TypeScript file under a folder of the repository, in order of path. */
export function sourcesUnder(root: string, folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
}

/** Calls back for every node below, parents first. */
export function visit(node: Node, see: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  see(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (typeof child === 'object' && child !== null && 'type' in child) visit(child as Node, see, node);
    }
  }
}
