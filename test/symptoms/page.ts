import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import { exampleYaml, faultText } from '../../src/commands/fault-text.ts';
import type { Profile } from './profile.ts';

/** The page of a fault: what was seen of it in a run, first things first. */
export function symptomPage(fault: FaultKind, profile: Profile): string {
  const byTime = Object.entries(profile.signals).toSorted(([one, oneS], [other, otherS]) => oneS - otherS || (one < other ? -1 : 1));
  const metrics = byTime.filter(([name]) => / (?:rises|falls)$/.test(name));
  const events = byTime.filter(([name]) => name.startsWith('event '));
  const rest = byTime.filter(([name]) => !/ (?:rises|falls)$|^event |^alert |^template |^node-of |^pod-spec /.test(name));
  const list = (title: string, items: readonly (readonly [string, number])[]): string[] => (items.length === 0 ? [] : [`## ${title}`, '', ...items.map(([name, atS]) => `- ${minutes(atS)}  \`${name}\``), '']);
  const code = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [`## ${title}`, '', '```text', ...lines, '```', '']);
  return [
    `# ${fault.word}`, '', fault.summary, '',
    `Written by \`npm run symptoms -- --write\` from a run of \`${exampleYaml(fault)}\` in the shop's cluster. Times are since the fault began; looked at every half minute, for six minutes, beside a day on which nothing went wrong.`, '',
    ...list('Metrics that moved', metrics.slice(0, 14)),
    ...list('Alerts that fired', Object.entries(profile.alerts)),
    ...list('Objects that looked otherwise', rest),
    ...list('Events', events),
    ...code('What warnings said (numbers and names with numbers are #)', profile.warnings.slice(0, 8)),
    ...code('Log lines (numbers are #)', profile.lines.slice(0, 12).map((line) => line.slice(4, 204))),
    ...code('kubectl get pods', profile.pods),
    ...code('Change log', profile.changes),
    ...code('What is known of it', faultText(fault).trimEnd().split('\n')),
  ].join('\n');
}

function minutes(atS: number): string {
  return `${String(Math.floor(atS / 60))}:${String(atS % 60).padStart(2, '0')}`;
}
