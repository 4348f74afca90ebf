import type { DrillRecord } from './record.ts';
import { seatWords } from './record.ts';
import type { SeatId } from '../journal/timeline.ts';
import { formatClock } from '../time/sim-time.ts';
import { cellCode } from './markdown.ts';

/** Something true that the record shows: sentences of Markdown that cite the numbers of the facts behind them. */
export interface Finding {
  readonly id: string;
  readonly text: string;
}

/** `03:14:30Z`: a moment of the drill on its own clock, in UTC. */
export function clockOf(record: DrillRecord, atMs: number): string {
  return `${formatClock(record.scenario.startsAtMs + atMs)}Z`;
}

/** What people wrote, as a code span that fits a table too, with roles in place of the names of who took part. */
export function wordsOf(record: DrillRecord, text: string): string {
  let masked = text;
  for (const { name, seat } of record.timeline.header.seats) {
    if (name.trim().length > 1) masked = masked.replaceAll(wholeWord(name.trim()), seatWords(seat));
  }
  return cellCode(masked);
}

/** The seat as a subject: `responder 1`. */
export function who(seat: SeatId): string {
  return seatWords(seat);
}

/** The same with a capital, for a sentence's start. */
export function Who(seat: SeatId): string {
  const words = seatWords(seat);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}-])${name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}-])`, 'giu');
}
