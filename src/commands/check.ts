import { dirname, join, relative } from 'node:path';
import { Command, Option } from 'commander';
import { formatComplaint, inOrder, plainText } from '../yaml/complaint.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { jsonSchemas } from '../scenario/json-schema.ts';
import type { LoadedScenario } from '../outside/read-files.ts';
import { ScenarioReader } from '../outside/scenario-files.ts';
import { rulesOf } from './cluster-rules.ts';
import { calmComplaint, quietComplaint } from './played-complaints.ts';
import { prove, provedText } from './prove.ts';
import { parseSeeds } from './rehearse.ts';

interface CheckOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly prove?: boolean;
  readonly seed: readonly number[];
  readonly schema?: true | 'scenario' | 'traffic';
}

/** `gameday check`: says everything that is wrong with scenarios, and with `--prove` whether their verdicts can be gamed. Exit code 0: nothing; 1: something; 2: no such file. */
export function checkCommand(): Command {
  return new Command('check')
    .description('say everything that is wrong with scenarios, each mistake with its place and its cure')
    .argument('[files...]', 'scenarios, such as scenarios/*.yaml')
    .option('--json', 'print the complaints as JSON')
    .option('--strict', 'let warnings fail, too')
    .option('--prove', 'then try each verdict: every solution has to pass, every cheat to fail')
    .addOption(new Option('--seed <n>', 'with --prove: a whole number, or a range such as 1..10').argParser(parseSeeds).default([1], '1'))
    .addOption(new Option('--schema [of]', 'print the JSON Schema that editors use').choices(['scenario', 'traffic']))
    .action(async (files: readonly string[], options: CheckOptions) => {
      process.exitCode = await check(files, options);
    });
}

async function check(paths: readonly string[], options: CheckOptions): Promise<0 | 1 | 2> {
  if (options.schema !== undefined) {
    process.stdout.write(jsonSchemas()[options.schema === 'traffic' ? 'traffic.schema.json' : 'scenario.schema.json']);
    return 0;
  }
  if (paths.length === 0) {
    process.stderr.write('Name the scenarios to check, such as: gameday check scenarios/*.yaml\n');
    return 2;
  }
  const read = await readAll(paths, options.prove === true);
  const complaints = read.flatMap(({ path, loaded }) => loaded.complaints.map((complaint) => ({ ...complaint, file: join(dirname(path), complaint.file) })));
  const proofs = options.prove === true ? read.flatMap(({ path, loaded }) => (loaded.scenario === null ? [] : [prove(path, loaded.scenario, options.seed)])) : [];
  const proved = proofs.length === 0 ? {} : { proved: proofs.map((proof) => proof.proved) };
  if (options.json === true) process.stdout.write(`${JSON.stringify({ scenarios: paths.length, complaints, ...proved }, null, 2)}\n`);
  else process.stdout.write(`${asText(read)}${proofs.map((proof) => provedText(proof.proved, proof.runs)).join('')}${summary(paths.length, complaints, proofs.flatMap((proof) => proof.proved.wrong).length)}\n`);
  if (proofs.some((proof) => proof.proved.wrong.length > 0)) return 1;
  if (complaints.some(({ rule }) => rule === 'no-file')) return 2;
  return complaints.some(({ severity }) => severity === 'error' || options.strict === true) ? 1 : 0;
}

interface Read {
  readonly path: string;
  readonly loaded: LoadedScenario;
}

async function readAll(paths: readonly string[], played: boolean): Promise<readonly Read[]> {
  const reader = new ScenarioReader();
  const read: Read[] = [];
  try {
    for (const path of paths) read.push({ path, loaded: withLooks(path, withRules(path, await reader.load(path)), played) });
  } finally {
    await reader.close();
  }
  return read;
}

/** With what is wrong in the `rules.yaml` of the scenario's cluster. */
function withRules(path: string, loaded: LoadedScenario): LoadedScenario {
  const { complaints } = rulesOf(path);
  if (complaints.length === 0) return loaded;
  return { ...loaded, complaints: inOrder([...loaded.complaints, ...complaints.map((complaint) => ({ ...complaint, file: relative(dirname(path), complaint.file) }))]) };
}

/** With what a look at the calm cluster tells, and where it is to be `played` a night in which nobody wakes up: only of a scenario that can be played. */
function withLooks(path: string, loaded: LoadedScenario, played: boolean): LoadedScenario {
  const calm = calmComplaint(path, loaded);
  const complaints = calm.length === 0 && played ? quietComplaint(path, loaded) : calm;
  return complaints.length === 0 ? loaded : { ...loaded, complaints: inOrder([...loaded.complaints, ...complaints]) };
}

/** One line a complaint, as compilers write them; at a terminal the line of the file and a caret below. */
function asText(read: readonly Read[]): string {
  const lines = read.flatMap(({ path, loaded }) =>
    loaded.complaints.flatMap((complaint) => {
      const line = formatComplaint({ ...complaint, file: join(dirname(path), complaint.file) });
      return process.stdout.isTTY ? [line, ...excerpt(loaded.files[complaint.file], complaint)] : [line];
    }),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** The written line with a caret under the place; a long line is cut around it. */
function excerpt(text: string | undefined, { line, col }: Complaint): string[] {
  const written = text?.split('\n')[line - 1]?.replace(/\r$/, '');
  if (written === undefined || written.trim() === '') return [];
  const from = Math.max(0, col - 60);
  const before = plainText(written.slice(from, col - 1).replaceAll('\t', ' '));
  return [`  ${before}${plainText(written.slice(col - 1, from + 100).replaceAll('\t', ' '))}`, `  ${' '.repeat(before.length)}^`];
}

function summary(scenarios: number, complaints: readonly Complaint[], misjudged: number): string {
  const errors = complaints.filter(({ severity }) => severity === 'error').length;
  if (complaints.length + misjudged === 0) return `${count(scenarios, 'scenario')}, no complaints`;
  const warnings = complaints.length - errors;
  return `${count(scenarios, 'scenario')}, ${[...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : []), ...(misjudged > 0 ? [`${count(misjudged, 'run')} judged wrongly`] : [])].join(', ')}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
