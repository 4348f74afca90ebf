import { FAULTS } from '../cluster/faults/catalogue.ts';
import { FAULT_GROUPS, type FaultGroup } from '../cluster/faults/fault.ts';
import { parityCounts, parityRows } from '../cluster/faults/parity.ts';
import { exampleYaml, TARGET_TEXTS } from './fault-text.ts';

/** FAULTS.md: every fault with its target and an example, and how the catalogue compares with others. */
export function faultsPage(): string {
  const groups = (Object.keys(FAULT_GROUPS) as FaultGroup[]).flatMap((group) => [
    `## ${FAULT_GROUPS[group]}`, '',
    '| Fault | Makes it so | Target | In a scenario |', '| --- | --- | --- | --- |',
    ...[...FAULTS.values()].filter((fault) => fault.group === group).map((fault) => `| \`${fault.word}\` | ${fault.summary} | ${TARGET_TEXTS[fault.target]} | \`${exampleYaml(fault).replaceAll('|', '\\|')}\` |`),
    '',
  ]);
  const rows = parityRows();
  return [
    '# Faults', '',
    'What can go wrong in a cluster here. `gameday faults NAME` explains one: its settings, how it looks, what helps, what mends it.',
    'This page is what `gameday faults --markdown` prints; a test holds them together.', '',
    ...groups,
    '## Compared with other catalogues', '',
    '| Catalogue | Names | Simulated |', '| --- | --- | --- |',
    ...parityCounts().map(({ source, names, simulated }) => `| ${source} | ${names} | ${simulated} |`), '',
    '| Catalogue | Name there | Here |', '| --- | --- | --- |',
    ...rows.map(({ source, name, word, reason }) => `| ${source} | ${name} | ${reason === '' ? `\`${word}\`` : `impossible: ${reason}`} |`), '',
  ].join('\n');
}
