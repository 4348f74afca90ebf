import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { AdmissionUser } from '../admission/admission-request.ts';
import { type AgendaEntry, runAfter } from '../agenda-entry.ts';
import type { Attributes } from '../authorization/attributes.ts';
import type { ObjectStore } from '../store.ts';
import { classify, type Classified } from './classify.ts';
import { type Seats, seatsOf } from './seats.ts';

/** A program that asks the API server for the same again and again: so many workers, each of which asks anew a while after its answer. */
export interface Poller {
  readonly user: AdmissionUser;
  readonly wanted: Attributes;
  readonly workers: number;
  readonly pauseMs: number;
  /** CPU time of the API server for one request. */
  readonly costMs: number;
}

/** What becomes of a request. */
export interface Verdict {
  readonly classified: Classified | null;
  /** For so long it waits and is worked on beyond what it takes where nobody else is there. */
  readonly delayMs: number;
  /** Why it is turned away, as metrics name it. */
  readonly rejected: 'queue-full' | 'concurrency-limit' | null;
}

/** How a flow of pollers fares, in requests. */
interface Flow {
  readonly of: Classified;
  readonly seats: Seats | null;
  readonly pollers: readonly Poller[];
  readonly executing: number;
  readonly waiting: number;
  readonly dispatchedPerS: number;
  readonly rejectedPerS: number;
  readonly waitMs: number;
  /** Of those that come, how many are turned away. */
  readonly rejectedShare: number;
}

/** What has been counted of a flow schema. */
export interface FlowCount {
  readonly schema: string;
  readonly level: string;
  readonly verb: string;
  readonly resource: string;
  dispatched: number;
  rejected: number;
  /** Seconds that those that were dispatched have waited. */
  waitedS: number;
}

/** Cores of the machine that the API server runs on. */
const CORES = 4;
/** Whoever was turned away comes back after the second that Retry-After names. */
const RETRY_MS = 1_000;
/** For so long what was worked out holds. */
const FRESH_MS = 1_000;
/** A request that waits longer is turned away. */
const MOST_WAIT_MS = 15_000;

/**
 * API priority and fairness: how the API server shares itself among those who ask. Pollers are rates, worked out as a
 * balance of their seats and the server's CPU; single requests of others meet what they leave. Where nobody polls nothing
 * is worked out, and nobody waits. Source: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/.
 */
export class FlowControl {
  readonly counts = new Map<string, FlowCount>();
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #store: ObjectStore;
  readonly #die: Die;
  readonly #pollers = new Set<Poller>();
  #flows: readonly Flow[] = [];
  #solvedAtMs: SimMs = -Infinity;

  constructor(agenda: Agenda<AgendaEntry>, store: ObjectStore, seed: number) {
    this.#agenda = agenda;
    this.#store = store;
    this.#die = new Die(seed, 'flow-control');
  }

  /** Lets a program ask from now on; returns how to stop. */
  poll(poller: Poller): () => void {
    this.#look();
    this.#pollers.add(poller);
    this.#solvedAtMs = -Infinity;
    return () => {
      this.#look();
      this.#pollers.delete(poller);
      this.#solvedAtMs = -Infinity;
    };
  }

  /** How the pollers fare now. */
  get flows(): readonly Flow[] {
    this.#look();
    return this.#flows;
  }

