import type { Drill } from '../drill/drill.ts';
import { ringingFor } from '../drill/state.ts';
import type { SeatId } from '../journal/timeline.ts';
import type { SimMs } from '../time/sim-time.ts';
import type { Script } from './script.ts';

/** Scripts look up at whole multiples of this, in simulated ms, however often time is let pass. */
const ATTENTION_MS = 1_000;

interface Seated {
  readonly seat: SeatId;
  readonly script: Script;
  nextMs: SimMs | null;
  heard: string[];
}

/** Lets time pass in a drill while scripts play on some of its seats. Their lines are commands like everybody's. */
export class Driver {
  readonly #drill: Drill;
  readonly #seated: Seated[];
  #read: number;

  /** Scripts learn of what happens from now on, and of pages that ring already. */
  constructor(drill: Drill, scripts: ReadonlyMap<SeatId, Script>) {
    this.#drill = drill;
    this.#read = drill.facts.length;
    this.#seated = [...scripts].map(([seat, script]) => ({ seat, script, nextMs: ringingFor(drill.state, seat).length > 0 ? drill.nowMs : null, heard: [] }));
  }

  /** As `drill.advance`, with the scripts' turns in between. */
  advance(untilMs: SimMs): void {
    const drill = this.#drill;
    while (!drill.ended && drill.nowMs < untilMs) {
      drill.advance(this.#nextStop(untilMs));
      this.#listen();
      for (const seated of this.#seated) {
        if (seated.nextMs !== null && seated.nextMs <= drill.nowMs && !drill.ended) this.#turn(seated);
      }
    }
  }

  #nextStop(untilMs: SimMs): SimMs {
    let stop = Math.min(untilMs, nextLook(this.#drill.nowMs));
    for (const { nextMs } of this.#seated) if (nextMs !== null) stop = Math.min(stop, Math.max(nextMs, this.#drill.nowMs));
    return stop;
  }

  /** Wakes whoever is paged or spoken to, or asked to confirm. */
  #listen(): void {
    const { facts } = this.#drill;
    for (; this.#read < facts.length; this.#read++) {
      const fact = facts[this.#read];
      for (const seated of this.#seated) {
        const spoken = fact?.type === 'said' && fact.to === seated.seat;
        const paged = fact?.type === 'page-sent' && fact.seats.includes(seated.seat);
        const asked = fact?.type === 'confirm-asked' && fact.seat !== seated.seat;
        if (spoken) seated.heard.push(fact.text);
        if (spoken || paged || asked) seated.nextMs ??= nextLook(fact.atMs);
      }
    }
  }

  #turn(seated: Seated): void {
    const drill = this.#drill;
    const { seat } = seated;
    const { heard } = seated;
    seated.heard = [];
    const turn = seated.script.turn({ nowMs: drill.nowMs, screen: () => drill.screen(seat), ringing: ringingFor(drill.state, seat)[0]?.id ?? null, heard });
    seated.nextMs = turn.nextMs === null ? null : drill.nowMs + Math.max(1, turn.nextMs);
    if (turn.line !== null) drill.command(seat, turn.line);
  }
}

/** The first look after a moment. What happens at the moment of a look is seen at the next: it may come after it. */
function nextLook(atMs: SimMs): SimMs {
  return (Math.floor(atMs / ATTENTION_MS) + 1) * ATTENTION_MS;
}
