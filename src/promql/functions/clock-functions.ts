const DAY_S = 86_400;

/** What a calendar says of Unix seconds, in UTC. */
export const CLOCK_FUNCTIONS: ReadonlyMap<string, (seconds: number) => number> = new Map<string, (seconds: number) => number>([
  ['minute', (seconds) => dateOf(seconds).getUTCMinutes()],
  ['hour', (seconds) => dateOf(seconds).getUTCHours()],
  ['day_of_week', (seconds) => dateOf(seconds).getUTCDay()],
  ['day_of_month', (seconds) => dateOf(seconds).getUTCDate()],
  ['day_of_year', (seconds) => Math.floor((dateOf(seconds).getTime() - Date.UTC(dateOf(seconds).getUTCFullYear(), 0, 1)) / 1000 / DAY_S) + 1],
  ['days_in_month', (seconds) => new Date(Date.UTC(dateOf(seconds).getUTCFullYear(), dateOf(seconds).getUTCMonth() + 1, 0)).getUTCDate()],
  ['month', (seconds) => dateOf(seconds).getUTCMonth() + 1],
  ['year', (seconds) => dateOf(seconds).getUTCFullYear()],
]);

function dateOf(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000);
}
