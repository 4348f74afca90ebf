import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import type { Night } from '../support/a-drill.ts';
import { aLabDay, exampleOf } from '../support/fault-lab.ts';
import { newLines, type Sight, sightOf, symptomsOf } from '../support/symptoms.ts';

/** What a fault looked like in a run: each signal by its name, and how many seconds after the fault it was seen first. */
export interface Profile {
  readonly word: string;
  readonly signals: Readonly<Record<string, number>>;
  /** What its alerts were, with the same times. */
  readonly alerts: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
  /** Metrics that had come back at the last look, and what warnings said (numbers are #). */
  readonly passed: readonly string[];
  readonly warnings: readonly string[];
  /** What `kubectl -n shop get pods` said of the workloads that it struck, and the change log since. */
  readonly pods: readonly string[];
  readonly changes: readonly string[];
}

const STEP_S = 30;
const LAST_S = 360;
const BEGINS_S = 10;

/** A day without a fault, as it was at each look. */
export function aWellDay(): { readonly day: Night; readonly looks: readonly Sight[] } {
  const day = aLabDay();
  const looks: Sight[] = [];
  for (let atS = STEP_S; atS <= LAST_S; atS += STEP_S) {
    day.until(`${BEGINS_S + atS}s`);
    looks.push(sightOf(day.drill.cluster));
  }
  return { day, looks };
}

export function profileOf(fault: FaultKind, well: ReturnType<typeof aWellDay>): Profile {
  const day = aLabDay().until(`${BEGINS_S}s`);
  const { cluster } = day.drill;
  const { kind, target, settings } = exampleOf(fault);
  const before = cluster.changes.entries.length;
  cluster.beginFault(kind, target, settings);
  const signals: Record<string, number> = {};
  const since = cluster.plane.store.resourceVersion;
  let last: readonly string[] = [];
  for (let atS = STEP_S, look = 0; atS <= LAST_S; atS += STEP_S, look++) {
    day.until(`${BEGINS_S + atS}s`);
    last = symptomsOf(sightOf(cluster), well.looks[look] as Sight);
    for (const signal of last) if (!signal.includes('shop/stock-report-')) signals[signal] ??= atS;
  }
  const alerts = Object.fromEntries(day.facts('alert-fired').map(({ alert, atMs }) => [alert, Math.round(atMs / 1000) - BEGINS_S]));
  const lines = newLines(cluster, well.day.drill.cluster).filter((line) => !line.includes('stock-report')).toSorted((one, other) => (one < other ? -1 : 1));
  const passed = Object.keys(signals).filter((signal) => / (?:rises|falls)$/.test(signal) && !last.includes(signal));
  return { word: fault.word, signals, alerts, lines, passed, warnings: warningsSince(day, since), pods: podsTable(day, Object.keys(signals)), changes: cluster.changes.entries.slice(before).map(({ who, what }) => `${who}: ${what}`) };
}

function warningsSince(day: Night, since: number): string[] {
  const told = day.drill.cluster.plane.store.list('Event', null).filter(({ type, metadata }) => type === 'Warning' && Number(metadata.resourceVersion) > since);
  const words = told.map(({ reason, message }) => `${reason ?? ''}: ${(message ?? '').replaceAll(/[\w.-]*\d[\w.:-]*/g, '#').slice(0, 200)}`);
  return [...new Set(words)].toSorted((one, other) => (one < other ? -1 : 1));
}

/** The lines of the table that are about what the signals name. */
function podsTable(day: Night, signals: readonly string[]): string[] {
  const workloads = new Set(signals.flatMap((signal) => (signal.startsWith('pods ') ? (signal.split(' ')[1]?.split('/')[1] ?? []) : [])));
  const namespace = signals.some((signal) => signal.startsWith('pods policy-system/')) && ![...workloads].some((name) => name === 'pricing') ? 'policy-system' : 'shop';
  const { text } = day.drill.command('responder-1', `kubectl -n ${namespace} get pods`);
  const [head = '', ...rows] = text.flatMap((line) => line.split('\n'));
  const kept = rows.filter((row) => [...workloads].some((name) => row.startsWith(`${name}-`))).slice(0, 8);
  return kept.length === 0 ? [] : [head, ...kept];
}

/** A signal whoever it is about: what differs is its kind, not its subject. */
export function kindOfSignal(signal: string): string {
  return signal.replaceAll(/\b(?:shop|policy-system|default|kube-system)\/[\w.-]+|external\/[\w-]+/g, '…').replace(/^alert .*/, 'alert').replace(/\b(?:worker-\d|pod-policy|default-limits)\b/, '…');
}
