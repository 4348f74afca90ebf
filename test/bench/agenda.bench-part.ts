import { Agenda } from '../../src/time/agenda.ts';
import { Die } from '../../src/time/dice.ts';
import { BareHeap } from './bare-heap.ts';
import type { BenchRow } from './bench-row.ts';
import { compare, cpuMs } from './rounds.ts';

const HOLDS = 1_000_000;
const ROUNDS = 15;

/**
 * The hold model (D. W. Jones 1986): a queue of constant length, of which the first entry is taken and put back some
 * time later, over and over. The delays were rolled before; both queues meet the same ones. A drill holds some tens of
 * entries, the making of 1,000 pods about a thousand; fifty times as many are told beside it, where memory is what counts.
 */
export function benchAgenda(): BenchRow[] {
  return [held(1_000, true), held(50_000, false)];
}

function held(length: number, counts: boolean): BenchRow {
  const die = new Die(7, 'bench/agenda');
  const delays = Int32Array.from({ length: 65_536 }, () => 1 + die.roll(20_000));
  const agenda = new Agenda<Entry>();
  const bare = new BareHeap(length);
  for (let nth = 0; nth < length; nth++) {
    agenda.add(delays[nth % 65_536] as number, { nth });
    bare.push(delays[nth % 65_536] as number, nth);
  }
  const perS = (work: () => void): number => HOLDS / (cpuMs(work) / 1000);
  const { ours, peer, noise } = compare(ROUNDS, () => perS(() => holdAgenda(agenda, delays)), () => perS(() => holdBare(bare, delays)));
  const ratio = ours / peer;
  return {
    name: `agenda: holds in a queue of ${length}`, ours, peer, unit: 'holds/CPU-s', ratio, noise,
    goal: counts ? '≥ 0.7× the peer' : 'told beside it', met: counts ? ratio >= 0.7 : null,
    note: 'peer: a bare typed-array heap, without order among ties, objects or cancelling',
  };
}

interface Entry {
  readonly nth: number;
}

function holdAgenda(agenda: Agenda<Entry>, delays: Int32Array): void {
  for (let nth = 0; nth < HOLDS; nth++) {
    const entry = agenda.take(Infinity);
    if (entry === null) throw new Error('bench: the agenda ran empty');
    agenda.addAfter(delays[nth & 65_535] as number, entry);
  }
}

function holdBare(heap: BareHeap, delays: Int32Array): void {
  for (let nth = 0; nth < HOLDS; nth++) {
    const nowMs = heap.firstTime;
    heap.push(nowMs + (delays[nth & 65_535] as number), heap.pop());
  }
}
