/** A value of SQL. Numbers stand for all kinds of them; times are Unix ms; intervals are ms. */
export type Value = null | boolean | number | string | Timestamp | Interval | readonly Value[];

export class Timestamp {
  readonly unixMs: number;

  constructor(unixMs: number) {
    this.unixMs = unixMs;
  }
}

export class Interval {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Rows as a statement answers them. */
export interface Relation {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** How many rows there are where these are only the first of them. */
  readonly total?: number;
}

/** A value as PostgreSQL writes it out; null has no text of its own. */
export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return value;
  if (value instanceof Timestamp) return timestampText(value.unixMs);
  if (value instanceof Interval) return intervalText(value.ms);
  return `{${value.map((one) => (one === null ? 'NULL' : textOf(one))).join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const rounded = Math.round(value * 1e6) / 1e6;
  return String(rounded);
}

function timestampText(unixMs: number): string {
  const iso = new Date(unixMs).toISOString();
  const fraction = iso.slice(19, 23).replace(/0+$/, '').replace(/^\.$/, '');
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction}+00`;
}

/** `1 day 02:03:04.5`, as the `postgres` style has it. */
function intervalText(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const whole = Math.abs(Math.round(ms));
  const days = Math.floor(whole / 86_400_000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const fraction = whole % 1000 === 0 ? '' : `.${String(whole % 1000).padStart(3, '0').replace(/0+$/, '')}`;
  const clock = `${two(Math.floor(whole / 3_600_000) % 24)}:${two(Math.floor(whole / 60_000) % 60)}:${two(Math.floor(whole / 1000) % 60)}${fraction}`;
  const dayWords = days === 0 ? '' : `${sign}${days} day${days === 1 ? '' : 's'}`;
  if (days === 0) return sign + clock;
  return whole % 86_400_000 === 0 ? dayWords : `${dayWords} ${sign}${clock}`;
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, millisecond: 1, s: 1_000, sec: 1_000, second: 1_000, m: 60_000, min: 60_000, minute: 60_000, h: 3_600_000, hour: 3_600_000, d: 86_400_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000, year: 31_557_600_000 };

/** Ms of an interval's text such as `5 minutes` or `01:30:00`; null where it is none. */
export function intervalMs(text: string): number | null {
  let ms = 0;
  let rest = text.trim().toLowerCase();
  let found = false;
  for (;;) {
    const clock = /^(-?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*/.exec(rest);
    const part = clock === null ? /^(-?\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest) : null;
    const unit = part === null ? undefined : [part[2] as string, (part[2] as string).replace(/s$/, '')].find((name) => Object.hasOwn(UNITS, name));
    if (clock !== null) ms += (clock[1] === '-' ? -1 : 1) * (Number(clock[2]) * 3_600_000 + Number(clock[3]) * 60_000 + Number(clock[4] ?? 0) * 1000);
    else if (part !== null && unit !== undefined) ms += Number(part[1]) * (UNITS[unit] as number);
    else return found && rest === '' ? ms : null;
    found = true;
    rest = rest.slice((clock?.[0] ?? part?.[0] ?? '').length);
  }
}

/** Ms of a setting's time such as `30s`, `5min` or `1000` (ms); null where it is none. */
export function settingMs(text: string): number | null {
  const [, number, unit = 'ms'] = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(text) ?? [];
  return number === undefined ? null : Number(number) * (UNITS[unit] as number);
}

/** Order of two values: nulls are last; what cannot be compared is compared as text. */
export function compare(one: Value, other: Value): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  const [left, right] = [comparable(one), comparable(other)];
  if (typeof left === typeof right) return left < right ? -1 : left > right ? 1 : 0;
  // A number and a text that holds one.
  if (typeof left === 'number' && right !== '' && !Number.isNaN(Number(right))) return left - Number(right);
  if (typeof right === 'number' && left !== '' && !Number.isNaN(Number(left))) return Number(left) - right;
  const [leftText, rightText] = [textOf(one), textOf(other)];
  return leftText < rightText ? -1 : leftText > rightText ? 1 : 0;
}

function comparable(value: Exclude<Value, null>): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Timestamp) return value.unixMs;
  return value instanceof Interval ? value.ms : textOf(value);
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
