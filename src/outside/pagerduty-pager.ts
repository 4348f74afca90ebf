import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingPage, Pager, PagerListener } from '../paging/pager.ts';
import { dedupKey, oneLine } from '../paging/summary.ts';
import { PageLedger } from './page-ledger.ts';
import { sendEvent, type Answer } from './pagerduty-events.ts';
import { eventOf, type Line, type Step } from './pagerduty-line.ts';
import { channelByFingerprint, channelFor, seatVariable, type Channel, type PagerDutySettings } from './pagerduty-settings.ts';

export interface PagerDutyOptions {
  readonly settings: PagerDutySettings;
  /** Folder of the ledger of open pages, `<state folder>/pages`. */
  readonly ledgerFolder: string;
  readonly listener: PagerListener;
  /** Waits; ends early, without an error, where the signal says so. Real time unless given. */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Longest wait for one answer. */
  readonly attemptTimeoutMs?: number;
  /** Longest wait at the end of a drill. */
  readonly closeWithinMs?: number;
}

/**
 * Pages through PagerDuty's Events API v2.
 *
 * - One dedup key per page per drill: with one shared routing key one event leaves for the pair, and the service's own
 *   escalation policy wakes both; the first of them to acknowledge acknowledges the incident. A person with a routing
 *   key of their own gets an event, and an incident, of their own.
 * - A person without consent is never paged: nothing about them leaves, and where nobody on a page consents, no event does.
 * - The events of one dedup key leave strictly one after another. One that was not accepted is sent again until it is,
 *   with growing pauses; the dedup key makes a repeat harmless. What PagerDuty refuses for good is told and dropped.
 * - Nothing stays open: what is open is in the {@link PageLedger} before it leaves. `close` resolves it; a page that
 *   never got out before the drill was broken off wakes nobody any more. What could not be resolved in time stays in
 *   the ledger, and the next pager that opens on the folder resolves it, as it does after a crash.
 *
 * The Events API is one way: acknowledgements made in PagerDuty do not come back, `onAcknowledged` is never called.
 */
export class PagerDutyPager implements Pager {
  readonly #options: Required<PagerDutyOptions>;
  readonly #ledger: PageLedger;
  readonly #lines = new Map<string, Line>();
  readonly #toldOf = new Set<string>();
  /** Ends pauses early: at close, everything is tried once more at once. */
  readonly #hurry = new AbortController();
  /** Ends everything: the wait at close is over. */
  readonly #giveUp = new AbortController();
  #closing: Promise<void> | null = null;

  constructor(options: PagerDutyOptions) {
    this.#options = { delay: sleepUntil, attemptTimeoutMs: 8_000, closeWithinMs: 20_000, ...options };
    this.#ledger = new PageLedger(options.ledgerFolder);
    this.#sweep();
  }

  trigger(page: OutgoingPage): void {
    const line = this.#lineOf(page);
    if (line === null) return;
    const last = line.steps.at(-1) ?? line.delivered;
    if (last === null || last.do === 'resolve') this.#push(line, { do: 'trigger', pages: [page] });
    else if (last.do === 'trigger') last.pages.push(page); // the partner, in the same moment
  }

  acknowledge(page: OutgoingPage): void {
    const line = this.#lineOf(page);
    if (line !== null && (line.steps.at(-1) ?? line.delivered)?.do === 'trigger') this.#push(line, { do: 'acknowledge' });
  }

