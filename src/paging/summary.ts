import { digest } from '../time/dice.ts';
import type { OutgoingPage } from './pager.ts';

const SUMMARY_LIMIT = 1024;
const DEDUP_KEY_LIMIT = 255;
const MARK = 'DRILL: ';

/**
 * What a page says outside of this machine: `DRILL: ` first, so that nobody takes it for a real one, then the severity
 * and the text on one line. At most 1024 characters, the limit of the Events API v2; control characters become spaces.
 */
export function summaryForOutside(page: Pick<OutgoingPage, 'severity' | 'summary'>): string {
  const text = oneLine(page.summary).replace(/^(?:DRILL:\s*)+/i, '');
  return shorten(`${MARK}${page.severity} ${text}`, SUMMARY_LIMIT);
}

/**
 * The name of one page of one drill in the pager: `gameday/<drillId>/<page>`, at most 255 characters. Whoever repeats an
 * event under the same name repeats nothing. `seat` is added where that person has a service of their own in the pager.
 */
export function dedupKey(page: Pick<OutgoingPage, 'drillId' | 'page'>, seat: string | null): string {
  const key = ['gameday', page.drillId, page.page, ...(seat === null ? [] : [seat])].map(oneLine).join('/');
  if (key.length <= DEDUP_KEY_LIMIT) return key;
  return `${key.slice(0, DEDUP_KEY_LIMIT - 17)}~${digest(key)}`;
}

/** One line of printable text: control, bidirectional and line-breaking characters become spaces, runs of spaces one. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu, ' ').replace(/ {2,}/g, ' ').trim();
}

function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
