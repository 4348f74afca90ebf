import { FILE_LIMIT } from '../traffic/wear.ts';

/** Open files to which a process may raise its own limit. */
export const HARD_FILE_LIMIT = 524_288;

/** What `ulimit` answers: only open files are limited. */
export function ulimitText(options: readonly string[]): string {
  const letters = options.filter((option) => option.startsWith('-')).join('');
  if (!letters.includes('n')) return 'unlimited';
  return String(letters.includes('H') ? HARD_FILE_LIMIT : FILE_LIMIT);
}
