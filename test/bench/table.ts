import type { BenchRow } from './bench-row.ts';

/** From so much on, rounds lie so far apart that a ratio says little. */
const NOISY = 0.2;

const HEADS = ['', 'ours', 'limit or peer', 'unit', 'ratio', 'noise', 'goal', ''];
const RIGHT = new Set([1, 2, 4, 5]);

/** One line a row, columns aligned; the notes below it, each once. */
export function table(rows: readonly BenchRow[]): string {
  const cells = [HEADS, ...rows.map(cellsOf)];
  const widths = HEADS.map((_, column) => Math.max(...cells.map((line) => (line[column] as string).length)));
  const lines = cells.map((line) => line.map((cell, column) => (RIGHT.has(column) ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number))).join('  ').trimEnd());
  const notes = new Map<string, string[]>();
  for (const { name, note } of rows) if (note !== undefined) notes.set(note, [...(notes.get(note) ?? []), name.split(/[:,]/)[0] as string]);
  const below = [...notes].map(([note, names]) => `${[...new Set(names)].join(', ')}: ${note}.`);
  return [...lines, '', ...below, `Noise: the middle half of the rounds lies within so much of the median; from ${NOISY * 100}% on the machine was busy (!).`].join('\n');
}

function cellsOf({ name, ours, peer, unit, ratio, noise, goal, met }: BenchRow): string[] {
  return [
    name,
    short(ours),
    peer === null ? '-' : short(peer),
    unit,
    ratio === null ? '-' : `${ratio.toPrecision(2)}×`,
    noise === undefined ? '-' : `${(noise * 100).toFixed(0)}%${noise >= NOISY ? '!' : ' '}`,
    goal,
    met === null ? '' : met ? 'met' : 'NOT MET',
  ];
}

/** Three digits and thousands apart: `6,420,000`, `25,100`, `12.3`, `0.154`. */
function short(value: number): string {
  if (!(value >= 100)) return String(Number(value.toPrecision(3)));
  const digits = String(Math.round(Number(value.toPrecision(4))));
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
