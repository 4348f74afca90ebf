import type { Expr, Statement } from 'pgsql-ast-parser';
import { noRelation, PgError } from './pg-error.ts';
import type { PgServer } from './server.ts';
import { heapBytes, type PgIndex, type PgTable } from './schema.ts';

/** What the planner would do with a statement, as text; with `analyze` also how long it takes. */
export function explain(server: PgServer, statement: Statement, analyze: boolean, stretch: number): { readonly lines: readonly string[]; readonly tookMs: number } {
  if (statement.type !== 'select' && statement.type !== 'update' && statement.type !== 'delete') return { lines: ['Result  (cost=0.00..0.01 rows=1 width=4)'], tookMs: 1 };
  const name = statement.type === 'select' ? (statement.from?.[0]?.type === 'table' ? statement.from[0].name.name : undefined) : statement.type === 'update' ? statement.table.name : statement.from.name;
  if (name === undefined || name.startsWith('pg_')) return { lines: ['Result  (cost=0.00..0.01 rows=1 width=4)'], tookMs: 1 };
  const table = server.tables.get(name);
  if (table === undefined) throw noRelation(name);
  const columns = columnsOf(statement.where ?? null);
  for (const column of columns) if (!table.columns.some((one) => one.name === column)) throw new PgError('42703', `column "${column}" does not exist`);
  const index = server.indexes.find((one) => one.valid && one.table === name && one.columns[0] !== undefined && columns.includes(one.columns[0]));
  const top = statement.type === 'select' ? '' : `${statement.type === 'update' ? 'Update' : 'Delete'} on ${name}`;
  // What believes a table to be empty reads it from end to end.
  const condition = conditionText(statement.where ?? null, index?.columns[0] ?? columns[0] ?? '');
  const scan = index === undefined || table.misled > 1 ? sequential(table, condition, analyze, stretch) : indexed(table, index, condition, analyze, stretch);
  const lines = top === '' ? scan.lines : [`${top}  ${scan.cost}`, ...scan.lines.map((line, nth) => (nth === 0 ? `  ->  ${line}` : `        ${line.trimStart()}`))];
  return { lines: analyze ? [...lines, 'Planning Time: 0.112 ms', `Execution Time: ${(scan.tookMs + 0.04).toFixed(3)} ms`] : lines, tookMs: analyze ? scan.tookMs : 1 };
}

interface Scan {
  readonly lines: string[];
  readonly cost: string;
  readonly tookMs: number;
}

function sequential(table: PgTable, condition: string | null, analyze: boolean, stretch: number): Scan {
  const believed = table.misled > 1 ? 1 : table.rows;
  const cost = heapBytes(table) / 8_192 + believed * 0.0125;
  const tookMs = Math.min(600_000, (table.rows / 9_000) * Math.max(1, stretch) * table.bloat);
  const found = condition === null ? table.rows : 1;
  const numbers = `(cost=0.00..${cost.toFixed(2)} rows=${condition === null ? believed : 1} width=64)`;
  const lines = [`Seq Scan on ${table.name}  ${numbers}${analyze ? ` (actual time=${(tookMs * 0.4).toFixed(3)}..${tookMs.toFixed(3)} rows=${found} loops=1)` : ''}`];
  if (condition !== null) lines.push(`  Filter: ${condition}`);
  if (analyze && condition !== null) lines.push(`  Rows Removed by Filter: ${table.rows - 1}`);
  return { lines, cost: numbers, tookMs };
}

function indexed(table: PgTable, index: PgIndex, condition: string | null, analyze: boolean, stretch: number): Scan {
  const tookMs = 0.04 * Math.max(1, stretch) * table.bloat;
  const numbers = '(cost=0.43..8.45 rows=1 width=64)';
  return { lines: [`Index Scan using ${index.name} on ${table.name}  ${numbers}${analyze ? ` (actual time=0.021..${tookMs.toFixed(3)} rows=1 loops=1)` : ''}`, `  Index Cond: ${condition ?? ''}`], cost: numbers, tookMs };
}

/** The part of a condition that is about a column, as plans show it; null where there is no condition. */
function conditionText(where: Expr | null, column: string): string | null {
  if (where === null) return null;
  if (where.type === 'binary' && (where.op === 'AND' || where.op === 'OR')) return columnsOf(where.left).includes(column) ? conditionText(where.left, column) : conditionText(where.right, column);
  if (where.type !== 'binary' || where.left.type !== 'ref') return `(${column} IS NOT NULL)`;
  const { left, op, right } = where;
  const value = right.type === 'string' ? `'${right.value}'::text` : right.type === 'integer' || right.type === 'numeric' ? String(right.value) : right.type === 'parameter' ? right.name : `(${right.type})`;
  return `(${left.name} ${op} ${value})`;
}

/** Columns that a condition names. */
function columnsOf(where: Expr | null): string[] {
  if (where === null) return [];
  if (where.type === 'ref') return [where.name];
  return Object.values(where).flatMap((part: unknown) => (Array.isArray(part) ? part : [part]).flatMap((one: unknown) => (typeof one === 'object' && one !== null && 'type' in one ? columnsOf(one as Expr) : [])));
}
