import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { measure, type Measures } from '../debrief/measures.ts';
import { timelineText } from '../journal/line.ts';
import { isA, type ScriptName, type Timeline } from '../journal/timeline.ts';
import { JournalFile } from '../outside/journal-file.ts';
import { TIMELINE_NAME } from '../outside/journal-reading.ts';
import type { LoadedScenario } from '../outside/read-files.ts';
import { loadScenario } from '../outside/scenario-files.ts';
import { rehearsalSeats } from '../responders/cast.ts';
import { rehearse } from '../responders/rehearsal.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatComplaint } from '../yaml/complaint.ts';
import { drillHeader } from './drill-header.ts';
import { ghostRuns } from './ghosts.ts';
import { progress } from './progress.ts';

const SCRIPTS: readonly ScriptName[] = ['noop', 'golden', 'johnny', 'john', 'random'];

interface RehearseOptions {
  readonly as: ScriptName;
  readonly seed: readonly number[];
  readonly out?: string;
  readonly json?: true;
}

/** What one rehearsal prints with `--json`. `dir` is null where nothing was to be written. */
export interface Rehearsed extends Measures {
  readonly scenario: string;
  readonly seed: number;
  readonly as: ScriptName;
  readonly dir: string | null;
  /** What of the verdict did not hold, each check with what was seen. */
  readonly missed: readonly string[];
  readonly timelineSha256: string;
  readonly events: number;
  readonly simulatedMs: number;
  readonly wallMs: number;
}

/** `gameday rehearse`: plays a scenario by a script, without people. Exit codes: 0 played; 1 the scenario has mistakes; 2 the call was wrong. */
export function rehearseCommand(): Command {
  return new Command('rehearse')
    .summary('let a scripted responder play a scenario')
    .description('Let a scripted responder play a scenario in simulated time, as fast as the machine can. The same scenario, seed and script give the same timeline, byte for byte.')
    .argument('<scenario>', 'such as scenarios/slow-site.yaml')
    .addOption(new Option('--as <script>', 'who plays').choices(SCRIPTS).default('john'))
    .option('--seed <n>', 'a whole number, or a range such as 1..50', parseSeeds, [1])
    .option('--out <dir>', 'write the timeline there (for a range of seeds, one directory each below it)')
    .option('--json', 'print one JSON object per rehearsal')
    .action(async (path: string, options: RehearseOptions) => {
      process.exitCode = await run(path, options);
    });
}

/** `7` or `1..50`. Throws where the text is neither. */
export function parseSeeds(text: string): number[] {
  const range = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const from = Number(range?.[1]);
  const to = Number(range?.[2] ?? range?.[1]);
  if (range === null || !Number.isSafeInteger(to) || to < from) throw new InvalidArgumentError('A seed is a whole number such as 7, a range such as 1..50.');
  if (to - from >= 100_000) throw new InvalidArgumentError('That is more than 100000 seeds.');
  return Array.from({ length: to - from + 1 }, (_, nth) => from + nth);
}

async function run(path: string, options: RehearseOptions): Promise<0 | 1 | 2> {
  const loaded = await loadScenario(path);
  if (loaded.scenario === null) {
    for (const complaint of loaded.complaints) process.stderr.write(`${formatComplaint(complaint)}\n`);
    return loaded.complaints.some(({ rule }) => rule === 'no-file') ? 2 : 1;
  }
  const show = progress(`rehearsing as ${options.as}`, options.seed.length);
  for (const seed of options.seed) {
    const rehearsed = await rehearseOnce(loaded, loaded.scenario, { path, as: options.as, seed, out: directory(options, seed) });
    show.step();
    if ('refusal' in rehearsed) {
      show.done();
      process.stderr.write(`${rehearsed.refusal}\n`);
      return 2;
    }
    process.stdout.write(options.json === true ? `${JSON.stringify(rehearsed)}\n` : sentence(rehearsed));
  }
  show.done();
  return 0;
}

/** Where the timeline of one of the seeds goes, or null where none is to be written. */
function directory({ out, seed: seeds }: RehearseOptions, seed: number): string | null {
  if (out === undefined) return null;
  return seeds.length === 1 ? resolve(out) : join(resolve(out), `seed-${seed}`);
}

/** Plays one drill with its ghosts and writes its timeline. A timeline that is there already may only be the same, or the beginning of it. */
export async function rehearseOnce(
  loaded: LoadedScenario,
  scenario: Scenario,
  { path, as, seed, out }: { readonly path: string; readonly as: ScriptName; readonly seed: number; readonly out: string | null },
): Promise<Rehearsed | { readonly refusal: string }> {
  const startedMs = performance.now();
  const header = drillHeader({ loaded, name: `${as}-${seed}`, seed, seats: rehearsalSeats(as), pager: 'none' });
  const drill = rehearse({ scenario, seed, as, onFact: () => undefined, ghosts: () => ghostRuns(scenario, header) });
  const timeline: Timeline = { header, facts: drill.facts };
  const text = timelineText(timeline);
  const trouble = out === null ? null : await write(out, timeline, text);
  if (trouble !== null) return { refusal: trouble };
  const { outcome, skill, measures } = measure(timeline, scenario);
  const timelineSha256 = createHash('sha256').update(text).digest('hex');
  return {
    scenario: path, seed, as, outcome, missed: drill.facts.findLast(isA('verdict-missed'))?.checks ?? [], dir: out, timelineSha256, events: drill.facts.length, skill, measures,
    simulatedMs: drill.nowMs, wallMs: Math.round(performance.now() - startedMs),
  };
}

async function write(dir: string, timeline: Timeline, text: string): Promise<string | null> {
  const file = join(dir, TIMELINE_NAME);
  const there = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (there === text) return null;
  if (there !== null && !text.startsWith(there)) return `There is another timeline in ${dir}, and it stays as it is. Give another directory with --out.`;
  // What is there is a part of the same: a rehearsal that was interrupted while it was written.
  const begun = there === null ? null : await JournalFile.reopen(dir);
  const opened = begun ?? (await JournalFile.create(dir, timeline.header));
  if ('refusal' in opened) return opened.refusal;
  const written = begun !== null && 'timeline' in begun ? begun.timeline.facts.length : 0;
  try {
    await opened.journal.append(timeline.facts.slice(written));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'The timeline could not be written.';
  } finally {
    await opened.journal.close();
  }
}

function sentence({ as, seed, outcome, skill, measures, dir }: Rehearsed): string {
  const number = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
  const where = dir === null ? '' : `  ${dir}`;
  return `${as.padEnd(7)} seed ${String(seed).padEnd(5)} ${(outcome ?? '-').padEnd(10)} S ${number(skill.S).padStart(6)}  H ${number(skill.H)}  D ${skill.D ?? '-'}  ${measures.badMinutes.toFixed(2).padStart(6)} bad minutes${where}\n`;
}
