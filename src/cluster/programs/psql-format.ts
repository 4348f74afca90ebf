import { type Relation, textOf, type Value } from '../data/postgres/values.ts';

/** How rows are written. */
export interface Format {
  readonly mode: 'aligned' | 'unaligned' | 'csv';
  readonly expanded: boolean;
  readonly tuplesOnly: boolean;
  readonly separator: string;
  readonly nothing: string;
}

/** What stands above a table, and between it and the count of its rows. */
interface Around {
  readonly title?: string;
  readonly footers?: readonly string[];
}

/** Rows as psql writes them. */
export function written(relation: Relation, format: Format, around: Around = {}): string {
  if (format.expanded && format.mode === 'aligned') return expanded(relation, format);
  return format.mode === 'aligned' ? aligned(relation, format, around) : plain(relation, format);
}

const cellOf = (value: Value, { nothing }: Format): string => (value === null ? nothing : textOf(value));

function aligned({ columns, rows }: Relation, format: Format, { title, footers }: Around): string {
  const cells = rows.map((row) => columns.map((_, nth) => cellOf(row[nth] ?? null, format).replaceAll('\n', '+ ')));
  const widths = columns.map((column, nth) => Math.max(column.length, ...cells.map((row) => (row[nth] ?? '').length)));
  const right = columns.map((_, nth) => rows.some((row) => typeof row[nth] === 'number') && rows.every((row) => row[nth] === null || typeof row[nth] === 'number'));
  const lines = cells.map((row) => row.map((cell, nth) => (right[nth] === true ? ` ${cell.padStart(widths[nth] ?? 0)}` : ` ${nth === row.length - 1 ? cell : cell.padEnd(widths[nth] ?? 0)}`)).join(' |'));
  if (format.tuplesOnly) return `${lines.map((line) => `${line}\n`).join('')}\n`;
  const head = columns.map((column, nth) => centred(column, (widths[nth] ?? 0) + 2)).join('|');
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const above = title === undefined ? '' : `${centred(title, rule.length).trimEnd()}\n`;
  const below = footers === undefined ? `(${rows.length} row${rows.length === 1 ? '' : 's'})\n` : footers.map((line) => `${line}\n`).join('');
  return `${above}${head}\n${rule}\n${lines.map((line) => `${line}\n`).join('')}${below}\n`;
}

function centred(text: string, width: number): string {
  const left = Math.max(0, Math.floor((width - text.length) / 2));
  return ' '.repeat(left) + text + ' '.repeat(Math.max(0, width - text.length - left));
}

function expanded({ columns, rows }: Relation, format: Format): string {
  if (rows.length === 0) return '(0 rows)\n\n';
  const width = Math.max(...columns.map((column) => column.length));
  const most = Math.max(1, ...rows.flatMap((row) => columns.map((_, nth) => cellOf(row[nth] ?? null, format).length)));
  const records = rows.map((row, nth) => {
    const mark = `-[ RECORD ${nth + 1} ]`;
    const head = mark.length >= width + 1 ? mark.padEnd(width + 1 + 2 + most, '-') : `${mark.padEnd(width + 1, '-')}+${'-'.repeat(most + 1)}`;
    return `${format.tuplesOnly ? '' : `${head}\n`}${columns.map((column, at) => `${column.padEnd(width)} | ${cellOf(row[at] ?? null, format)}`.trimEnd()).join('\n')}\n`;
  });
  return `${records.join('')}\n`;
}

function plain({ columns, rows }: Relation, format: Format): string {
  const between = format.mode === 'csv' ? ',' : format.separator;
  const cell = (text: string): string => (format.mode === 'csv' && /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => columns.map((_, nth) => cell(cellOf(row[nth] ?? null, format))).join(between));
  const head = format.tuplesOnly ? [] : [columns.map(cell).join(between)];
  const below = format.tuplesOnly || format.mode === 'csv' ? [] : [`(${rows.length} row${rows.length === 1 ? '' : 's'})`];
  return [...head, ...lines, ...below].map((line) => `${line}\n`).join('');
}
