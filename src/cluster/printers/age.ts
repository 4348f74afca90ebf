/**
 * How long ago, as kubectl prints it: two units at most, seconds up to two minutes (`119s`, `5m3s`, `3h12m`, `2d`).
 * The steps are those of `HumanDuration` in k8s.io/apimachinery/pkg/util/duration.
 */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return both(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return both(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return both(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 2920 ? both(years, 'y', days % 365, 'd') : `${years}y`;
}

function both(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/** The age of a time as objects carry it (RFC 3339); `<unknown>` where there is none. `nowUnixMs` is Unix time. */
export function age(instant: string | undefined, nowUnixMs: number): string {
  const atMs = instant === undefined ? Number.NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? '<unknown>' : humanDuration(nowUnixMs - atMs);
}

/** A time as `describe` prints it: `Tue, 10 Feb 2026 03:10:00 +0000`. */
export function longInstant(instant: string | undefined): string {
  const atMs = instant === undefined ? Number.NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? '<unset>' : new Date(atMs).toUTCString().replace('GMT', '+0000');
}
