import type { Expr, ExprBinary, ExprCall, ExprCast, ExprRef, SelectStatement } from 'pgsql-ast-parser';
import { AGGREGATES, callFunction } from './functions.ts';
import { noColumn, PgError, unfit } from './pg-error.ts';
import type { Surround } from './surround.ts';
import { compare, Interval, intervalMs, isArray, type Relation, textOf, Timestamp, type Value } from './values.ts';

/** What names mean where an expression stands: one row of each relation of `FROM`, the rows of its group, and what is around. */
export interface Scope {
  readonly sources: readonly Source[];
  readonly rows: readonly (readonly Value[] | null)[];
  /** All rows of the group, for aggregates; null outside of one. */
  readonly group: readonly (readonly (readonly Value[] | null)[])[] | null;
  /** How many rows there are of which the group shows the first; null where it is whole. */
  readonly total: number | null;
  readonly outer: Scope | null;
  readonly surround: Surround;
  readonly select: (statement: SelectStatement, outer: Scope) => Relation;
}

/** A relation of `FROM` by the name that it goes by. */
export interface Source {
  readonly name: string;
  readonly columns: readonly string[];
}

export function offsetOf(node: { readonly _location?: { readonly start: number } }): number | null {
  return node._location?.start ?? null;
}

export function evaluate(expr: Expr, scope: Scope): Value {
  switch (expr.type) {
    case 'integer': case 'numeric': case 'string': case 'boolean': return expr.value;
    case 'null': return null;
    case 'ref': return refer(expr, scope);
    case 'binary': return binary(expr, scope);
    case 'unary': return unary(expr.op, evaluate(expr.operand, scope));
    case 'call': return call(expr, scope);
    case 'cast': return cast(expr, scope);
    case 'constant': return expr.value as Value;
    case 'list': case 'array': return expr.expressions.map((one) => evaluate(one, scope));
    case 'array select': return scope.select(expr.select, scope).rows.map(([first = null]) => first);
    case 'case': return chosen(expr, scope);
    case 'ternary': {
      const value = evaluate(expr.value, scope);
      const between = compare(value, evaluate(expr.lo, scope)) >= 0 && compare(value, evaluate(expr.hi, scope)) <= 0;
      return value === null ? null : between === (expr.op === 'BETWEEN');
    }
    case 'extract': return extract(expr.field.name, evaluate(expr.from, scope));
    case 'keyword': return keyword(expr.keyword, scope);
    case 'arrayIndex': {
      const array = evaluate(expr.array, scope);
      return array !== null && isArray(array) ? (array[Number(evaluate(expr.index, scope)) - 1] ?? null) : null;
    }
    case 'substring': {
      const text = textOf(evaluate(expr.value, scope));
      const from = expr.from == null ? 1 : Number(evaluate(expr.from, scope));
      return text.slice(from - 1, expr.for == null ? undefined : from - 1 + Number(evaluate(expr.for, scope)));
    }
    case 'select': case 'union': case 'union all': case 'values': case 'with': return scope.select(expr, scope).rows[0]?.[0] ?? null;
    case 'default': case 'member': case 'overlay': case 'parameter': case 'with recursive': throw new PgError('0A000', `${expr.type} is not supported`, { offset: offsetOf(expr) });
  }
}

/** A column by its name; a whole row where the name is that of a relation. */
function refer(expr: ExprRef, scope: Scope): Value {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const found = at.sources.flatMap(({ name, columns }, nth) => (expr.table !== undefined && expr.table.name !== name ? [] : columns.flatMap((column, place) => (column === expr.name ? [[nth, place] as const] : []))));
    if (found.length > 1) throw new PgError('42702', `column reference "${expr.name}" is ambiguous`, { offset: offsetOf(expr) });
    const [only] = found;
    if (only !== undefined) return at.rows[only[0]]?.[only[1]] ?? null;
  }
  if (expr.table !== undefined && !named(scope, expr.table.name)) throw new PgError('42P01', `missing FROM-clause entry for table "${expr.table.name}"`, { offset: offsetOf(expr) });
  throw noColumn(expr.table === undefined ? expr.name : `${expr.table.name}.${expr.name}`, offsetOf(expr));
}

