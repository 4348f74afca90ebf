/** Simulated milliseconds since the drill began. An integer. Never wall-clock time. */
export type SimMs = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
const DURATION = /^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of a duration such as `90s`, `5m30s`, `-3h` or `1.5h`, or null where the text is none. */
export function parseDurationMs(text: string): number | null {
  if (!DURATION.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit as string] as number);
  return Math.round(text.startsWith('-') ? -total : total);
}

/** The shortest exact text of a duration: `5m30s`, `250ms`, `0s`. The inverse of {@link parseDurationMs}. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs === 0) return '0s';
  const parts: string[] = durationMs < 0 ? ['-'] : [];
  let rest = durationMs < 0 ? -durationMs : durationMs;
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNIT_MS[unit] as number;
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.join('');
}

/** `mm:ss` since the drill began, or `h:mm:ss` from the first hour on; `-1:30:00` for what was before. */
export function formatElapsed(atMs: SimMs): string {
  if (atMs < 0) return `-${formatElapsed(-atMs)}`;
  const seconds = Math.floor(atMs / SECOND_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** RFC 3339 in UTC without milliseconds, as Kubernetes writes times: `2026-02-10T03:10:00Z`. `epochMs` is Unix time in ms. */
export function formatInstant(epochMs: number): string {
  // Joined, so that the many objects that keep a time keep none of what it was made of.
  return [new Date(epochMs).toISOString().slice(0, 19), 'Z'].join('');
}

/** `hh:mm:ss` in UTC of a Unix time in milliseconds. */
export function formatClock(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 19);
}
