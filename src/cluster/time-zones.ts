import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/sim-time.ts';
import { ZONES_BY_RULE } from './time-zone-names.ts';

/** The wall clock of a time zone. */
export interface TimeZone {
  /** What its clocks are ahead of UTC at a moment (Unix ms), in ms. */
  offsetMs(unixMs: number): number;
}

export const UTC: TimeZone = { offsetMs: () => 0 };

/** A time zone by its name in the IANA's database; null where there is none of that name. */
export function timeZone(name: string): TimeZone | null {
  const rule = ruleOf(name);
  return rule === null ? null : zoneOf(rule);
}

/** A name is of letters, as `Europe/Berlin` is; it is looked for between the blanks of the table. */
function ruleOf(name: string): string | null {
  for (const [rule, names] of Object.entries(ZONES_BY_RULE)) if (` ${names} `.includes(` ${name} `) && !name.includes(' ') && name !== '') return rule;
  return null;
}

function zoneOf(rule: string): TimeZone {
  const [standard = '0', summer, dates = ''] = rule.split(' ');
  const standardMs = Number(standard) * MINUTE_MS;
  if (summer === undefined) return { offsetMs: () => standardMs };
  const summerMs = Number(summer) * MINUTE_MS;
  const [from = '', to = ''] = dates.split(',');
  return {
    offsetMs(unixMs) {
      const year = new Date(unixMs + standardMs).getUTCFullYear();
      const beginsMs = changeMs(from, year) - standardMs;
      const endsMs = changeMs(to, year) - summerMs;
      // South of the equator summer lasts over the turn of the year.
      const isSummer = beginsMs < endsMs ? unixMs >= beginsMs && unixMs < endsMs : unixMs >= beginsMs || unixMs < endsMs;
      return isSummer ? summerMs : standardMs;
    },
  };
}

/** When a rule such as `M10.5.0/3` is met in a year, in ms on the wall clock. Source: POSIX.1-2017, chapter 8.3. */
function changeMs(rule: string, year: number): number {
  const [date = '', hours = '2'] = rule.split('/');
  const [month = 1, week = 1, weekday = 0] = date.slice(1).split('.').map(Number);
  const first = Date.UTC(year, month - 1, 1);
  let day = (weekday - new Date(first).getUTCDay() + 7) % 7 + (week - 1) * 7;
  const days = (Date.UTC(year, month, 1) - first) / DAY_MS;
  while (day >= days) day -= 7;
  const sign = hours.startsWith('-') ? -1 : 1;
  const [hour = 0, minute = 0] = hours.replace(/^[+-]/, '').split(':').map(Number);
  return first + day * DAY_MS + sign * (hour * HOUR_MS + minute * MINUTE_MS);
}
