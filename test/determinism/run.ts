import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { arch, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { allScenarios, nightHash, type NightHash } from './night-hashes.ts';

const HELP = `npm run determinism -- [--seeds N] [--for SECONDS] [--brief]
Plays N seeds (1000) four times over: with and without the JIT compiler, in one process and in two; hashes every fact, and compares.
With --for it plays only as many of them as fit into that time; with --brief twice: with the JIT compiler in one process, without it in two. Exit codes: 0 all hashes are equal; 1 some are not; 2 the call was wrong.`;

/** The ways in which the same seeds are played. The first is what the others are compared with. */
const WAYS = [
  { name: 'JIT, 1 process', flags: [], processes: 1 },
  { name: 'JIT, 2 processes', flags: [], processes: 2 },
  { name: 'without JIT, 2 processes', flags: ['--jitless'], processes: 2 },
  { name: 'without JIT, 1 process', flags: ['--jitless'], processes: 1 },
] as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '1000' }, for: { type: 'string' }, brief: { type: 'boolean' }, help: { type: 'boolean' }, play: { type: 'string' } } });
  if (values.help === true) return say(HELP, 0);
  if (values.play !== undefined) return play(values.play);
  const seeds = Number(values.seeds);
  const seconds = values.for === undefined ? Infinity : Number(values.for);
  if (!Number.isSafeInteger(seeds) || seeds < 1 || !(seconds > 0)) return say(HELP, 2);
  say(`Node ${process.versions.node} on ${process.platform}/${arch()}, load ${loadavg()[0]?.toFixed(1)}, ${allScenarios(process.cwd()).length} scenarios, ${seeds} seeds`, 0);
  const known = new Map<number, NightHash>();
  let differing = 0;
  const ways = values.brief === true ? [WAYS[0], WAYS[2]] : WAYS;
  for (const way of ways) {
    const startedMs = performance.now();
    const nights = await playedBy(way, seeds, seconds / ways.length);
    const different = nights.filter(({ seed, sha256 }) => (known.get(seed)?.sha256 ?? sha256) !== sha256);
    for (const night of nights) if (!known.has(night.seed)) known.set(night.seed, night);
    differing += different.length;
    const facts = nights.reduce((sum, night) => sum + night.facts, 0);
    say(`${way.name.padEnd(26)} ${String(nights.length).padStart(6)} nights ${String(facts).padStart(9)} facts ${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${digestOf(nights)}${different.length === 0 ? '' : `  DIFFERENT: seeds ${different.slice(0, 5).map(({ seed }) => seed).join(', ')}`}`, 0);
  }
  return say(differing === 0 ? `Every seed gave the same facts each time (${known.size} seeds).` : `${differing} nights differ.`, differing === 0 ? 0 : 1);
}

/** One digest over the nights of a way, in order of their seeds. */
function digestOf(nights: readonly NightHash[]): string {
  const hash = createHash('sha256');
  for (const { seed, sha256 } of nights.toSorted((one, other) => one.seed - other.seed)) hash.update(`${seed} ${sha256}\n`);
  return `${nights.length} seeds: ${hash.digest('hex').slice(0, 16)}`;
}

/** Plays seeds 1 to `seeds` in that many processes, each taking every so-manieth seed. */
async function playedBy({ flags, processes }: (typeof WAYS)[number], seeds: number, seconds: number): Promise<readonly NightHash[]> {
  const parts = Array.from({ length: processes }, (_, nth) => playedIn([...flags], `${nth + 1}/${processes}/${seeds}/${Number.isFinite(seconds) ? seconds : 0}`));
  return (await Promise.all(parts)).flat();
}

function playedIn(flags: readonly string[], part: string): Promise<readonly NightHash[]> {
  return new Promise((resolve, reject) => {
    const nights: NightHash[] = [];
    const child = spawn(process.execPath, [...flags, process.argv[1] as string, '--play', part], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => nights.push(JSON.parse(line) as NightHash));
    child.on('close', (code) => (code === 0 ? resolve(nights) : reject(new Error(`determinism: a process ended with ${code}`))));
  });
}

/** In a process of its own: `first/step/last/seconds`, one line a night. Seconds 0 is no limit. */
function play(part: string): number {
  const [first = 1, step = 1, last = 1, seconds = 0] = part.split('/').map(Number);
  const scenarios = allScenarios(process.cwd());
  const untilMs = seconds > 0 ? performance.now() + seconds * 1_000 : Infinity;
  for (let seed = first; seed <= last && performance.now() < untilMs; seed += step) process.stdout.write(`${JSON.stringify(nightHash(scenarios, seed))}\n`);
  return 0;
}

function say(text: string, code: number): number {
  (code === 2 ? process.stderr : process.stdout).write(`${text}\n`);
  return code;
}

process.exitCode = await main();
