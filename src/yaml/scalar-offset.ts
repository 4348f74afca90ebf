import type { Scalar } from 'yaml';

/**
 * The offset in the file of the character at `index` of the text that a scalar stands for. Exact for scalars on one
 * line and for block scalars without folding; elsewhere the scalar's start.
 */
export function offsetInScalar(scalar: Scalar, text: string, index: number): number {
  const [start, end] = scalar.range ?? [0, 0];
  const written = text.slice(start, end);
  if (scalar.type === 'BLOCK_LITERAL') return start + inBlock(written, index);
  if (written.includes('\n')) return start;
  if (scalar.type === 'PLAIN') return start + index;
  if (scalar.type === 'QUOTE_SINGLE') return start + skipQuoted(written, index, (at) => (written[at] === "'" ? 2 : 1));
  return scalar.type === 'QUOTE_DOUBLE' ? start + skipQuoted(written, index, (at) => escapeLength(written, at)) : start;
}

function skipQuoted(written: string, index: number, lengthAt: (at: number) => number): number {
  let at = 1;
  for (let passed = 0; passed < index && at < written.length - 1; passed++) at += lengthAt(at);
  return Math.min(at, written.length);
}

function escapeLength(written: string, at: number): number {
  if (written[at] !== '\\') return 1;
  const kind = written[at + 1];
  return kind === 'x' ? 4 : kind === 'u' ? 6 : kind === 'U' ? 10 : 2;
}

function inBlock(written: string, index: number): number {
  const lines = written.split('\n');
  const indent = /^ */.exec(lines.find((line, nth) => nth > 0 && line.trim() !== '') ?? '')?.[0].length ?? 0;
  let left = index;
  let offset = (lines[0]?.length ?? 0) + 1;
  for (const line of lines.slice(1)) {
    const length = Math.max(0, line.length - indent);
    if (left <= length) return Math.min(offset + indent + left, written.length);
    left -= length + 1;
    offset += line.length + 1;
  }
  return 0;
}
