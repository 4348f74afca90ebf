import { Command } from 'commander';
import { FAULTS } from '../cluster/faults/catalogue.ts';
import { FAULT_GROUPS, type FaultGroup, type FaultKind } from '../cluster/faults/fault.ts';
import { parityCounts, parityRows } from '../cluster/faults/parity.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import { faultText, usesText } from './fault-text.ts';
import { faultsPage } from './faults-page.ts';

interface FaultsOptions {
  readonly json?: boolean;
  readonly parity?: boolean;
  readonly markdown?: boolean;
}

/** `gameday faults`: what can go wrong. Exit code 2 for a name that there is not. */
export function faultsCommand(): Command {
  return new Command('faults')
    .description('list what can go wrong, explain one fault, or compare with other catalogues')
    .argument('[name]', 'the fault to explain')
    .option('--parity', 'map the faults of published benchmarks and chaos tools to those here')
    .option('--markdown', 'print all of it as FAULTS.md has it')
    .option('--json', 'print it as JSON')
    .action((name: string | undefined, options: FaultsOptions, command: Command) => {
      const json = options.json === true;
      if (options.markdown === true) return print(faultsPage());
      if (options.parity === true) return print(json ? { counts: parityCounts(), rows: parityRows() } : parityText());
      if (name === undefined) return print(json ? [...FAULTS.values()].map(described) : listText());
      const fault = FAULTS.get(name);
      if (fault === undefined) return command.error(`No fault is called ${JSON.stringify(name)}. ${didYouMean(name, FAULTS.keys())}`.trim(), { exitCode: 2 });
      print(json ? described(fault) : faultText(fault));
    });
}

function print(what: string | object): void {
  process.stdout.write(typeof what === 'string' ? what : `${JSON.stringify(what, null, 2)}\n`);
}

function described({ word, group, summary, target, settings, lore }: FaultKind): object {
  return { word, group, summary, target, settings, lore };
}

function listText(): string {
  const widest = Math.max(...[...FAULTS.keys()].map(({ length }) => length));
  const groups = (Object.keys(FAULT_GROUPS) as FaultGroup[]).map((group) => {
    const faults = [...FAULTS.values()].filter((fault) => fault.group === group);
    return [FAULT_GROUPS[group], ...faults.map(({ word, summary }) => `  ${word.padEnd(widest)}  ${summary}`)].join('\n');
  });
  return `${groups.join('\n\n')}\n\n${FAULTS.size} faults. gameday faults NAME explains one.\n`;
}

function parityText(): string {
  const rows = parityRows().map(({ source, name, status, uses, differs }) => `${source.padEnd(14)}  ${name.padEnd(62)}  ${status.padEnd(10)}  ${status === 'impossible' ? differs : `${usesText(uses)}${differs === '' ? '' : `. ${differs}`}`}`);
  const counts = parityCounts().map(({ source, names, same, near, impossible }) => `${source}: of ${names}, ${same} the same, ${near} near, ${impossible} impossible`);
  return `${rows.join('\n')}\n\n${counts.join('\n')}\n`;
}