function named(scope: Scope, name: string): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at.sources.some((source) => source.name === name)) return true;
  return false;
}

function binary({ op, left, right }: ExprBinary, scope: Scope): Value {
  const one = evaluate(left, scope);
  if (op === 'AND') return one === false ? false : and(one, evaluate(right, scope));
  if (op === 'OR') return one === true ? true : or(one, evaluate(right, scope));
  if ((op === 'IN' || op === 'NOT IN') && right.type !== 'list') {
    const rows = scope.select(right as SelectStatement, scope).rows;
    return rows.some(([value = null]) => same(one, value)) === (op === 'IN');
  }
  if (right.type === 'call' && ['any', 'all', 'some'].includes(right.function.name)) {
    const set = evaluate(right.args[0] as Expr, scope);
    const members = set !== null && isArray(set) ? set : [];
    const holds = (member: Value): boolean => operate(op, one, member) === true;
    return right.function.name === 'all' ? members.every(holds) : members.some(holds);
  }
  const other = evaluate(right, scope);
  // A number with a point divides as one, whole though it is.
  if (op === '/' && (left.type === 'numeric' || right.type === 'numeric') && typeof one === 'number' && typeof other === 'number' && other !== 0) return one / other;
  return operate(op, one, other);
}

function and(one: Value, other: Value): Value {
  return other === false ? false : one === null || other === null ? null : true;
}

function or(one: Value, other: Value): Value {
  return other === true ? true : one === null || other === null ? null : false;
}

function same(one: Value, other: Value): boolean {
  return one !== null && other !== null && compare(one, other) === 0;
}

function operate(op: string, one: Value, other: Value): Value {
  if (one === null || other === null) return null;
  switch (op) {
    case '=': return compare(one, other) === 0;
    case '!=': return compare(one, other) !== 0;
    case '<': return compare(one, other) < 0;
    case '<=': return compare(one, other) <= 0;
    case '>': return compare(one, other) > 0;
    case '>=': return compare(one, other) >= 0;
    case 'IN': return (other as readonly Value[]).some((member) => same(one, member));
    case 'NOT IN': return !(other as readonly Value[]).some((member) => same(one, member));
    case 'LIKE': return like(one, other, false);
    case 'ILIKE': return like(one, other, true);
    case 'NOT LIKE': return !like(one, other, false);
    case 'NOT ILIKE': return !like(one, other, true);
    case '~': return contains(one, other, false);
    case '~*': return contains(one, other, true);
    case '!~': return !contains(one, other, false);
    case '!~*': return !contains(one, other, true);
    case '||': return isArray(one) && isArray(other) ? [...one, ...other] : textOf(one) + textOf(other);
    case 'AT TIME ZONE': return one;
    default: return reckon(op, one, other);
  }
}

