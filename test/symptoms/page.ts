import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import { exampleYaml, faultText } from '../../src/commands/fault-text.ts';
import { isMove, type Move, type Profile } from './profile.ts';

const MOST_MOVES = 12;
const MOST_EVENTS = 10;
const MOST_LINES = 12;

/** The page of a fault: what was seen of it in a run beside a calm twin, first things first. `mark` says of what it was made. */
export function symptomPage(fault: FaultKind, profile: Profile, mark: string): string {
  const rest = Object.entries(profile.signals).filter(([name]) => !isMove(name) && !/^(?:event|alert|template|node-of|pod-spec) /.test(name)).toSorted(([one, oneS], [other, otherS]) => oneS - otherS || (one < other ? -1 : 1));
  return [
    `<!-- made of ${mark} -->`, `# ${fault.word}`, '', fault.summary, '',
    `Written by \`npm run symptoms -- --write\` from a run of \`${exampleYaml(fault)}\` in the shop's cluster, beside its twin: the same six minutes without it. Times are minutes since it began.`, '',
    ...moves(profile), ...alerts(profile), ...events(profile), ...sayings(profile),
    ...code('kubectl get pods, at the end', profile.pods), ...code('The same on the calm day', profile.calmPods),
    ...(rest.length === 0 ? [] : ['## Objects that looked otherwise', '', ...rest.slice(0, 20).map(([name, atS]) => `- ${minutes(atS)}  \`${name}\``), ...more(rest.length, 20), '']),
    ...code('Shells on its nodes (kubectl debug node/…), beside the calm day', profile.shells.slice(0, 16)), ...code('Change log', profile.changes), ...code('What is known of it', faultText(fault).trimEnd().split('\n')),
  ].join('\n');
}

function moves(profile: Profile): string[] {
  const all = [...profile.moves].toSorted(([one, left], [other, right]) => left.atS - right.atS || weight(other, right) - weight(one, left) || (one < other ? -1 : 1));
  if (all.length === 0) return ['## What moved', '', 'No metric left its usual range.', ''];
  const rows = all.slice(0, MOST_MOVES).map(([signal, { atS, calm, first, farthest }]) => {
    const [metric = '', subject = ''] = signal.split(' ');
    const shown = (value: number | null): string => (value === null ? 'none' : measured(metric, value));
    return `| ${minutes(atS)} | \`${metric}\` | ${subject} | ${shown(calm)} | ${shown(first)} | ${shown(farthest)}${profile.passed.includes(signal) ? ', then back' : ''} |`;
  });
  return ['## What moved, first things first', '', '| Since | Metric | Of | Calm | First seen | At its worst |', '| ---: | --- | --- | ---: | ---: | ---: |', ...rows, ...(all.length > MOST_MOVES ? ['', `${all.length - MOST_MOVES} more moved later or less.`] : []), ''];
}

/** How far something went, so that of what moved at once the most telling comes first: errors, then what is slow, then the rest. */
function weight(signal: string, { calm, farthest }: Move): number {
  const metric = signal.split(' ')[0] ?? '';
  const went = Math.abs(farthest - (calm ?? 0));
  if (metric.endsWith('.errors')) return 1_000 * went;
  if (SHARES.has(metric)) return 100 * went;
  return Math.min(99, went / Math.max(1, Math.abs(calm ?? 0)));
}

const SHARES: ReadonlySet<string> = new Set(['http.errors', 'call.errors', 'threads.busy', 'cpu.share', 'cache.hit', 'db.cpu']);
const TIMES: ReadonlySet<string> = new Set(['http.p50', 'http.p95', 'call.ms', 'pool.wait', 'db.wait']);

function measured(metric: string, value: number): string {
  if (SHARES.has(metric)) return `${value < 0.0005 ? 0 : Number((value * 100).toPrecision(value < 0.1 ? 2 : 3))}%`;
  if (TIMES.has(metric)) return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))}${metric.endsWith('.rate') ? '/s' : ''}`;
}

function alerts({ alerts: fired }: Profile): string[] {
  const all = Object.entries(fired).toSorted(([one, left], [other, right]) => left - right || (one < other ? -1 : 1));
  return ['## Alerts', '', ...(all.length === 0 ? ['None fired within six minutes.'] : all.map(([name, atS]) => `- ${minutes(atS)}  \`${name}\``)), ''];
}

function events({ events: all }: Profile): string[] {
  if (all.length === 0) return ['## Events', '', 'None that a calm day has not.', ''];
  const kept = [...all.filter(({ type }) => type === 'Warning'), ...all.filter(({ type }) => type !== 'Warning')].slice(0, MOST_EVENTS).toSorted((one, other) => one.atS - other.atS);
  return ['## Events', '', '```text', ...kept.map(({ atS, type, reason, object, message, count }) => `${minutes(atS).padStart(5)}  ${type.padEnd(7)}  ${reason}  ${object}${count > 1 ? `  (${count} times)` : ''}\n       ${message.replaceAll('\n', ' ').slice(0, 220)}`), '```', ...more(all.length, MOST_EVENTS), ''];
}

function sayings({ sayings: all }: Profile): string[] {
  if (all.length === 0) return ['## Log lines', '', 'None that a calm day has not.', ''];
  return ['## Log lines that the calm day has not (numbers are #)', '', '```text', ...all.slice(0, MOST_LINES).map(({ line, times, atS }) => `${minutes(atS).padStart(5)}  ${`${times}×`.padStart(5)}  ${line.slice(0, 180)}`), '```', ...more(all.length, MOST_LINES), ''];
}

function code(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', '```text', ...lines, '```', ''];
}

function more(count: number, shown: number): string[] {
  return count > shown ? ['', `${count - shown} more.`] : [];
}

function minutes(atS: number): string {
  return `${String(Math.floor(atS / 60))}:${String(atS % 60).padStart(2, '0')}`;
}
