import { FAULTS } from '../cluster/faults/catalogue.ts';
import { FAULT_GROUPS, type FaultGroup } from '../cluster/faults/fault.ts';
import { parityCounts, parityRows } from '../cluster/faults/parity.ts';
import { exampleYaml, TARGET_TEXTS, usesText } from './fault-text.ts';

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
    'The same: of the same cause, with the same symptoms and the same cure. Near: what differs is said. Of chaos tools the effect is compared, as the cause there is the tool.', '',
    '| Catalogue | Names | The same | Near | Impossible |', '| --- | --- | --- | --- | --- |',
    ...parityCounts().map(({ source, names, same, near, impossible }) => `| ${source} | ${names} | ${same} | ${near} | ${impossible} |`), '',
    '| Catalogue | Name there | | Here | What differs |', '| --- | --- | --- | --- | --- |',
    ...rows.map(({ source, name, status, uses, differs }) => `| ${source} | ${name} | ${status} | ${status === 'impossible' ? '' : `\`${usesText(uses)}\``} | ${differs} |`), '',
  ].join('\n');
}