function reckon(op: string, one: Exclude<Value, null>, other: Exclude<Value, null>): Value {
  if (one instanceof Timestamp) {
    const by = other instanceof Interval ? other.ms : typeof other === 'string' ? intervalMs(other) : null;
    if (op === '-' && other instanceof Timestamp) return new Interval(one.unixMs - other.unixMs);
    if (by !== null && (op === '-' || op === '+')) return new Timestamp(one.unixMs + (op === '-' ? -by : by));
  }
  if (one instanceof Interval) {
    if (other instanceof Interval && (op === '+' || op === '-')) return new Interval(one.ms + (op === '-' ? -other.ms : other.ms));
    if (typeof other === 'number' && op === '*') return new Interval(one.ms * other);
  }
  const [left, right] = [Number(textOf(one)), Number(textOf(other))];
  if (Number.isNaN(left) || Number.isNaN(right)) throw new PgError('42883', `operator does not exist: ${typeOf(one)} ${op} ${typeOf(other)}`, { hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.' });
  if ((op === '/' || op === '%') && right === 0) throw new PgError('22012', 'division by zero');
  switch (op) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return Number.isInteger(left) && Number.isInteger(right) && typeof one === 'number' ? Math.trunc(left / right) : left / right;
    case '%': return left % right;
    default: throw new PgError('0A000', `operator ${op} is not supported`);
  }
}

function typeOf(value: Value): string {
  if (value === null || typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'numeric';
  return value instanceof Timestamp ? 'timestamp with time zone' : value instanceof Interval ? 'interval' : 'text[]';
}

function like(one: Value, pattern: Value, blind: boolean): boolean {
  return blind ? matches(textOf(one).toLowerCase(), textOf(pattern).toLowerCase()) : matches(textOf(one), textOf(pattern));
}

/** Whether a text is as a pattern has it, in which `%` stands for anything and `_` for one sign. Takes no longer for a cruel one. */
function matches(text: string, pattern: string): boolean {
  let [at, nth, star, back] = [0, 0, -1, 0];
  while (at < text.length) {
    if (nth < pattern.length && pattern[nth] !== '%' && (pattern[nth] === '_' || pattern[nth] === text[at])) {
      at++;
      nth++;
    } else if (pattern[nth] === '%') {
      star = nth++;
      back = at;
    } else if (star !== -1) {
      nth = star + 1;
      at = ++back;
    } else return false;
  }
  while (pattern[nth] === '%') nth++;
  return nth === pattern.length;
}

function contains(one: Value, pattern: Value, blind: boolean): boolean {
  const text = textOf(pattern);
  // What somebody types must not keep the server busy for ever: plain texts, ends and alternatives will do.
  if (/[*+{(]/.test(text.replaceAll(/\.\*/g, ''))) throw new PgError('2201B', 'invalid regular expression: this server takes no repetitions in one');
  return text.split('|').some((part) => wildcard(part, blind, textOf(one)));
}

function wildcard(part: string, blind: boolean, text: string): boolean {
  const body = part.replace(/^\^/, '').replace(/\$$/, '').replaceAll('.*', '%').replaceAll('.', '_');
  return like(text, `${part.startsWith('^') ? '' : '%'}${body}${part.endsWith('$') ? '' : '%'}`, blind);
}

function unary(op: string, value: Value): Value {
  switch (op) {
    case 'NOT': return value === null ? null : value !== true;
    case 'IS NULL': return value === null;
    case 'IS NOT NULL': return value !== null;
    case 'IS TRUE': return value === true;
    case 'IS FALSE': return value === false;
    case 'IS NOT TRUE': return value !== true;
    case 'IS NOT FALSE': return value !== false;
    case '-': return value instanceof Interval ? new Interval(-value.ms) : value === null ? null : -Number(textOf(value));
    default: return value;
  }
}

function chosen(expr: Extract<Expr, { type: 'case' }>, scope: Scope): Value {
  const value = expr.value == null ? true : evaluate(expr.value, scope);
  for (const { when, value: then } of expr.whens) if (same(value, evaluate(when, scope))) return evaluate(then, scope);
  return expr.else == null ? null : evaluate(expr.else, scope);
}

function call(expr: ExprCall, scope: Scope): Value {
  const { name } = expr.function;
  if (name === 'exists') return scope.select(expr.args[0] as unknown as SelectStatement, scope).rows.length > 0;
  const aggregate = Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined;
  if (aggregate === undefined) return callFunction(name, expr.args.map((argument) => evaluate(argument, scope)), scope.surround, offsetOf(expr));
  if (scope.group === null) throw new PgError('42803', `aggregate functions are not allowed in WHERE`, { offset: offsetOf(expr) });
  const [argument] = expr.args;
  const star = argument === undefined || (argument.type === 'ref' && argument.name === '*');
  const inside = scope.group.map((rows): Scope => ({ ...scope, rows, group: null })).filter((one) => expr.filter == null || evaluate(expr.filter, one) === true);
  if (star) return expr.filter == null && scope.total !== null ? scope.total : inside.length;
  const values = inside.map((one) => evaluate(argument, one)).filter((value) => value !== null);
  const counted = expr.distinct === 'distinct' ? values.filter((value, nth) => values.findIndex((other) => same(value, other)) === nth) : values;
  return aggregate(counted, expr.args[1] === undefined ? null : evaluate(expr.args[1], { ...scope, group: null }));
}

/** Whether an expression has to be worked out for a group of rows. */
export function isAggregate(expr: Expr): boolean {
  if (expr.type === 'call' && Object.hasOwn(AGGREGATES, expr.function.name)) return true;
  if (expr.type === 'select') return false;
  return Object.values(expr).some((part: unknown) => (Array.isArray(part) ? part : [part]).some((one: unknown) => typeof one === 'object' && one !== null && 'type' in one && isAggregate(one as Expr)) || (Array.isArray(part) && part.some((one: unknown) => typeof one === 'object' && one !== null && 'value' in one && !('type' in one) && isAggregate((one as { value: Expr }).value))));
}

function cast(expr: ExprCast, scope: Scope): Value {
  const value = evaluate(expr.operand, scope);
  const type = 'name' in expr.to ? (expr.to as { name: string }).name.replace(/^"|"$/g, '') : '';
  if (value === null) return null;
  if (/^(?:int|integer|bigint|smallint|int2|int4|int8|numeric|decimal|real|double precision|float4|float8|oid)$/.test(type)) {
    const number = value instanceof Interval ? value.ms / 1000 : Number(textOf(value));
    if (Number.isNaN(number)) {
      if (type === 'oid') return value;
      throw unfit(textOf(value), type.startsWith('int') ? 'integer' : type);
    }
    return /^(?:int|integer|bigint|smallint)/.test(type) ? Math.round(number) : number;
  }
  if (/^(?:text|varchar|character varying|name|char|bpchar)$/.test(type)) return textOf(value);
  if (type === 'regclass') return scope.surround.relationName(value);
  if (type === 'interval') return value instanceof Interval ? new Interval('config' in expr.to && (expr.to as { config?: number[] }).config?.[0] === 0 ? Math.round(value.ms / 1000) * 1000 : value.ms) : new Interval(intervalMs(textOf(value)) ?? fails(unfit(textOf(value), 'interval')));
  if (/^(?:timestamp|timestamptz|date)/.test(type)) {
    const unixMs = value instanceof Timestamp ? value.unixMs : Date.parse(textOf(value).replace(' ', 'T').replace(/\+00$/, 'Z'));
    return Number.isNaN(unixMs) ? fails(unfit(textOf(value), 'timestamp with time zone')) : new Timestamp('config' in expr.to ? Math.round(unixMs / 1000) * 1000 : unixMs);
  }
  if (type.startsWith('bool')) return /^(?:t|true|yes|on|1)$/i.test(textOf(value));
  return value;
}

function fails(error: PgError): never {
  throw error;
}

function extract(field: string, value: Value): Value {
  if (value instanceof Interval) return field === 'epoch' ? value.ms / 1000 : field === 'day' ? Math.floor(value.ms / 86_400_000) : null;
  if (!(value instanceof Timestamp)) return null;
  const date = new Date(value.unixMs);
  const fields: Readonly<Record<string, number>> = { epoch: value.unixMs / 1000, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(), dow: date.getUTCDay() };
  return (Object.hasOwn(fields, field) ? fields[field] : undefined) ?? null;
}

function keyword(word: string, { surround }: Scope): Value {
  if (word === 'current_timestamp' || word === 'localtimestamp' || word === 'current_date' || word === 'current_time') return new Timestamp(surround.unixMs);
  if (word === 'current_catalog') return surround.database;
  return word === 'current_schema' ? 'public' : surround.user;
}
