import type { BlamelessComplaint } from '../blameless.ts';

/** Exceptions that an author asked for: `<!-- blameless-ignore RULE: why -->` on the line or the one above it. */
export interface Ignores {
  ignored(line: number, rule: string): boolean;
  /** Exceptions without a reason. */
  readonly complaints: readonly { readonly at: number; readonly complaint: BlamelessComplaint }[];
}

const IGNORE = /<!--\s*blameless-ignore\s+([\w-]+)\s*(?::\s*(.*?))?\s*-->/g;

export function ignoresOf(markdown: string): Ignores {
  const allowed = new Set<string>();
  const complaints: { at: number; complaint: BlamelessComplaint }[] = [];
  for (const match of markdown.matchAll(IGNORE)) {
    const before = markdown.slice(0, match.index);
    const line = before.split('\n').length;
    if ((match[2] ?? '') !== '') {
      allowed.add(`${line} ${match[1]}`).add(`${line + 1} ${match[1]}`);
      continue;
    }
    const col = match.index - before.lastIndexOf('\n');
    complaints.push({ at: match.index, complaint: { line, col, rule: 'ignore-without-reason', text: match[0], rewrite: 'say why after a colon' } });
  }
  return { ignored: (line, rule) => allowed.has(`${line} ${rule}`), complaints };
}
