import type { Expr, From, SelectedColumn, SelectFromStatement, SelectStatement, Statement } from 'pgsql-ast-parser';
import { evaluate, isAggregate, offsetOf, type Scope, type Source } from './expressions.ts';
import { callFunction } from './functions.ts';
import { noRelation, PgError } from './pg-error.ts';
import type { Surround } from './surround.ts';
import { compare, isArray, type Relation, textOf, type Value } from './values.ts';

/** Rows that one `SELECT` looks at before it is told to ask for less: what people join by hand stays far below. */
const MOST_ROWS = 200_000;

/** What a `SELECT` answers. */
export function select(statement: SelectStatement, surround: Surround): Relation {
  return run(statement, surround, new Map(), null);
}

type Named = ReadonlyMap<string, Relation>;

function run(statement: SelectStatement, surround: Surround, named: Named, outer: Scope | null): Relation {
  switch (statement.type) {
    case 'select': return plain(statement, surround, named, outer);
    case 'union': case 'union all': {
      const [one, other] = [run(statement.left, surround, named, outer), run(statement.right, surround, named, outer)];
      const rows = [...one.rows, ...other.rows];
      return { columns: one.columns, rows: statement.type === 'union' ? distinct(rows) : rows };
    }
    case 'values': {
      const scope = scopeOf([], [], surround, named, outer);
      const rows = statement.values.map((row) => row.map((value) => evaluate(value, scope)));
      return { columns: (rows[0] ?? []).map((_, nth) => `column${nth + 1}`), rows };
    }
    case 'with': {
      const more = new Map(named);
      for (const { alias, statement: bound } of statement.bind) more.set(alias.name, run(asSelect(bound), surround, more, outer));
      return run(asSelect(statement.in), surround, more, outer);
    }
    case 'with recursive': throw new PgError('0A000', 'WITH RECURSIVE is not supported');
  }
}

function asSelect(statement: Statement): SelectStatement {
  if (!['select', 'union', 'union all', 'values', 'with'].includes(statement.type)) throw new PgError('0A000', 'data-modifying statements in WITH are not supported');
  return statement as SelectStatement;
}

function scopeOf(sources: readonly Source[], rows: Scope['rows'], surround: Surround, named: Named, outer: Scope | null): Scope {
  return { sources, rows, group: null, total: null, outer, surround, select: (inner, from) => run(inner, surround, named, from) };
}

/** Rows of each relation of `FROM`, side by side. */
interface Joined {
  readonly sources: Source[];
  rows: Scope['rows'][];
  /** How many rows the only relation has, where it shows the first of them. */
  total: number | null;
}

function plain(statement: SelectFromStatement, surround: Surround, named: Named, outer: Scope | null): Relation {
  const joined: Joined = { sources: [], rows: [[]], total: null };
  for (const from of statement.from ?? []) join(joined, from, surround, named, outer);
  const { where } = statement;
  const at = (rows: Scope['rows'], group: Scope['group'] = null): Scope => ({ ...scopeOf(joined.sources, rows, surround, named, outer), group, total: where == null && (statement.groupBy ?? []).length === 0 ? joined.total : null });
  const kept = where == null ? joined.rows : joined.rows.filter((rows) => evaluate(where, at(rows)) === true);
  const columns = expand(statement.columns ?? [], joined.sources);
  const grouped = (statement.groupBy ?? []).length > 0 || columns.some(({ expr }) => isAggregate(expr)) || statement.having != null;
  const scopes = grouped ? groups(statement, kept, columns, at) : kept.map((rows) => at(rows));
  if (scopes.length === 0 && !grouped) check(columns, at(joined.sources.map(({ columns: names }) => names.map(() => null))));
  const answered = scopes.map((scope) => ({ scope, values: columns.map(({ expr }) => evaluate(expr, scope)) }));
  order(answered, statement, columns);
  const rows = answered.map(({ values }) => values);
  const single = statement.distinct === 'distinct' ? distinct(rows) : Array.isArray(statement.distinct) ? distinctOn(answered, statement.distinct) : rows;
  return { columns: columns.map(({ name }) => name), rows: cut(single, statement, at([])) };
}

/** Names are looked up even where no row is there to hold them. */
function check(columns: readonly Column[], scope: Scope): void {
  for (const { expr } of columns) if (expr.type === 'ref') evaluate(expr, scope);
}

