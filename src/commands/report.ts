import { open, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { debriefOf, type Debrief } from '../debrief/debrief.ts';
import { hotWash } from '../debrief/hot-wash.ts';
import { neutral } from '../debrief/markdown.ts';
import { postmortemMarkdown } from '../debrief/postmortem.ts';
import { scorecard } from '../debrief/scorecard.ts';
import { readTimelineFile } from '../outside/journal-reading.ts';
import { isOfSystem } from '../outside/system-folders.ts';
import { readScenario } from '../scenario/read.ts';

/** What a report wrote, or one sentence that says why there is none. */
export type Report =
  | { readonly postmortem: string; readonly scorecard: string; readonly debrief: Debrief }
  | { readonly refusal: string; readonly exitCode: 1 | 2 };

/**
 * `gameday report`: the debrief of a drill from its `timeline.jsonl` alone. Exit codes: 0 written; 1 the drill has not
 * ended, or its timeline is damaged; 2 there is no such timeline, or it cannot be written there.
 */
export function reportCommand(): Command {
  return new Command('report')
    .summary('write the debrief of a drill')
    .description('Write postmortem.md and scorecard.json from a drill’s timeline.jsonl, beside it or in another directory. The same timeline gives the same bytes.')
    .argument('<drill>', 'directory of the drill, or its timeline.jsonl')
    .option('--out <dir>', 'write into this directory')
    .option('--json', 'print the scorecard as JSON')
    .action(async (drill: string, options: { readonly out?: string; readonly json?: true }) => {
      const report = await writeReport(drill, options.out ?? null);
      if ('refusal' in report) {
        process.stderr.write(`${neutral(report.refusal, 2_000)}\n`);
        process.exitCode = report.exitCode;
        return;
      }
      process.stdout.write(options.json === true ? scorecardText(report.debrief) : reportText(report));
    });
}

/** Reads, derives and writes; `out` null is beside the timeline. Never throws for what a person gave it. */
export async function writeReport(drill: string, out: string | null): Promise<Report> {
  const file = await readTimelineFile(drill);
  if ('refusal' in file) return { refusal: file.refusal, exitCode: file.why === 'unreadable' ? 2 : 1 };
  const { timeline } = file;
  if (!timeline.facts.some((fact) => fact.type === 'drill-ended')) {
    return { refusal: `The drill in ${file.path} has not ended. Go on with: npx gameday play --resume ${dirname(file.path)}`, exitCode: 1 };
  }
  const { scenario, complaints } = readScenario(timeline.header.files, timeline.header.scenario.file);
  if (scenario === null) {
    const first = complaints.find(({ severity }) => severity === 'error');
    const why = first === undefined ? 'it is not among its files' : `${first.file}:${first.line}: ${first.problem}`;
    return { refusal: `The scenario inside ${file.path} cannot be read by this version: ${why}`, exitCode: 1 };
  }
  const debrief = debriefOf(timeline, scenario);
  const dir = out ?? dirname(file.path);
  const paths = { postmortem: join(dir, 'postmortem.md'), scorecard: join(dir, 'scorecard.json') };
  if (isOfSystem(dir)) return { refusal: `The report cannot be written to ${dir}: it belongs to the system. Give another directory with --out.`, exitCode: 2 };
  try {
    await mkdir(dir, { recursive: true });
    await writeWhole(paths.postmortem, postmortemMarkdown(debrief));
    await writeWhole(paths.scorecard, scorecardText(debrief));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { refusal: `The report cannot be written to ${dir}: ${code}. Give another directory with --out.`, exitCode: 2 };
  }
  return { ...paths, debrief };
}

function reportText(report: Extract<Report, { debrief: Debrief }>): string {
  const { headline, lines } = hotWash(report.debrief);
  return [headline, '', ...lines, '', `Wrote ${neutral(report.postmortem, 2_000)}`, `      ${neutral(report.scorecard, 2_000)}`, ''].join('\n');
}

function scorecardText(debrief: Debrief): string {
  return `${JSON.stringify(scorecard(debrief), null, 2)}\n`;
}

/** Readers find the old file or the new one, never a part: written beside it, flushed, then renamed over it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(beside, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
