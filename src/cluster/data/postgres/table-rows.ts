import { digest } from '../../../time/dice.ts';
import type { PgTable } from './schema.ts';
import { type Relation, Timestamp, type Value } from './values.ts';

/** So many rows of a table are made up for who looks; counts are those of all. */
const SHOWN = 200;

/** The first rows of a table, always the same ones; of a share of them the disk gives back other bytes than were written. */
export function rowsOf({ name, columns, rows }: PgTable, bornUnixMs: number, misread = 0): Relation {
  const shown = Math.min(SHOWN, rows);
  return {
    total: rows,
    columns: columns.map((column) => column.name),
    rows: Array.from({ length: shown }, (_, nth) => columns.map(({ name: column, type }) => {
      const value = cell(name, column, type, nth + 1, bornUnixMs);
      return misread > 0 && isMisread(name, nth + 1, misread) ? garbled(column, value) : value;
    })),
  };
}

function isMisread(table: string, id: number, share: number): boolean {
  return Number.parseInt(digest(`${table}/${id}/bytes`).slice(0, 6), 16) / 0x1000000 < share;
}

/** A value with some of its bits turned: numbers lose their sign, texts a letter. Keys and times lie elsewhere. */
function garbled(column: string, value: Value): Value {
  if (column === 'id') return value;
  if (typeof value === 'number') return value - 2_147_483_648;
  return typeof value === 'string' ? value.replace(/.$/, '\u00ff') : value;
}

function cell(table: string, column: string, type: string, id: number, bornUnixMs: number): Value {
  const hash = digest(`${table}/${column}/${id}`);
  const number = Number.parseInt(hash.slice(0, 7), 16);
  if (column === 'id') return id;
  if (type.startsWith('timestamp')) return new Timestamp(bornUnixMs - (SHOWN - id) * 61_000 - (number % 60_000));
  if (type === 'bigint' || type === 'integer') return number % (column.endsWith('_cents') ? 20_000 : 400);
  if (type === 'boolean') return number % 20 === 0;
  if (type === 'jsonb') return `{"ref": "${hash.slice(0, 8)}"}`;
  if (column === 'status' || column === 'state') return ['done', 'open', 'done', 'done', 'cancelled'][number % 5] ?? 'done';
  return column === 'email' ? `${hash.slice(0, 6)}@mail.example` : hash.slice(0, 12);
}