function join(joined: Joined, from: From, surround: Surround, named: Named, outer: Scope | null): void {
  const { source, rows, total, of } = relationOf(from, surround, named, outer);
  joined.total = joined.sources.length === 0 ? total : null;
  const { type: how = 'CROSS JOIN', on, using } = from.join ?? {};
  const { sources } = joined;
  if (joined.rows.length * rows.length > MOST_ROWS) throw new PgError('57014', 'canceling statement due to statement timeout');
  const all = [...sources, source];
  const fits = (left: Scope['rows'], right: readonly Value[] | null): boolean => {
    const scope = scopeOf(all, [...left, right], surround, named, outer);
    return (on == null || evaluate(on, scope) === true) && (using ?? []).every(({ name }) => shared(scope, name));
  };
  const used = new Set<number>();
  const next: Scope['rows'][] = [];
  for (const left of joined.rows) {
    const before = next.length;
    (of?.(scopeOf(sources, left, surround, named, outer)) ?? rows).forEach((right, nth) => {
      if (!fits(left, right)) return;
      used.add(nth);
      next.push([...left, right]);
    });
    if (next.length === before && (how === 'LEFT JOIN' || how === 'FULL JOIN')) next.push([...left, null]);
  }
  if (how === 'RIGHT JOIN' || how === 'FULL JOIN') rows.forEach((right, nth) => (used.has(nth) ? undefined : next.push([...sources.map(() => null), right])));
  joined.rows = next;
  // A column that two relations are joined by has one value: the later one's is hidden.
  sources.push((using ?? []).length === 0 ? source : { ...source, columns: source.columns.map((column) => ((using ?? []).some(({ name }) => name === column) ? `${column}\u0000` : column)) });
}

function shared({ sources, rows }: Scope, column: string): boolean {
  const values = sources.flatMap(({ columns }, nth) => (columns.includes(column) ? [rows[nth]?.[columns.indexOf(column)] ?? null] : []));
  const [one = null, other = null] = [values[0], values.at(-1)];
  return one !== null && other !== null && compare(one, other) === 0;
}

/** A relation of `FROM`. */
interface Joinable {
  readonly source: Source;
  readonly rows: Relation['rows'];
  readonly total: number | null;
  /** Its rows beside a row of what stands before it, where they depend on that; null where they do not. */
  readonly of: ((left: Scope) => Relation['rows']) | null;
}

function relationOf(from: From, surround: Surround, named: Named, outer: Scope | null): Joinable {
  if (from.type === 'statement') {
    const { columns, rows } = run(from.statement, surround, named, outer);
    return { source: { name: from.alias, columns }, rows, total: null, of: null };
  }
  if (from.type === 'call') {
    const { name } = from.function;
    const column = from.alias?.name ?? name;
    const of = (left: Scope): Relation['rows'] => series(name, from.args.map((argument) => evaluate(argument, left)), surround, offsetOf(from)).map((value) => [value]);
    return { source: { name: column, columns: [column] }, rows: [], total: null, of };
  }
  const { name, schema, alias } = from.name;
  const found = (schema === undefined ? named.get(name) : undefined) ?? surround.relation(schema, name);
  if (found === undefined) throw noRelation(schema === undefined ? name : `${schema}.${name}`, offsetOf(from.name) ?? offsetOf(from));
  return { source: { name: alias ?? name, columns: found.columns }, rows: found.rows, total: found.total ?? null, of: null };
}

function series(name: string, args: readonly Value[], surround: Surround, offset: number | null): readonly Value[] {
  if (name === 'generate_series') {
    const [from = 0, to = 0, step = 1] = args.map(Number);
    const count = Math.min(10_000, Math.max(0, Math.floor((to - from) / step) + 1));
    return Array.from({ length: count }, (_, nth) => from + nth * step);
  }
  if (name === 'unnest') return args[0] != null && isArray(args[0]) ? args[0] : [];
  return [callFunction(name, args, surround, offset)];
}

interface Column {
  readonly expr: Expr;
  readonly name: string;
}

/** The columns that are asked for, `*` written out. */
function expand(columns: readonly SelectedColumn[], sources: readonly Source[]): Column[] {
  return columns.flatMap(({ expr, alias }): Column[] => {
    if (expr.type !== 'ref' || expr.name !== '*') return [{ expr, name: alias?.name ?? nameOf(expr) }];
    const { table } = expr;
    const meant = sources.filter(({ name }) => table === undefined || name === table.name);
    if (meant.length === 0) throw table === undefined ? new PgError('42601', 'SELECT * with no tables specified is not valid', { offset: offsetOf(expr) }) : new PgError('42P01', `missing FROM-clause entry for table "${table.name}"`, { offset: offsetOf(expr) });
    return meant.flatMap((source) => source.columns.filter((name) => !name.endsWith('\u0000')).map((name): Column => ({ expr: { type: 'ref', table: { name: source.name }, name }, name })));
  });
}

