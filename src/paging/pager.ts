import type { SimMs } from '../time/sim-time.ts';

/** A page for one person, as it leaves for the pager. The summary is marked as a drill by whoever sends it out of the machine. */
export interface OutgoingPage {
  readonly drillId: string;
  /** Unique in the drill: `P1`, `P2`. */
  readonly page: string;
  readonly person: PagedPerson;
  readonly severity: 'SEV-1' | 'SEV-2' | 'SEV-3' | 'SEV-4';
  readonly summary: string;
  readonly source: string;
  readonly sentAtMs: SimMs;
}

export interface PagedPerson {
  /** Seat in the drill. */
  readonly seat: string;
  readonly name: string;
  /** Whether the person agreed to be paged outside of this terminal. */
  readonly consent: boolean;
}

/**
 * The one port through which pages leave. Two pagers exist: the local one (bell and screen) and PagerDuty.
 * No call rejects for what the network does: delivery goes on in the background, and what could not be delivered is
 * told through `onTrouble`.
 */
export interface Pager {
  trigger(page: OutgoingPage): void;
  acknowledge(page: OutgoingPage): void;
  resolve(page: OutgoingPage): void;
  /** Resolves everything that is still open and waits until it is delivered or given up. Safe to call twice. */
  close(): Promise<void>;
}

export interface PagerListener {
  /** Somebody acknowledged in the pager itself, outside of the drill. */
  onAcknowledged(page: OutgoingPage): void;
  /** One sentence for people: what could not be delivered, and what is done about it. */
  onTrouble(sentence: string): void;
}
