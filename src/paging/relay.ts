import type { SimMs } from '../time/sim-time.ts';
import type { OutgoingPage, PagedPerson, Pager } from './pager.ts';

/** What happens to pages in a drill, as far as a pager has to know. The timeline's facts of these types fit. */
type PageFact =
  | { readonly type: 'page-sent'; readonly atMs: SimMs; readonly page: string; readonly seats: readonly string[]; readonly severity: OutgoingPage['severity']; readonly text: string }
  | { readonly type: 'page-acknowledged'; readonly page: string; readonly seat: string }
  | { readonly type: 'page-resolved'; readonly page: string };

/** The drill whose pages are relayed. */
interface RelayedDrill {
  readonly drillId: string;
  /** What the pages are about, such as the service that is measured. */
  readonly source: string;
  readonly people: readonly PagedPerson[];
}

/**
 * Tells a pager what happens to a drill's pages: everybody on a page is woken at the same moment, in one call after the
 * other without anything in between (R-PAIR-2). Facts of other types are passed over.
 */
export class PageRelay {
  readonly #pager: Pager;
  readonly #drill: RelayedDrill;
  readonly #pages = new Map<string, readonly OutgoingPage[]>();

  constructor(pager: Pager, drill: RelayedDrill) {
    this.#pager = pager;
    this.#drill = drill;
  }

  tell(fact: { readonly type: string }): void {
    if (!isPageFact(fact)) return;
    switch (fact.type) {
      case 'page-sent': {
        const pages = this.#pagesOf(fact);
        this.#pages.set(fact.page, pages);
        for (const page of pages) this.#pager.trigger(page);
        return;
      }
      case 'page-acknowledged':
        for (const page of this.#pages.get(fact.page) ?? []) if (page.person.seat === fact.seat) this.#pager.acknowledge(page);
        return;
      case 'page-resolved':
        for (const page of this.#pages.get(fact.page) ?? []) this.#pager.resolve(page);
        this.#pages.delete(fact.page);
    }
  }

  /** Takes up a drill that goes on after a break: of its past, only what is still open is told; resolved pages wake nobody again. */
  resume(past: readonly { readonly type: string }[]): void {
    const facts = past.filter(isPageFact);
    const resolved = new Set(facts.flatMap((fact) => (fact.type === 'page-resolved' ? [fact.page] : [])));
    for (const fact of facts) if (!resolved.has(fact.page)) this.tell(fact);
  }

  #pagesOf(fact: Extract<PageFact, { type: 'page-sent' }>): readonly OutgoingPage[] {
    const { drillId, source, people } = this.#drill;
    return people
      .filter(({ seat }) => fact.seats.includes(seat))
      .map((person) => ({ drillId, page: fact.page, person, severity: fact.severity, summary: fact.text, source, sentAtMs: fact.atMs }));
  }
}

function isPageFact(fact: { readonly type: string }): fact is PageFact {
  return fact.type === 'page-sent' || fact.type === 'page-acknowledged' || fact.type === 'page-resolved';
}
