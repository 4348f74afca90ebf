import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { benchApi, benchManyPods, benchReady } from './api.bench-part.ts';
import { runErrand } from './api-bench-client.ts';
import { benchAgenda } from './agenda.bench-part.ts';
import type { BenchRow } from './bench-row.ts';
import { benchOracle } from './oracle.bench-part.ts';
import { benchJournal } from './journal.bench-part.ts';
import { benchRehearsals } from './rehearsal.bench-part.ts';
import { benchBigCluster, benchWebshop } from './simulation.bench-part.ts';
import { benchStart } from './start.bench-part.ts';
import { table } from './table.ts';
import { benchUi } from './ui.bench-part.tsx';

/** What can be measured, by the name that `--only` takes. */
const PARTS: Readonly<Record<string, () => readonly BenchRow[] | Promise<readonly BenchRow[]>>> = {
  agenda: benchAgenda,
  webshop: benchWebshop,
  big: benchBigCluster,
  oracle: benchOracle,
  rehearsals: benchRehearsals,
  journal: benchJournal,
  ui: benchUi,
  start: benchStart,
  ready: benchReady,
  api: benchApi,
  'many-pods': benchManyPods,
};

const HELP = `npm run bench -- [--only NAME]... [--json]
Measures gameday, each row against its limit or a peer in the same run. Exit codes: 0 all goals met; 1 one is not; 2 the call was wrong, or a part failed.
NAME: ${Object.keys(PARTS).join(', ')}`;

/** Each part runs in a process of its own, so that none finds the heap and the compiled code of another. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, json: { type: 'boolean' }, help: { type: 'boolean' }, part: { type: 'string' } },
  });
  if (values.help === true) return say(HELP, 0);
  const unknown = [...(values.only ?? []), ...(values.part === undefined ? [] : [values.part])].find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) return say(`There is nothing called ${unknown} to measure.\n${HELP}`, 2);
  if (values.part !== undefined) return say(JSON.stringify(await PARTS[values.part]?.()), 0);
  const rows: BenchRow[] = [];
  for (const name of values.only ?? Object.keys(PARTS)) {
    const part = measured(name);
    if (part === null) return say(`The part ${name} could not be measured: see above.`, 2);
    rows.push(...part);
  }
  say(values.json === true ? JSON.stringify(rows, null, 2) : `${machine()}\n\n${table(rows)}`, 0);
  return rows.some(({ met }) => met === false) ? 1 : 0;
}

/** The rows of one part, or null where it failed and has said why. */
function measured(part: string): BenchRow[] | null {
  process.stderr.write(`measuring ${part} ...\n`);
  const ran = spawnSync(process.execPath, [...process.execArgv, process.argv[1] as string, '--part', part], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return ran.status !== 0 ? null : (JSON.parse(ran.stdout) as BenchRow[]);
}

function machine(): string {
  const load = loadavg().map((value) => value.toFixed(1)).join(', ');
  return `Node ${process.versions.node} on ${process.platform}/${process.arch}, ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${load}`;
}

function say(text: string, code: number): number {
  (code === 2 ? process.stderr : process.stdout).write(`${text}\n`);
  return code;
}

if (isMainThread) process.exitCode = await main();
else await runErrand();