  resolve(page: OutgoingPage): void {
    const line = this.#lineOf(page);
    const last = line === null ? null : (line.steps.at(-1) ?? line.delivered);
    if (line !== null && last !== null && last.do !== 'resolve') this.#push(line, { do: 'resolve', of: 'this drill' });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const line of this.#lines.values()) this.#end(line);
    this.#hurry.abort();
    const stopWaiting = new AbortController();
    const working = [...this.#lines.values()].map((line) => line.work ?? Promise.resolve());
    await Promise.race([Promise.all(working), this.#options.delay(this.#options.closeWithinMs, stopWaiting.signal)]);
    stopWaiting.abort();
    this.#giveUp.abort();
    await Promise.all(working);
    const open = this.#ledger.open.filter((page) => this.#lines.has(page.dedupKey));
    if (open.length > 0) {
      const keys = open.map((page) => page.dedupKey).join(', ');
      this.#options.listener.onTrouble(`Still open in PagerDuty, as far as gameday knows: ${keys}. The next drill with the same routing key resolves them; to be rid of them now, resolve them in PagerDuty.`);
    }
    this.#ledger.release();
  }

  /** What the drill itself resolved is told to its end; what was cut off is not opened any more, only resolved. */
  #end(line: Line): void {
    if (line.steps.at(-1)?.do === 'resolve') return;
    line.steps.length = 0;
    if (this.#ledger.isOpen(line.key)) this.#push(line, { do: 'resolve', of: 'this drill' });
  }

  /** Resolves what runs that have ended left open, and leaves alone what a running drill has open. */
  #sweep(): void {
    try {
      for (const leftover of this.#ledger.leftovers()) if (leftover.owner === 'ended') this.#ledger.adopt(leftover);
    } catch (error) {
      this.#options.listener.onTrouble(`Pages that an earlier drill may have left open could not be read in ${this.#ledger.folder} (${codeOf(error)}).`);
    }
    const channels = channelByFingerprint(this.#options.settings);
    for (const page of this.#ledger.open) {
      const channel = channels.get(page.channel);
      if (channel !== undefined) this.#push(this.#line(page.dedupKey, channel), { do: 'resolve', of: 'an earlier run' });
      else this.#tellOnce(page.dedupKey, `An earlier drill may have left ${page.dedupKey} open in PagerDuty (${page.where}). It was sent with a routing key that is not set now (fingerprint ${page.channel}): set that key and start again, or resolve it in PagerDuty and delete the file in ${this.#ledger.folder}.`);
    }
  }

  #lineOf(page: OutgoingPage): Line | null {
    if (!page.person.consent || this.#closing !== null) return null;
    const found = channelFor(this.#options.settings, page.person.seat);
    if (found === null) {
      this.#tellOnce(page.person.seat, `No routing key is set for ${page.person.seat}: PagerDuty is not told to wake ${oneLine(page.person.name)}. Set GAMEDAY_PAGERDUTY_ROUTING_KEY or GAMEDAY_PAGERDUTY_ROUTING_KEY_${seatVariable(page.person.seat)}.`);
      return null;
    }
    return this.#line(dedupKey(page, found.own ? page.person.seat : null), found.channel);
  }

  #line(key: string, channel: Channel): Line {
    const line: Line = this.#lines.get(key) ?? { key, channel, steps: [], delivered: null, work: null };
    this.#lines.set(key, line);
    return line;
  }

  #push(line: Line, step: Step): void {
    line.steps.push(step);
    line.work ??= this.#work(line);
  }

  async #work(line: Line): Promise<void> {
    await Promise.resolve(); // the partner's trigger, given in the same moment, goes along
    for (let step = line.steps[0]; step !== undefined && !this.#giveUp.signal.aborted; step = line.steps[0]) {
      if (step.do === 'trigger' && !this.#writeIntent(line)) {
        line.steps.length = 0;
        break;
      }
      const taken = await this.#deliver(line, step);
      if (taken === 'accepted') line.delivered = step;
      if (taken === 'accepted' && step.do === 'resolve') this.#settle(line);
      if (taken === 'refused' && step.do === 'trigger') this.#settle(line, 'forget the rest');
      if (line.steps[0] === step) line.steps.shift();
    }
    line.work = null;
  }

  /** Sends one step until it is taken, refused, withdrawn by `close`, or the waiting is over. */
  async #deliver(line: Line, step: Step): Promise<'accepted' | 'refused' | 'dropped'> {
    for (let failures = 0; ; failures++) {
      if (step.do === 'resolve' && step.of === 'an earlier run' && this.#runsElsewhere(line.key)) {
        this.#settle(line);
        return 'dropped';
      }
      const limits = { timeoutMs: this.#options.attemptTimeoutMs, signal: this.#giveUp.signal };
      const answer = await sendEvent(this.#options.settings.server, eventOf(line, step), limits);
      if (answer.answer === 'accepted') return 'accepted';
      if (answer.answer === 'refused') {
        this.#options.listener.onTrouble(`The page ${line.key} was not ${DONE[step.do]} in PagerDuty: ${answer.why}. It is not sent again.`);
        return 'refused';
      }
      if (line.steps[0] !== step || this.#giveUp.signal.aborted) return 'dropped';
      if (failures === 2) this.#options.listener.onTrouble(`PagerDuty has not taken the page ${line.key} so far: ${answer.why}. gameday keeps trying.`);
      await this.#pause(failures, answer);
      if (line.steps[0] !== step || this.#giveUp.signal.aborted) return 'dropped';
    }
  }

  /** Twice as long after each failure, up to half a minute, or as long as the server asks, up to five; shorter in a hurry. */
  async #pause(failures: number, answer: Extract<Answer, { answer: 'later' }>): Promise<void> {
    const inAHurry = this.#hurry.signal.aborted;
    const longestMs = inAHurry ? 1_000 : 30_000;
    const doubledMs = Math.min(longestMs, 500 * (1 << Math.min(failures, 10)));
    const spreadMs = doubledMs * (0.75 + 0.25 * Math.random());
    const askedMs = Math.min(answer.afterMs ?? 0, inAHurry ? 5_000 : 300_000);
    const until = inAHurry ? this.#giveUp.signal : AbortSignal.any([this.#hurry.signal, this.#giveUp.signal]);
    await this.#options.delay(Math.max(spreadMs, askedMs), until);
  }

  #writeIntent(line: Line): boolean {
    try {
      this.#ledger.opened({ dedupKey: line.key, channel: line.channel.fingerprint, where: this.#options.settings.server.host });
      return true;
    } catch (error) {
      this.#options.listener.onTrouble(`The page ${line.key} is not sent to PagerDuty: gameday could not note it in ${this.#ledger.folder} first (${codeOf(error)}), so a crash would leave it open. Make the folder writable.`);
      return false;
    }
  }

  /** Nothing of the line is open any more. */
  #settle(line: Line, rest?: 'forget the rest'): void {
    if (rest !== undefined) line.steps.length = 0;
    try {
      this.#ledger.closed(line.key);
    } catch {
      // The next start resolves it a second time, which harms nobody.
    }
  }

  /** A drill that was resumed in another process may have opened the same page again. */
  #runsElsewhere(key: string): boolean {
    try {
      return this.#ledger.leftovers().some((other) => other.owner === 'running' && other.pages.some((page) => page.dedupKey === key));
    } catch {
      return false;
    }
  }

  #tellOnce(about: string, sentence: string): void {
    if (this.#toldOf.has(about)) return;
    this.#toldOf.add(about);
    this.#options.listener.onTrouble(sentence);
  }
}

const DONE = { trigger: 'opened', acknowledge: 'acknowledged', resolve: 'resolved' } satisfies Record<Step['do'], string>;

async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