/** The name that a column has where nobody gave it one. */
function nameOf(expr: Expr): string {
  if (expr.type === 'ref') return expr.name;
  if (expr.type === 'call') return expr.function.name;
  if (expr.type === 'keyword') return expr.keyword;
  if (expr.type !== 'cast') return Object.hasOwn(NAMES, expr.type) ? (NAMES[expr.type] as string) : '?column?';
  const inner = nameOf(expr.operand);
  return inner === '?column?' && 'name' in expr.to ? (expr.to as { name: string }).name : inner;
}

const NAMES: Readonly<Record<string, string>> = { case: 'case', extract: 'extract', substring: 'substring', array: 'array', 'array select': 'array', boolean: 'bool' };

function groups({ groupBy, having }: SelectFromStatement, kept: readonly Scope['rows'][], columns: readonly Column[], at: (rows: Scope['rows'], group: Scope['group']) => Scope): Scope[] {
  const by = (groupBy ?? []).map((expr) => byPlace(expr, columns));
  const found = new Map<string, Scope['rows'][]>();
  for (const rows of kept) {
    const key = JSON.stringify(by.map((expr) => textOf(evaluate(expr, at(rows, null)))));
    found.set(key, [...(found.get(key) ?? []), rows]);
  }
  if (by.length === 0 && found.size === 0) found.set('', []);
  for (const { expr, name } of columns) {
    const ref = expr.type === 'ref' ? expr : null;
    const grouped = by.some((one) => one.type === 'ref' && one.name === ref?.name);
    if (ref !== null && !grouped) throw new PgError('42803', `column "${ref.table === undefined ? name : `${ref.table.name}.${ref.name}`}" must appear in the GROUP BY clause or be used in an aggregate function`, { offset: offsetOf(ref) });
  }
  const scopes = [...found.values()].map((group) => at(group[0] ?? [], group));
  return having == null ? scopes : scopes.filter((scope) => evaluate(having, scope) === true);
}

/** `2` and the name of a column mean what that column is. */
function byPlace(expr: Expr, columns: readonly Column[]): Expr {
  if (expr.type === 'integer') {
    const column = columns[expr.value - 1];
    if (column === undefined) throw new PgError('42P10', `position ${expr.value} is not in select list`, { offset: offsetOf(expr) });
    return column.expr;
  }
  return expr.type === 'ref' && expr.table === undefined ? (columns.find(({ name, expr: own }) => name === expr.name && own.type !== 'ref')?.expr ?? expr) : expr;
}

interface Answered {
  readonly scope: Scope;
  readonly values: readonly Value[];
}

function order(answered: Answered[], { orderBy }: SelectFromStatement, columns: readonly Column[]): void {
  if (orderBy == null || orderBy.length === 0) return;
  const keys = orderBy.map(({ by, order: way, nulls }) => ({ expr: byPlace(by, columns), down: way === 'DESC', nullsFirst: nulls == null ? way === 'DESC' : nulls === 'FIRST' }));
  const values = new Map(answered.map((one) => [one, keys.map(({ expr }) => evaluate(expr, one.scope))]));
  answered.sort((one, other) => {
    const [left, right] = [values.get(one) as Value[], values.get(other) as Value[]];
    for (const [nth, { down, nullsFirst }] of keys.entries()) {
      const [a = null, b = null] = [left[nth], right[nth]];
      if (a === null && b === null) continue;
      if (a === null || b === null) return (a === null) === nullsFirst ? -1 : 1;
      const way = compare(a, b);
      if (way !== 0) return down ? -way : way;
    }
    return 0;
  });
}

function distinct(rows: readonly (readonly Value[])[]): (readonly Value[])[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = JSON.stringify(row.map((value) => (value === null ? null : textOf(value))));
    return !seen.has(key) && seen.add(key) !== null;
  });
}

function distinctOn(answered: readonly Answered[], by: readonly Expr[]): (readonly Value[])[] {
  const seen = new Set<string>();
  return answered.filter(({ scope }) => {
    const key = JSON.stringify(by.map((expr) => textOf(evaluate(expr, scope))));
    return !seen.has(key) && seen.add(key) !== null;
  }).map(({ values }) => values);
}

function cut(rows: readonly (readonly Value[])[], { limit }: SelectFromStatement, scope: Scope): readonly (readonly Value[])[] {
  const from = limit?.offset == null ? 0 : Number(evaluate(limit.offset, scope));
  const count = limit?.limit == null ? rows.length : Number(evaluate(limit.limit, scope));
  return rows.slice(from, from + count);
}
