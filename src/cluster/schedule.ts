import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../time/sim-time.ts';
import { UTC, type TimeZone } from './time-zones.ts';

/**
 * When a CronJob runs: five fields (minute, hour, day of the month, month, day of the week) with `*`, `?`, lists,
 * ranges, steps and English names; `@hourly` and its like; `@every 1h30m`. As in cron, a day matches either of its
 * fields where both are restricted. Source: https://pkg.go.dev/github.com/robfig/cron/v3, which Kubernetes uses.
 */
export interface Schedule {
  /** The first time after `unixMs` (exclusive), in Unix ms; null where none comes within five years. */
  next(unixMs: number): number | null;
}

/** A schedule on a time zone's clock, or in the server's words what is wrong with its text. A leading `TZ=` is passed over. */
export function parseSchedule(text: string, zone: TimeZone = UTC): Schedule | { readonly problem: string } {
  const bare = text.trim().replace(/^(?:CRON_)?TZ=\S+\s+/, '');
  if (bare.startsWith('@')) return parseDescriptor(bare, zone);
  const words = bare.split(/\s+/).filter((word) => word !== '');
  if (words.length !== 5) return { problem: `expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]` };
  const sets: Bits[] = [];
  for (const [at, field] of FIELDS.entries()) {
    const set = parseField(words[at] as string, field);
    if ('problem' in set) return set;
    sets.push(set);
  }
  const [minutes, hours, days, months, weekdays] = sets as [Bits, Bits, Bits, Bits, Bits];
  return { next: (unixMs) => nextMatch({ minutes, hours, days, months, weekdays }, unixMs, zone) };
}

/** `any`: the field is a bare `*` or `?`, which matters for days alone. */
interface Bits { readonly set: ReadonlySet<number>; readonly any: boolean }

interface Field { readonly low: number; readonly high: number; readonly names: readonly string[] }

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: WEEKDAYS },
];

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};

function parseDescriptor(text: string, zone: TimeZone): Schedule | { problem: string } {
  const fields = DESCRIPTORS[text];
  if (fields !== undefined) return parseSchedule(fields, zone);
  if (!text.startsWith('@every ')) return { problem: `unrecognized descriptor: ${text}` };
  const periodMs = goDurationMs(text.slice('@every '.length));
  if (periodMs === null) return { problem: `failed to parse duration ${text}: time: invalid duration "${text.slice('@every '.length)}"` };
  const period = Math.max(SECOND_MS, Math.floor(periodMs / SECOND_MS) * SECOND_MS);
  return { next: (unixMs) => Math.floor(unixMs / SECOND_MS) * SECOND_MS + period };
}

function goDurationMs(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    total += Number(amount) * (unit === 'h' ? HOUR_MS : unit === 'm' ? MINUTE_MS : unit === 's' ? SECOND_MS : 1);
  }
  return total;
}

function parseField(text: string, field: Field): Bits | { problem: string } {
  const set = new Set<number>();
  let any = false;
  for (const part of text.split(',')) {
    const range = parseRange(part, field);
    if ('problem' in range) return range;
    any ||= range.any;
    for (let value = range.from; value <= range.to; value += range.step) set.add(value);
  }
  return { set, any };
}

function parseRange(text: string, { low, high, names }: Field): { from: number; to: number; step: number; any: boolean } | { problem: string } {
  const [span = '', stepText, ...others] = text.split('/');
  if (others.length > 0) return { problem: `too many slashes: ${text}` };
  const numberOf = (word: string): number => (names.includes(word.toLowerCase()) ? names.indexOf(word.toLowerCase()) + low : /^\d+$/.test(word) ? Number(word) : Number.NaN);
  const [first = '', last, ...more] = span.split('-');
  if (more.length > 0) return { problem: `too many hyphens: ${text}` };
  const star = first === '*' || first === '?';
  const from = star ? low : numberOf(first);
  const to = star ? high : last === undefined ? (stepText === undefined ? from : high) : numberOf(last);
  const step = stepText === undefined ? 1 : /^\d+$/.test(stepText) ? Number(stepText) : Number.NaN;
  if (Number.isNaN(from) || Number.isNaN(to) || Number.isNaN(step)) {
    const wrong = Number.isNaN(from) ? first : Number.isNaN(to) ? (last ?? '') : (stepText ?? '');
    return { problem: `failed to parse int from ${wrong}: strconv.Atoi: parsing "${wrong}": invalid syntax` };
  }
  if (from < low) return { problem: `beginning of range (${from}) below minimum (${low}): ${text}` };
  if (to > high) return { problem: `end of range (${to}) above maximum (${high}): ${text}` };
  if (from > to) return { problem: `beginning of range (${from}) beyond end of range (${to}): ${text}` };
  if (step === 0) return { problem: `step of range should be a positive number: ${text}` };
  return { from, to, step, any: star && step === 1 };
}

interface Match { readonly minutes: Bits; readonly hours: Bits; readonly days: Bits; readonly months: Bits; readonly weekdays: Bits }

function nextMatch(match: Match, unixMs: number, zone: TimeZone): number | null {
  let atMs = (Math.floor(unixMs / MINUTE_MS) + 1) * MINUTE_MS;
  const lastMs = unixMs + 5 * 366 * DAY_MS;
  while (atMs <= lastMs) {
    const localMs = atMs + zone.offsetMs(atMs);
    const at = new Date(localMs);
    if (!match.months.set.has(at.getUTCMonth() + 1) || !dayMatches(match, at)) atMs = midnightAfter(atMs, localMs, zone);
    else if (!match.hours.set.has(at.getUTCHours())) atMs += HOUR_MS - (localMs % HOUR_MS);
    else if (!match.minutes.set.has(at.getUTCMinutes())) atMs += MINUTE_MS;
    else return atMs;
  }
  return null;
}

/** The next midnight on the zone's clock; where clocks are put forward meanwhile, it comes sooner. */
function midnightAfter(atMs: number, localMs: number, zone: TimeZone): number {
  const nextMs = atMs + DAY_MS - (localMs % DAY_MS);
  return nextMs - Math.max(0, zone.offsetMs(nextMs) - (localMs - atMs));
}

function dayMatches({ days, weekdays }: Match, at: Date): boolean {
  const day = days.set.has(at.getUTCDate());
  const weekday = weekdays.set.has(at.getUTCDay());
  return days.any || weekdays.any ? day && weekday : day || weekday;
}
