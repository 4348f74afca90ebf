import type { Fact, GhostRun, Happening, ObservationKind, Outcome, SeatRecord, ServiceLevel, Timeline, TimelineHeader } from '../../src/journal/timeline.ts';
import { parseDurationMs } from '../../src/time/sim-time.ts';

/** A moment of a drill as tests write it: `5m30s`. */
type When = string;

interface Entry {
  readonly atMs: number;
  readonly happening: Happening;
  readonly cause: Entry | null;
}

/** Builds the timeline of a drill on the slow site: what is not said is ordinary. */
export function aTimeline(header: Partial<TimelineHeader> = {}): TimelineBuilder {
  return new TimelineBuilder(header);
}

export class TimelineBuilder {
  readonly #header: Partial<TimelineHeader>;
  readonly #entries: Entry[] = [];
  readonly #badFrom: { readonly atMs: number; readonly share: number }[] = [];

  constructor(header: Partial<TimelineHeader>) {
    this.#header = header;
  }

  /** Any fact, in any order of times. */
  fact(at: When, happening: Happening): this {
    this.#entries.push({ atMs: ms(at), happening, cause: null });
    return this;
  }

  /** A command line of a seat and what came of it. */
  command(at: When, line: string, happenings: readonly Happening[], seat = 'responder-1'): this {
    const cause: Entry = { atMs: ms(at), happening: { type: 'command-given', seat, line }, cause: null };
    this.#entries.push(cause, ...happenings.map((happening) => ({ atMs: ms(at), happening, cause })));
    return this;
  }

  /** Share of bad requests from then on. */
  badShare(at: When, share: number): this {
    this.#badFrom.push({ atMs: ms(at), share });
    this.#badFrom.sort((a, b) => a.atMs - b.atMs);
    return this;
  }

  fault(at: When = '2m'): this {
    return this.fact(at, { type: 'fault-began', fault: 'partner-hangs', kind: 'external-latency', target: 'external/address-check' });
  }

  alert(at: When, alert = 'storefront slow'): this {
    return this.fact(at, { type: 'alert-fired', alert, service: 'shop/storefront', text: 'p95 above 6 s', value: 7.1 });
  }

  page(at: When = '3m', { page = 'P1', again = false } = {}): this {
    return this.fact(at, { type: 'page-sent', page, seats: ['responder-1', 'responder-2'], severity: 'SEV-2', text: 'storefront p95 7 s, normal 5 s', again });
  }

  ack(at: When, seat = 'responder-1', page = 'P1'): this {
    return this.fact(at, { type: 'page-acknowledged', page, seat, via: 'local' });
  }

  claim(at: When, seat = 'responder-1'): this {
    return this.command(at, '/claim', [{ type: 'claimed', seat }], seat);
  }

  look(at: When, kind: ObservationKind, line: string, target = '*', seat = 'responder-1'): this {
    return this.command(at, line, [{ type: 'observed', seat, kind, tool: line.split(' ')[0] ?? line, target, shown: '0123456789abcdef' }], seat);
  }

  hypothesis(at: When, text: string, id = 'H1', seat = 'responder-1'): this {
    return this.command(at, `/hyp ${text}`, [{ type: 'hypothesis-stated', seat, id, text }], seat);
  }

  say(at: When, text: string, seat = 'responder-1', to: string | null = null): this {
    return this.command(at, text, [{ type: 'said', seat, text, to }], seat);
  }

  write(at: When, line: string, target: string, more: Partial<Extract<Happening, { type: 'api-written' }>> = {}): this {
    const [resource = '', name = ''] = target.split('/');
    const seat = more.seat ?? 'responder-1';
    return this.command(at, line, [{ type: 'api-written', seat, verb: 'patch', resource, namespace: 'shop', name, code: 200, undoClass: 'U1', undo: `kubectl undo ${name}`, undoes: null, ...more }], seat);
  }

  verify(at: When, meets: boolean, seat = 'responder-1'): this {
    return this.command(at, '/verify', [{ type: 'verified', seat, bad: meets ? 0 : 0.4, burn: meets ? 0 : 80, p95Ms: 5_000, meets }], seat);
  }

  ticket(at: When, to: string, seat = 'responder-1'): this {
    return this.command(at, `/ticket ${to}`, [{ type: 'ticket-filed', seat, to, text: 'since 03:10 UTC' }], seat);
  }

  resolve(at: When, failing: readonly string[] = [], seat = 'responder-1'): this {
    return this.command(at, '/resolve', [{ type: 'resolve-claimed', seat, failing }], seat);
  }

  /** The drill's end and the ghosts after it; bad minutes of doing nothing and of the reference response. */
  ends(at: When, outcome: Outcome, { noop = 16, golden = 2 } = {}): this {
    this.fact(at, { type: 'drill-ended', outcome });
    return this.fact(at, ghost('noop', noop)).fact(at, ghost('golden', golden));
  }

  build(): Timeline {
    const endMs = Math.max(0, ...this.#entries.map(({ atMs }) => atMs));
    const entries = [...this.#entries];
    for (let atMs = 30_000; atMs <= endMs; atMs += 30_000) entries.push({ atMs, happening: this.#levelUntil(atMs), cause: null });
    entries.sort((a, b) => a.atMs - b.atMs || Number(isLast(a)) - Number(isLast(b)));
    const facts = entries.map(({ atMs, happening, cause }, at): Fact => Object.assign({ seq: at + 1, atMs, causeSeq: cause === null ? null : entries.indexOf(cause) + 1 }, happening));
    return { header: { ...HEADER, ...this.#header }, facts };
  }

  #levelUntil(atMs: number): Happening {
    const share = this.#badFrom.findLast((from) => from.atMs < atMs)?.share ?? 0;
    const services = share > 0 ? [level('shop/checkout', share)] : [];
    return { type: 'service-level-measured', slo: level('shop/storefront', share), burn: share / 0.005, budgetUsed: 0, services };
  }
}

const SEATS: readonly SeatRecord[] = [
  { seat: 'responder-1', role: 'responder', name: 'Ana Prescott', driver: 'person' },
  { seat: 'responder-2', role: 'responder', name: 'Benedikt', driver: 'john' },
];

const HEADER: TimelineHeader = {
  format: 'gameday-timeline',
  version: 1,
  engine: '0.1.0',
  drillId: 'slow-site-1',
  seed: 7,
  scenario: { file: 'slow-site.yaml', sha256: '00' },
  files: { 'slow-site.yaml': 'gameday: 1\n' },
  seats: SEATS,
  pager: 'none',
};

function ghost(as: GhostRun['as'], badMinutes: number): Happening {
  const done = as !== 'noop';
  return { type: 'ghost-measured', ghost: { as, outcome: done ? 'resolved' : 'timebox', badMinutes, ttmMs: done ? 300_000 : null, ttrMs: done ? 400_000 : null } };
}

/** 600 requests in 30 s; p95 is 5 s where all is well. */
function level(service: string, badShare: number): ServiceLevel {
  return { service, total: 600, bad: 600 * badShare, p50Ms: 3_000, p95Ms: Math.round(5_000 + badShare * 9_000) };
}

function isLast({ happening }: Entry): boolean {
  return happening.type === 'drill-ended' || happening.type === 'ghost-measured';
}

function ms(when: When): number {
  const parsed = parseDurationMs(when);
  if (parsed === null) throw new Error(`${when} is no duration`);
  return parsed;
}
