import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { loadParty } from '../outside/party-files.ts';
import { loadScenario } from '../outside/scenario-files.ts';
import { balanceOf, brents, busFactors } from '../party/balance.ts';
import { choosePair, type Pair, type PairChoice } from '../party/pair.ts';
import { sayWhy } from '../party/pair-words.ts';
import type { Party, Person } from '../party/party.ts';
import { CLASS_WORDS, classOf } from '../party/person-class.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatComplaint, plainText, type Complaint } from '../yaml/complaint.ts';

interface PairOptions {
  readonly party?: string;
  readonly scenario?: string;
  readonly json?: boolean;
}

/** `gameday pair`: the two of a party whose skills cover a scenario best. Exit code 0: here they are; 1: a file is wrong; 2: so is the call. */
export function pairCommand(): Command {
  return new Command('pair')
    .description('choose the two of a party whose skills cover a scenario best together, and say why')
    .option('--party <file>', 'the people, such as parties/example.yaml')
    .option('--scenario <file>', 'the scenario, such as scenarios/slow-site.yaml')
    .option('--json', 'print the choice as JSON')
    .action(async (options: PairOptions) => {
      process.exitCode = await choose(options);
    });
}

async function choose(options: PairOptions): Promise<0 | 1 | 2> {
  if (options.party === undefined || options.scenario === undefined) {
    process.stderr.write('Name a party and a scenario, such as: gameday pair --party parties/example.yaml --scenario scenarios/slow-site.yaml\n');
    return 2;
  }
  const party = loadParty(options.party);
  const scenario = await loadScenario(options.scenario);
  const complaints = [...inFolderOf(options.party, party.complaints), ...inFolderOf(options.scenario, scenario.complaints)];
  const choice = party.party === null || scenario.scenario === null ? null : choosePair(party.party, scenario.scenario.skills);
  if (party.party === null || scenario.scenario === null || choice === null) {
    process.stderr.write(complaints.map((complaint) => `${formatComplaint(complaint)}\n`).join(''));
    return complaints.some(({ rule }) => rule === 'no-file') ? 2 : 1;
  }
  const data = asData(party.party, scenario.scenario, choice);
  process.stdout.write(options.json === true ? `${JSON.stringify(data, null, 2)}\n` : asText(party.party, scenario.scenario, choice));
  return 0;
}

function inFolderOf(path: string, complaints: readonly Complaint[]): readonly Complaint[] {
  return complaints.map((complaint) => ({ ...complaint, file: join(dirname(path), complaint.file) }));
}

function asData(party: Party, scenario: Scenario, choice: PairChoice): object {
  const balance = balanceOf(party);
  return {
    scenario: scenario.title,
    party: party.name,
    pair: pairData(party, choice.pair),
    why: sayWhy(choice),
    runnerUp: choice.runnerUp === null ? null : { ...pairData(party, choice.runnerUp), decidedBy: choice.decidedBy },
    busFactors: busFactors(party, choice.pair.skills.map(({ skill }) => skill)).map(({ skill, people }) => ({ skill, busFactor: people.length, people })),
    balance: { score: rounded(balance.score), uncovered: balance.uncovered, brents: brents(party) },
  };
}

function pairData(party: Party, pair: Pair): object {
  return {
    people: pair.people.map((person) => ({ name: person.name, class: classOf(person, party.skills), timeZone: person.timeZone, consent: person.consent })),
    coverage: rounded(pair.coverage),
    skills: pair.skills.map((skill) => ({ ...skill, coverage: rounded(skill.coverage) })),
  };
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

function asText(party: Party, scenario: Scenario, choice: PairChoice): string {
  const { pair } = choice;
  const lines = [
    scenario.title,
    '',
    `On call together: ${pair.people.map((person) => describe(party, person)).join(' and ')}`,
    '',
    ...coverageTable(pair),
    '',
    'Why these two',
    ...sayWhy(choice).map((sentence) => `  ${sentence}`),
    '  Two decide a little more slowly than one, and each may lean on the other: agree first who leads.',
    '',
    `Who in ${party.name} does it alone (bus factor)`,
    ...busLines(party, pair),
    '',
    ...partyLines(party),
    ...pagingLines(pair),
  ];
  return lines.map((line) => `${plainText(line)}\n`).join('');
}

function describe(party: Party, person: Person): string {
  const personClass = classOf(person, party.skills);
  return `${person.name} (${personClass}: ${CLASS_WORDS[personClass]})`;
}

/** Bars of ten signs and a number: readable without colour, and by a screen reader. */
function coverageTable(pair: Pair): string[] {
  const names = pair.people.map(({ name }) => name.split(' ')[0] as string);
  const rows = [
    ['skill', 'asked', ...names, 'together', ''],
    ...pair.skills.map(({ skill, asked, levels, coverage, uncovered }) => [skill, String(asked), ...levels.map(String), bar(coverage), uncovered ? 'not reached' : '']),
    ['in all', '', '', '', bar(pair.coverage), ''],
  ];
  const widths = (rows[0] as string[]).map((_, at) => Math.max(...rows.map((row) => (row[at] as string).length)));
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] as number)).join('  ')}`.trimEnd());
}

function bar(share: number): string {
  const full = Math.round(share * 10);
  return `[${'#'.repeat(full)}${'.'.repeat(10 - full)}] ${String(Math.round(share * 100)).padStart(3)}%`;
}

function busLines(party: Party, pair: Pair): string[] {
  const factors = busFactors(party, pair.skills.map(({ skill }) => skill));
  const widest = Math.max(...factors.map(({ skill }) => skill.length));
  return factors.map(({ skill, people }) => `  ${skill.padEnd(widest)}  ${people.length === 0 ? '0  nobody' : `${people.length}  ${people.join(', ')}`}`);
}

function partyLines(party: Party): string[] {
  const { score, uncovered } = balanceOf(party);
  const single = brents(party).map(({ name, skills }) => `  Only ${name} does ${skills.join(', ')} alone: have somebody learn it beside them, and keep them out of firefighting.`);
  const nobody = uncovered.length === 0 ? [] : [`  Nobody does ${uncovered.join(', ')} alone.`];
  return [`Balance of the party: ${Math.round(score * 100)} of 100`, ...nobody, ...single];
}

function pagingLines(pair: Pair): string[] {
  const silent = pair.people.filter(({ consent }) => !consent).map(({ name }) => name);
  const own = pair.people.flatMap(({ name, pagerSeat }) => (pagerSeat === null ? [] : [`  ${name} sits at ${pagerSeat} and has a PagerDuty service of their own.`]));
  const lines = [...own, ...silent.map((name) => `  ${name} has not agreed to be paged outside of the terminal, and is not.`)];
  return lines.length === 0 ? [] : ['', 'Paging', ...lines];
}
