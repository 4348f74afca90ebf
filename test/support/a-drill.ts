import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Metric } from '../../src/cluster/signals/metrics.ts';
import { WINDOW_MS } from '../../src/cluster/traffic/traffic.ts';
import { Drill } from '../../src/drill/drill.ts';
import type { OutputBlock } from '../../src/drill/screen.ts';
import type { Fact, SeatId, SeatRecord } from '../../src/journal/timeline.ts';
import { readScenario } from '../../src/scenario/read.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { HOUR_MS, parseDurationMs } from '../../src/time/sim-time.ts';
import { readableTimeline } from './readable-timeline.ts';

/** Two people at their desks: Ana types, Ben is her partner. */
const PAIR: readonly SeatRecord[] = [
  { seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' },
  { seat: 'responder-2', role: 'responder', name: 'Ben', driver: 'person' },
];

/** A drill on one of the scenarios of this repository, in which nobody does anything until the test says so. */
export function aDrill(name: string, { seed = 7, seats = PAIR }: { readonly seed?: number; readonly seats?: readonly SeatRecord[] } = {}): Night {
  return new Night(new Drill({ scenario: theScenario(name), seed, seats, onFact: () => undefined }));
}

/** The web shop on a day on which nothing is wrong. It is over after three hours. */
export function aCalmDay({ seed = 7 }: { readonly seed?: number } = {}): Night {
  const stages = { type: 'atomic', initial: null, history: 'shallow', target: null, states: {}, entry: [], exit: [], on: {}, after: [], always: [], onDone: [] } as const;
  const scenario: Scenario = { ...theScenario('slow-site'), stages, injects: [], hints: [], faults: {}, timeboxMs: 3 * HOUR_MS };
  return new Night(new Drill({ scenario, seed, seats: PAIR, onFact: () => undefined }));
}

/** A drill as its people live it, for tests that read like an incident. Subjects are Services of `shop` by their short names. */
export class Night {
  readonly drill: Drill;

  constructor(drill: Drill) {
    this.drill = drill;
  }

  wait(duration: string): this {
    this.drill.advance(this.drill.nowMs + ms(duration));
    return this;
  }

  /** Lets time pass until so long after the drill's start. */
  until(moment: string): this {
    this.drill.advance(ms(moment));
    return this;
  }

  /** Lets time pass until the page has come; fails where none comes in half an hour. */
  untilPaged(): this {
    for (let waited = 0; waited < 1_800 && this.drill.state.pages.length === 0; waited++) this.wait('1s');
    expect(this.drill.state.pages, 'nobody was paged').not.toEqual([]);
    return this;
  }

  /** Types a line that has to be carried out. */
  types(line: string, seat: SeatId = 'responder-1'): OutputBlock {
    const block = this.drill.command(seat, line);
    expect(block.status, `${line}: ${block.text.join(' ')}`).toBe('ok');
    return block;
  }

  /** Types a line that has to be refused; the sentence why. */
  refusal(line: string, seat: SeatId = 'responder-1'): string {
    const block = this.drill.command(seat, line);
    expect(block.status, `${line}: ${block.text.join(' ')}`).toBe('refused');
    return block.text.join('\n');
  }

  /** Mean of a metric over the last while; NaN where nothing was measured in it. */
  metric(metric: Metric, subject: string, over = '1m'): number {
    const values = this.drill.cluster.metrics.recent(metric, inShop(subject), Math.round(ms(over) / WINDOW_MS)).filter((value) => value !== null);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  /** Greatest value of a metric over the last while. */
  worst(metric: Metric, subject: string, over: string): number {
    return Math.max(...this.drill.cluster.metrics.recent(metric, inShop(subject), Math.round(ms(over) / WINDOW_MS)).map((value) => value ?? -Infinity));
  }

  /** What the metric was before the drill began. */
  normal(metric: Metric, subject: string): number {
    return this.drill.cluster.metrics.baseline(metric, inShop(subject)) ?? Number.NaN;
  }

  /** Share of bad answers of the measured service in the last two minutes. */
  get bad(): number {
    return this.drill.level.bad;
  }

  facts<Type extends Fact['type']>(type: Type): readonly Fact<Type>[] {
    return this.drill.facts.filter((fact): fact is Fact<Type> => fact.type === type);
  }

  readyPods(app: string): number {
    return this.drill.cluster.plane.store.get('Deployment', 'shop', app)?.status?.readyReplicas ?? 0;
  }

  podNames(app: string): string[] {
    return this.drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === app).map(({ metadata }) => metadata.name);
  }

  /**
   * Expects the lines in this order, with any others between: `02:00 fault-began partner-hangs`, or without a time where
   * the dice decide about that. Each may be the beginning of what it was.
   */
  expectTimeline(lines: readonly string[]): this {
    const told = readableTimeline(this.drill.facts, this.drill.state.seats).map((line) => line.replace(/\s+/g, ' '));
    let from = 0;
    for (const line of lines) {
      const at = told.findIndex((one, nth) => nth >= from && (one.startsWith(line) || one.slice(one.indexOf(' ') + 1).startsWith(line)));
      if (at === -1) expect.fail(`not on the timeline (in this order): ${line}\n  the timeline from there on:\n  ${told.slice(from, from + 30).join('\n  ')}`);
      from = at + 1;
    }
    return this;
  }
}

function inShop(subject: string): string {
  return subject.split('→').map((part) => (part.includes('/') ? part : `shop/${part}`)).join('→');
}

function ms(duration: string): number {
  const parsed = parseDurationMs(duration);
  if (parsed === null) throw new Error(`${duration} is no duration`);
  return parsed;
}

const SCENARIOS = new URL('../../scenarios/', import.meta.url);
const known = new Map<string, Scenario>();

/** A scenario of this repository by its name without `.yaml`; throws its first complaint. */
export function theScenario(name: string): Scenario {
  let scenario = known.get(name);
  if (scenario === undefined) {
    const reading = readScenario(scenarioTexts(name), `${name}.yaml`);
    if (reading.scenario === null) throw new Error(JSON.stringify(reading.complaints[0]));
    scenario = reading.scenario;
    known.set(name, scenario);
  }
  return scenario;
}

/** The names of all scenarios of this repository. */
export function scenarioNames(): string[] {
  return readdirSync(SCENARIOS).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length)).toSorted((one, other) => (one < other ? -1 : 1));
}

/** Its files by their paths, as a timeline's header holds them. */
export function scenarioTexts(name: string): Record<string, string> {
  const text = (path: string): string => readFileSync(new URL(path, SCENARIOS), 'utf8');
  const scenario = text(`${name}.yaml`);
  const cluster = /^cluster: *(\S+)/m.exec(scenario)?.[1] ?? '';
  return Object.fromEntries([`${cluster}/objects.yaml`, `${cluster}/traffic.yaml`].map((path) => [path, text(path)]).concat([[`${name}.yaml`, scenario]]));
}
