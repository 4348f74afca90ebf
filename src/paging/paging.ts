import type { SimMs } from '../time/sim-time.ts';

/**
 * One page and how each person it woke stands to it. Everybody on it is woken at the same moment: there is no ladder
 * on which a second person is woken only because the first one slept (R-PAIR-2).
 */
export interface Page {
  readonly page: string;
  readonly sentAtMs: SimMs;
  readonly people: Readonly<Record<string, PersonOnPage>>;
  /** Null while the page is open. */
  readonly resolvedAtMs: SimMs | null;
}

type PersonOnPage =
  | { readonly status: 'ringing'; readonly sinceMs: SimMs }
  | { readonly status: 'acknowledged'; readonly sinceMs: SimMs; readonly acknowledgedAtMs: SimMs };

/** A page that starts to ring for all of `seats` at once. */
export function sendPage(page: string, seats: readonly string[], atMs: SimMs): Page {
  const people: Record<string, PersonOnPage> = {};
  for (const seat of seats) people[seat] = { status: 'ringing', sinceMs: atMs };
  return { page, sentAtMs: atMs, people, resolvedAtMs: null };
}

/** The page after `seat` acknowledged it, or one sentence for the player why that cannot be. The partner's keeps ringing. */
export function acknowledgePage(page: Page, seat: string, atMs: SimMs): { readonly page: Page } | { readonly refusal: string } {
  const person = page.people[seat];
  if (person === undefined) return { refusal: `Page ${page.page} was not sent to ${seat}.` };
  if (page.resolvedAtMs !== null) return { refusal: `Page ${page.page} is resolved already.` };
  if (person.status === 'acknowledged') return { refusal: `You have acknowledged page ${page.page} already.` };
  const acknowledged: PersonOnPage = { status: 'acknowledged', sinceMs: person.sinceMs, acknowledgedAtMs: atMs };
  return { page: { ...page, people: { ...page.people, [seat]: acknowledged } } };
}

/** The page after it was resolved: it rings for nobody. Resolving twice changes nothing. */
export function resolvePage(page: Page, atMs: SimMs): Page {
  return page.resolvedAtMs === null ? { ...page, resolvedAtMs: atMs } : page;
}

/** The seats that an open page still rings for, in the order in which they were paged. */
export function ringingFor(page: Page): readonly string[] {
  if (page.resolvedAtMs !== null) return [];
  return Object.entries(page.people).flatMap(([seat, person]) => (person.status === 'ringing' ? [seat] : []));
}
