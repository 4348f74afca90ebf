import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Night } from '../support/a-drill.ts';
import { plainLine } from '../support/symptoms.ts';

/** A line that pods of a workload wrote, its numbers as #: how often within the run, and how many seconds after the fault for the first time. */
export interface Saying {
  readonly line: string;
  readonly times: number;
  readonly atS: number;
}

/** Those of these lines (`log shop/cart ERROR …`) with their counts, first things first. */
export function sayingsOf(cluster: Cluster, lines: readonly string[], beganMs: number): Saying[] {
  const wanted = new Map(lines.map((line) => [line, { times: 0, atMs: Infinity }]));
  for (const workload of new Set(lines.map((line) => line.split(' ')[1] ?? ''))) {
    for (const { atMs, text } of cluster.workloadLogs(workload)) {
      const count = wanted.get(`log ${workload} ${plainLine(text)}`);
      if (count === undefined || atMs < beganMs) continue;
      count.times++;
      count.atMs = Math.min(count.atMs, atMs);
    }
  }
  return [...wanted].flatMap(([line, { times, atMs }]) => (times === 0 ? [] : [{ line: line.slice(4), times, atS: Math.round((atMs - beganMs) / 1000) }])).toSorted((one, other) => one.atS - other.atS || other.times - one.times || (one.line < other.line ? -1 : 1));
}

/** An event as `kubectl get events` shows it. */
export interface EventSeen {
  readonly atS: number;
  readonly type: string;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly count: number;
}

/** Events since a moment, but those that a calm day has too, first things first; what is told of many pods alike stands for all. */
export function eventsOf(sick: Cluster, well: Cluster, beganMs: number): EventSeen[] {
  const calm = new Set(well.plane.store.list('Event', null).map(({ reason, involvedObject, message }) => `${reason}/${involvedObject.kind}/${plain(message ?? '')}`));
  const found = new Map<string, EventSeen>();
  const { clock, store } = sick.plane;
  for (const { type = '', reason = '', involvedObject: { kind = '', name = '' }, message = '', firstTimestamp, count = 1 } of store.list('Event', null)) {
    const key = `${reason}/${kind}/${plain(message)}`;
    const atS = Math.round((Date.parse(firstTimestamp ?? '') - clock.unixMs(beganMs)) / 1000);
    if (calm.has(key) || atS < 0 || name.startsWith('stock-report')) continue;
    const known = found.get(key);
    if (known === undefined || atS < known.atS) found.set(key, { atS, type, reason, object: `${kind.toLowerCase()}/${name}`, message, count: (known?.count ?? 0) + count });
    else found.set(key, { ...known, count: known.count + count });
  }
  return [...found.values()].toSorted((one, other) => one.atS - other.atS || (one.reason < other.reason ? -1 : 1));
}

function plain(message: string): string {
  return message.replaceAll(/[\w./-]*\d[\w.:/-]*/g, '#').replaceAll(/shop\/[\w-]+/g, '#');
}

/** The lines of the table that are about what the signals name. */
export function podsTable(day: Night, signals: readonly string[]): string[] {
  const workloads = new Set(signals.flatMap((signal) => (signal.startsWith('pods ') ? (signal.split(' ')[1]?.split('/')[1] ?? []) : [])));
  const namespace = signals.some((signal) => signal.startsWith('pods policy-system/')) && ![...workloads].some((name) => name === 'pricing') ? 'policy-system' : 'shop';
  const { text } = day.drill.command('responder-1', `kubectl -n ${namespace} get pods`);
  const [head = '', ...rows] = text.flatMap((line) => line.split('\n'));
  const kept = rows.filter((row) => [...workloads].some((name) => row.startsWith(`${name}-`))).slice(0, 8);
  return kept.length === 0 ? [] : [head, ...kept];
}
