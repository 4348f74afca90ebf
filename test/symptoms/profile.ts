import type { Cluster } from '../../src/cluster/cluster.ts';
import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import type { Night } from '../support/a-drill.ts';
import { aLabDay, exampleOf } from '../support/fault-lab.ts';
import { newLines, type Sight, sightOf, symptomsOf } from '../support/symptoms.ts';
import { nodeShells, shellsApart } from './node-shells.ts';
import { type EventSeen, eventsOf, podsTable, type Saying, sayingsOf } from './sayings.ts';

/** A metric that moved: when it was first seen to, what it is on a calm day, at that first look, and at its farthest from calm. */
export interface Move {
  readonly atS: number;
  readonly calm: number | null;
  readonly first: number;
  readonly farthest: number;
}

/** What a fault looked like in a run: each signal by its name, and how many seconds after the fault it was seen first. */
export interface Profile {
  readonly word: string;
  readonly signals: Readonly<Record<string, number>>;
  /** By the signal's name. */
  readonly moves: ReadonlyMap<string, Move>;
  /** What its alerts were, with the same times. */
  readonly alerts: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
  /** The same lines with how often they came, and since when. */
  readonly sayings: readonly Saying[];
  /** Metrics that had come back at the last look, and what warnings said (numbers are #). */
  readonly passed: readonly string[];
  readonly warnings: readonly string[];
  readonly events: readonly EventSeen[];
  /** What `kubectl get pods` said of the workloads that it struck, here and on the calm day, and the change log since. */
  readonly pods: readonly string[];
  readonly calmPods: readonly string[];
  readonly changes: readonly string[];
  /** What shells on its nodes print otherwise. */
  readonly shells: readonly string[];
}

/** When one looks, in seconds since the fault: closer in the beginning, where what moved first tells most. */
const LOOKS_S = [15, 30, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 270, 300, 330, 360];
const BEGINS_S = 10;

/** A day without a fault, as it was at each look. */
export function aWellDay(): { readonly day: Night; readonly looks: readonly Sight[]; readonly shells: ReadonlySet<string> } {
  const day = aLabDay();
  const looks = LOOKS_S.map((atS) => {
    day.until(`${BEGINS_S + atS}s`);
    return sightOf(day.drill.cluster);
  });
  return { day, looks, shells: nodeShells(day) };
}

export function profileOf(fault: FaultKind, well: ReturnType<typeof aWellDay>): Profile {
  const day = aLabDay().until(`${BEGINS_S}s`);
  const { cluster } = day.drill;
  const { kind, target, settings } = exampleOf(fault);
  const before = cluster.changes.entries.length;
  cluster.beginFault(kind, target, settings);
  const signals: Record<string, number> = {};
  const moves = new Map<string, Move>();
  const since = cluster.plane.store.resourceVersion;
  let last: readonly string[] = [];
  LOOKS_S.forEach((atS, look) => {
    day.until(`${BEGINS_S + atS}s`);
    const [sick, calm] = [sightOf(cluster), well.looks[look] as Sight];
    last = symptomsOf(sick, calm);
    for (const signal of last) {
      if (signal.includes('shop/stock-report-')) continue;
      signals[signal] ??= atS;
      noteMove(moves, signal, atS, sick, calm);
    }
  });
  const alerts = Object.fromEntries(day.facts('alert-fired').map(({ alert, atMs }) => [alert, Math.round(atMs / 1000) - BEGINS_S]));
  const lines = newLines(cluster, well.day.drill.cluster).filter((line) => !line.includes('stock-report')).toSorted((one, other) => (one < other ? -1 : 1));
  const passed = Object.keys(signals).filter((signal) => isMove(signal) && !last.includes(signal));
  const names = Object.keys(signals);
  const seen = {
    word: fault.word, signals, moves, alerts, lines, sayings: sayingsOf(cluster, lines, BEGINS_S * 1000), passed, warnings: warningsSince(cluster, since),
    events: eventsOf(cluster, well.day.drill.cluster, BEGINS_S * 1000), pods: podsTable(day, names), calmPods: podsTable(well.day, names), changes: changesSince(cluster, before, new Set(well.day.drill.cluster.changes.entries.map(({ who, what }) => `${who}: ${what}`))),
  };
  return { ...seen, shells: shellsApart(nodeShells(day), well.shells) };
}

/** Whether a signal is a metric that rose or fell. */
export function isMove(signal: string): boolean {
  return / (?:rises|falls)$/.test(signal);
}

function noteMove(moves: Map<string, Move>, signal: string, atS: number, sick: Sight, well: Sight): void {
  const name = signal.replace(/ (?:rises|falls)$/, '');
  const [value, calm] = [sick.get(name), well.get(name)];
  if (!isMove(signal) || typeof value !== 'number') return;
  const known = moves.get(signal);
  const normal = typeof calm === 'number' ? calm : null;
  if (known === undefined) moves.set(signal, { atS, calm: normal, first: value, farthest: value });
  else if (Math.abs(value - (normal ?? 0)) > Math.abs(known.farthest - (known.calm ?? 0))) moves.set(signal, { ...known, farthest: value });
}

/** Entries that the calm day has not, opened: of a plan's text what changes, not what it counts as hidden. */
function changesSince(cluster: Cluster, before: number, calm: ReadonlySet<string>): string[] {
  return cluster.changes.entries.slice(before).filter(({ who, what }) => !calm.has(`${who}: ${what}`)).flatMap(({ who, what, details = [] }) => {
    const shown = details.filter((line) => !/# \(\d+ unchanged/.test(line));
    return [`${who}: ${what}`, ...shown.slice(0, 24), ...(shown.length > 24 ? ['  …'] : [])];
  });
}

function warningsSince(cluster: Cluster, since: number): string[] {
  const told = cluster.plane.store.list('Event', null).filter(({ type, metadata }) => type === 'Warning' && Number(metadata.resourceVersion) > since);
  const words = told.map(({ reason, message }) => `${reason ?? ''}: ${(message ?? '').replaceAll(/[\w.-]*\d[\w.:-]*/g, '#').slice(0, 200)}`);
  return [...new Set(words)].toSorted((one, other) => (one < other ? -1 : 1));
}

/** A signal whoever it is about: what differs is its kind, not its subject. */
export function kindOfSignal(signal: string): string {
  return signal.replaceAll(/\b(?:shop|policy-system|default|kube-system)\/[\w.-]+|external\/[\w-]+/g, '…').replace(/^alert .*/, 'alert').replace(/\b(?:worker-\d|pod-policy|default-limits)\b/, '…');
}
