import { createHash } from 'node:crypto';
import { Command } from 'commander';
import { replayDrill } from '../drill/replay.ts';
import { timelineText } from '../journal/line.ts';
import { readTimelineFile } from '../outside/journal-reading.ts';
import { readScenario } from '../scenario/read.ts';
import { formatElapsed } from '../time/sim-time.ts';
import { ghostRuns } from './ghosts.ts';
import { RestDoor } from './rest-door.ts';

/** `gameday replay`: runs a timeline's inputs again and compares every outcome. Exit codes: 0 identical; 1 not, or damaged; 2 no such timeline. */
export function replayCommand(): Command {
  return new Command('replay')
    .summary('run a timeline again and compare')
    .description('Run the inputs of a timeline again, from its own header, and compare every outcome with what was recorded.')
    .argument('<drill>', 'directory of the drill, or its timeline.jsonl')
    .option('--verify', 'compare and say whether the run is identical (this is what replay does; the option says so)')
    .option('--json', 'print the answer as JSON')
    .action(async (drill: string, options: { readonly json?: true }) => {
      process.exitCode = await replay(drill, options.json === true);
    });
}

async function replay(path: string, json: boolean): Promise<0 | 1 | 2> {
  const answer = (code: 0 | 1 | 2, identical: boolean, sentence: string, more: Record<string, unknown> = {}): 0 | 1 | 2 => {
    if (json) process.stdout.write(`${JSON.stringify({ identical, sentence, ...more })}\n`);
    else (code === 0 ? process.stdout : process.stderr).write(`${sentence}\n`);
    return code;
  };
  const file = await readTimelineFile(path);
  if ('refusal' in file) return answer(file.why === 'unreadable' ? 2 : 1, false, file.refusal);
  const { timeline } = file;
  const { scenario, complaints } = readScenario(timeline.header.files, timeline.header.scenario.file);
  if (scenario === null) return answer(1, false, `The scenario in ${file.path} cannot be read by this version: ${complaints[0]?.problem ?? 'it is missing'}`);
  const { drill, difference } = replayDrill(timeline, scenario, { ghosts: () => ghostRuns(scenario, timeline.header), door: (again) => new RestDoor(again) });
  if (difference !== null) {
    const line = difference.seq + 1;
    return answer(1, false, `${file.path}:${line}: The run differs from event ${difference.seq} on, at ${formatElapsed(difference.atMs)}.\n  recorded: ${difference.recorded}\n  now:      ${difference.now}`, { line, seq: difference.seq });
  }
  const again = createHash('sha256').update(timelineText({ header: timeline.header, facts: drill.facts.slice(0, timeline.facts.length) })).digest('hex');
  if (again !== file.timelineSha256) return answer(1, false, `${file.path}: The facts are the same, but their bytes are not: ${again} now, ${file.timelineSha256} recorded.`);
  const unfinished = drill.ended ? '' : ' The drill has not ended.';
  return answer(0, true, `identical: ${timeline.facts.length} events, SHA-256 ${again}${unfinished}`, { timelineSha256: again, events: timeline.facts.length });
}