  /** What becomes of one request that comes now; it is counted. */
  judge(user: AdmissionUser, wanted: Attributes): Verdict {
    const classified = classify(this.#store, user, wanted);
    const verdict = this.#pollers.size === 0 ? { classified, delayMs: 0, rejected: null } : this.#among(classified, wanted);
    if (classified !== null) {
      const count = this.#countOf(classified, wanted);
      if (verdict.rejected === null) count.dispatched++;
      else count.rejected++;
    }
    return verdict;
  }

  /** Does something when a request that waits has waited. */
  after(delayMs: number, step: () => void): void {
    runAfter(this.#agenda, delayMs, step);
  }

  #among(classified: Classified | null, wanted: Attributes): Verdict {
    const { flows } = this;
    let executing = 0;
    for (const flow of flows) executing += flow.executing;
    const ownMs = costOf(wanted);
    const servedMs = Math.round(ownMs * Math.max(1, (executing + 1) / CORES) - ownMs);
    const ahead = flows.filter(({ of, seats, executing: inside, waiting, rejectedShare }) => classified !== null && of.level.metadata.name === classified.level.metadata.name && seats !== null && (waiting > 0 || rejectedShare > 0 || inside >= seats.most));
    const [full] = ahead;
    if (full === undefined || classified === null) return { classified, delayMs: servedMs, rejected: null };
    const same = ahead.find(({ of }) => of.flow === classified.flow);
    if (full.seats?.waiting === 0) {
      const share = Math.max(...ahead.map(({ rejectedShare }) => rejectedShare));
      return this.#die.between(0, 1) < share ? { classified, delayMs: 0, rejected: 'concurrency-limit' } : { classified, delayMs: servedMs, rejected: null };
    }
    // Another flow waits only until the next seat is free.
    if (same === undefined) return { classified, delayMs: servedMs + Math.round(1000 / Math.max(1, full.dispatchedPerS)), rejected: null };
    if (this.#die.between(0, 1) < same.rejectedShare) return { classified, delayMs: 0, rejected: 'queue-full' };
    return { classified, delayMs: servedMs + Math.round(same.waitMs), rejected: null };
  }

  #countOf({ schema, level }: Classified, wanted: Attributes): FlowCount {
    const [verb, resource] = [wanted.verb, wanted.of === 'resource' ? wanted.resource : ''];
    const key = `${schema.metadata.name}/${verb}/${resource}`;
    let count = this.counts.get(key);
    if (count === undefined) this.counts.set(key, (count = { schema: schema.metadata.name, level: level.metadata.name, verb, resource, dispatched: 0, rejected: 0, waitedS: 0 }));
    return count;
  }

  /** Counts what the pollers did since the last look, and works out how they fare from now on. */
  #look(): void {
    const nowMs = this.#agenda.nowMs;
    if (nowMs - this.#solvedAtMs < FRESH_MS) return;
    const sinceS = this.#solvedAtMs === -Infinity ? 0 : (nowMs - this.#solvedAtMs) / 1000;
    for (const { of, pollers, dispatchedPerS, rejectedPerS, waitMs } of this.#flows) {
      const [first] = pollers;
      if (first === undefined) continue;
      const count = this.#countOf(of, first.wanted);
      count.dispatched += dispatchedPerS * sinceS;
      count.rejected += rejectedPerS * sinceS;
      count.waitedS += (dispatchedPerS * sinceS * waitMs) / 1000;
    }
    this.#solvedAtMs = nowMs;
    this.#flows = this.#pollers.size === 0 ? [] : balanced([...grouped(this.#store, this.#pollers).values()]);
  }
}

interface Group {
  readonly of: Classified;
  readonly seats: Seats | null;
  readonly pollers: Poller[];
}

function grouped(store: ObjectStore, pollers: Iterable<Poller>): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const poller of pollers) {
    const of = classify(store, poller.user, poller.wanted);
    if (of === null) continue;
    const group = groups.get(of.flow) ?? { of, seats: seatsOf(store, of.level), pollers: [] };
    group.pollers.push(poller);
    groups.set(of.flow, group);
  }
  return groups;
}

/** How long one request takes of the server's CPU where nothing is known of it. */
function costOf(wanted: Attributes): number {
  return wanted.of === 'path' ? 2 : wanted.verb === 'list' ? 15 : wanted.verb === 'get' ? 4 : 12;
}

/** Seats and CPU in balance: all flows of a level share its seats, all that is worked on shares the cores. */
function balanced(groups: readonly Group[]): Flow[] {
  const wants = groups.map(({ pollers }) => pollers.reduce((sum, { workers }) => sum + workers, 0));
  const executing = groups.map(({ of, seats }, nth) => {
    const rivals = groups.filter((other) => other.of.level.metadata.name === of.level.metadata.name).length;
    return Math.min(wants[nth] as number, seats === null ? Infinity : Math.max(1, Math.floor(seats.most / rivals)));
  });
  let slowness = 1;
  // Those who pause between their requests are inside for less of the time, the faster the server is: a few rounds settle it.
  for (let round = 0; round < 8; round++) {
    let inside = 0;
    groups.forEach((group, nth) => (inside += (executing[nth] as number) * shareInside(group, slowness)));
    slowness = Math.max(1, inside / CORES);
  }
  return groups.map((group, nth) => flowOf(group, wants[nth] as number, executing[nth] as number, slowness));
}

function shareInside({ pollers }: Group, slowness: number): number {
  const costMs = meanOf(pollers, ({ costMs: cost }) => cost) * slowness;
  return costMs / (costMs + meanOf(pollers, ({ pauseMs }) => pauseMs));
}

function flowOf(group: Group, wanted: number, seats: number, slowness: number): Flow {
  const { of, pollers } = group;
  const tookMs = meanOf(pollers, ({ costMs }) => costMs) * slowness;
  const active = wanted * shareInside(group, slowness);
  const executing = Math.min(active, seats);
  const dispatchedPerS = (executing / tookMs) * 1000;
  const room = group.seats?.waiting ?? Infinity;
  const waiting = Math.min(Math.max(0, active - executing), room, (dispatchedPerS * MOST_WAIT_MS) / 1000);
  const away = Math.max(0, active - executing - waiting);
  const rejectedPerS = (away * 1000) / RETRY_MS;
  return { of, seats: group.seats, pollers, executing, waiting, dispatchedPerS, rejectedPerS, waitMs: dispatchedPerS === 0 ? 0 : (waiting / dispatchedPerS) * 1000, rejectedShare: rejectedPerS / Math.max(1e-9, rejectedPerS + dispatchedPerS) };
}

function meanOf(pollers: readonly Poller[], of: (poller: Poller) => number): number {
  let sum = 0;
  let workers = 0;
  for (const poller of pollers) {
    sum += of(poller) * poller.workers;
    workers += poller.workers;
  }
  return workers === 0 ? 0 : sum / workers;
}
