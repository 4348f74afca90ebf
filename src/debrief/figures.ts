import { SECOND_MS } from '../time/sim-time.ts';

/** How numbers are written for people: the same words everywhere, no locale. */

/** `45 s`, `4 min`, `4 min 30 s`, `1 h 5 min`, `30 days`. */
export function duration(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes >= 2_880 && minutes % 1_440 === 0) return `${minutes / 1_440} days`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `12%`, `0.4%`, `0%`; a share from 0 to 1. */
export function percent(share: number): string {
  const value = share * 100;
  if (value !== 0 && value < 9.95) return `${trimmed(value, value < 0.095 ? 3 : 1)}%`;
  return `${value.toFixed(0)}%`;
}

/** `7.0 s` from a second on, `340 ms` below. */
export function latency(ms: number): string {
  return ms >= SECOND_MS ? `${(ms / SECOND_MS).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

/** A number with at most that many decimals. */
export function trimmed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `5.9 bad minutes`. */
export function badMinutesWords(minutes: number): string {
  return `${minutes.toFixed(1)} bad minutes`;
}

/** `1 page`, `2 pages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
