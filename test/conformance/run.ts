import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AKubectl } from './a-kubectl.ts';
import { ASandbox } from './a-sandbox.ts';
import { CASES } from './cases/all.ts';
import type { Case } from './case.ts';
import { foundKubectls, type FoundKubectl } from './found-kubectls.ts';
import { page, type Column } from './page.ts';
import { HEADING, specsPage } from './specs-page.ts';

const HELP = `npm run conformance -- [--only TEXT] [--write] [--specs]
Runs every command that a responder may use with each kubectl found on this machine (and those that KUBECTLS names, apart
by colons) against a sandbox, and prints what failed. --write renews CONFORMANCE.md,
--specs only what it says of Kubernetes' own specs. Exit codes: 0 all passed; 1 some failed; 2 none was found.`;

/** Fast enough that graces and back-offs pass, slow enough that a state can be seen. */
const SPEED = 10;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean' }, specs: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) return said(HELP, 0);
  if (values.specs === true) return written(firstPart());
  const kubectls = foundKubectls(process.env);
  if (kubectls.length === 0) return said('There is no kubectl on the PATH.', 2);
  const cases = CASES.filter(({ command }) => values.only === undefined || command.includes(values.only));
  const columns: Column[] = [];
  for (const kubectl of kubectls) columns.push(await columnOf(kubectl, cases));
  if (values.write === true) written(page(cases, columns));
  const failed = columns.flatMap(({ results }) => [...results.values()]).filter((result) => result !== 'passed' && result !== 'not there').length;
  return said(`${failed} of ${columns.length * cases.length} failed.`, failed === 0 ? 0 : 1);
}

/** What kubectls came to, as it was written last. */
function firstPart(): string {
  return existsSync(FILE) ? readFileSync(FILE, 'utf8').split(`\n${HEADING}`)[0] as string : '';
}

function written(first: string): number {
  writeFileSync(FILE, `${first.trimEnd()}\n\n${specsPage()}`);
  return 0;
}

const FILE = 'CONFORMANCE.md';

/** All cases with one kubectl, on a cluster of its own. */
async function columnOf({ program, minor }: FoundKubectl, cases: readonly Case[]): Promise<Column> {
  const sandbox = await ASandbox.start('scenarios/clusters/webshop', SPEED);
  const results = new Map<string, string>();
  try {
    const kubectl = new AKubectl(program, minor, sandbox.kubeconfig);
    for (const { command, since = 0, check } of cases) {
      const result = minor < since ? 'not there' : await check(kubectl).then(() => 'passed', (error: unknown) => reasonOf(error));
      results.set(command, result);
      if (result !== 'passed' && result !== 'not there') process.stdout.write(`1.${minor} ${command}: ${result}\n`);
    }
  } finally {
    await sandbox.stop();
  }
  process.stdout.write(`kubectl 1.${minor}: ${[...results.values()].filter((result) => result === 'passed').length} of ${cases.length} passed\n`);
  return { minor, results };
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 500);
}

function said(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

process.exitCode = await main();
