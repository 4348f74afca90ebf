import { Die } from '../../../time/dice.ts';
import type { SimMs } from '../../../time/sim-time.ts';

export interface PgColumn {
  name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface PgTable {
  name: string;
  owner: string;
  readonly columns: PgColumn[];
  rows: number;
  /** Versions of rows that nobody sees any more and that no vacuum has taken away. */
  deadRows: number;
  /** How many times as long statements take, for what the planner believes of it; 1 where its statistics are good. */
  misled: number;
  /** How many times as long they take for all that is dead in it. */
  bloat: number;
  analyzedAtMs: SimMs | null;
  vacuumedAtMs: SimMs | null;
}

export interface PgIndex {
  name: string;
  readonly table: string;
  columns: readonly string[];
  readonly unique: boolean;
  readonly primary: boolean;
  valid: boolean;
  readonly concurrently: boolean;
}

/** Columns that the application's statements search by, and how many times as long they take without an index on them. */
export interface Need {
  readonly table: string;
  readonly columns: readonly string[];
  worth: number;
}

/** What tables of these names hold beside an id and two times, the first column being the one that is searched by. */
const COLUMNS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  orders: [['customer_ref', 'text'], ['status', 'text'], ['total_cents', 'bigint'], ['address', 'jsonb']],
  carts: [['customer_ref', 'text'], ['items', 'jsonb'], ['expires_at', 'timestamp with time zone']],
  products: [['sku', 'text'], ['title', 'text'], ['price_cents', 'bigint'], ['description', 'text']],
  stock: [['sku', 'text'], ['quantity', 'integer'], ['reserved', 'integer']],
  pages: [['slug', 'text'], ['body', 'text']],
  accounts: [['email', 'text'], ['password_hash', 'text'], ['locked', 'boolean']],
  payments: [['order_ref', 'text'], ['amount_cents', 'bigint'], ['state', 'text']],
  shipments: [['order_ref', 'text'], ['carrier', 'text'], ['state', 'text']],
};
const OTHER: readonly (readonly [string, string])[] = [['ref', 'text'], ['state', 'text'], ['payload', 'jsonb']];

/** How long a statement takes without its index, where nobody says otherwise. */
const USUAL_WORTH = 25;

/** A table of the application as it was set up once. */
export function newTable(name: string, owner: string, seed: number, server: string): { readonly table: PgTable; readonly indexes: PgIndex[]; readonly need: Need } {
  const die = new Die(seed, `data/${server}/${name}`);
  const own = Object.hasOwn(COLUMNS, name) ? (COLUMNS[name] as typeof OTHER) : OTHER;
  const columns: PgColumn[] = [
    { name: 'id', type: 'bigint', required: true },
    ...own.map(([column, type]) => ({ name: column, type, required: column === own[0]?.[0] })),
    { name: 'created_at', type: 'timestamp with time zone', required: true },
    { name: 'updated_at', type: 'timestamp with time zone', required: false },
  ];
  const key = own[0]?.[0] ?? 'id';
  const rows = Math.round(die.between(name === 'pages' ? 900 : 60_000, name === 'pages' ? 3_000 : 2_600_000));
  return {
    table: { name, owner, columns, rows, deadRows: Math.round(rows * die.between(0.005, 0.03)), misled: 1, bloat: 1, analyzedAtMs: -Math.round(die.between(600_000, 14_000_000)), vacuumedAtMs: -Math.round(die.between(600_000, 40_000_000)) },
    indexes: [
      { name: `${name}_pkey`, table: name, columns: ['id'], unique: true, primary: true, valid: true, concurrently: false },
      { name: `${name}_${key}_idx`, table: name, columns: [key], unique: false, primary: false, valid: true, concurrently: false },
    ],
    need: { table: name, columns: [key], worth: USUAL_WORTH },
  };
}

/** Bytes that the rows of a table take. */
export function heapBytes({ rows, deadRows, columns }: PgTable): number {
  const width = columns.reduce((sum, { type }) => sum + (type === 'text' ? 32 : type === 'jsonb' ? 180 : 8), 24);
  return Math.max(1, Math.ceil(((rows + deadRows) * width) / 8_000)) * 8_192;
}

export function indexBytes(table: PgTable, index: PgIndex): number {
  return Math.max(2, Math.ceil(((table.rows + table.deadRows) * (16 + 12 * index.columns.length)) / 7_000)) * 8_192;
}
