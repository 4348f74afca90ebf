import { enableCompileCache } from 'node:module';
import { Command } from 'commander';
import { endWithLostOutput } from './outside/lost-output.ts';

/** One entry of the command line: read only when it is called, so that `--help` stays quick. */
interface Entry {
  readonly name: string;
  readonly arguments: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const ENTRIES: readonly Entry[] = [
  { name: 'play', arguments: '[scenario]', summary: 'play a drill in this terminal (what gameday does without a command)', load: async () => (await import('./commands/play.tsx')).playCommand() },
  { name: 'check', arguments: '<scenarios...>', summary: 'say everything that is wrong with scenarios', load: async () => (await import('./commands/check.ts')).checkCommand() },
  { name: 'rehearse', arguments: '<scenario>', summary: 'let a scripted responder play a scenario', load: async () => (await import('./commands/rehearse.ts')).rehearseCommand() },
  { name: 'replay', arguments: '<drill>', summary: 'run a timeline again and compare', load: async () => (await import('./commands/replay.ts')).replayCommand() },
  { name: 'report', arguments: '<drill>', summary: 'write the debrief of a drill', load: async () => (await import('./commands/report.ts')).reportCommand() },
  { name: 'export', arguments: '<drill>', summary: "write a drill's metrics, traces and logs for other tools", load: async () => (await import('./commands/export.ts')).exportCommand() },
  { name: 'pair', arguments: '', summary: 'choose who is paged together for a scenario', load: async () => (await import('./commands/pair.ts')).pairCommand() },
  { name: 'sandbox', arguments: '<cluster>', summary: 'run just the cluster, for your own kubectl', load: async () => (await import('./commands/sandbox.ts')).sandboxCommand() },
  { name: 'faults', arguments: '[name]', summary: 'list what can go wrong, explain one fault, or compare with other catalogues', load: async () => (await import('./commands/faults.ts')).faultsCommand() },
  { name: 'doctor', arguments: '', summary: 'say what this machine has, and what is missing', load: async () => (await import('./commands/doctor.ts')).doctorCommand() },
];

/** The composition root: finds the command, loads what it needs and nothing else, and turns every end into an exit code. */
async function main(words: readonly string[]): Promise<void> {
  const entry = ENTRIES.find(({ name }) => name === words[0]);
  const program = new Command('gameday')
    .description('Incident drills on a simulated Kubernetes cluster that reacts to what you do.')
    .version(process.env['GAMEDAY_VERSION'] ?? '0.0.0')
    .showHelpAfterError('(gameday --help tells what there is)')
    .exitOverride();
  for (const one of ENTRIES) {
    if (one === entry) program.addCommand(inherit(await one.load()));
    else program.command(`${one.name} ${one.arguments}`.trim()).summary(one.summary).description(one.summary);
  }
  await program.parseAsync([...words], { from: 'user' });
}

function inherit(command: Command): Command {
  return command.exitOverride().showHelpAfterError(`(gameday ${command.name()} --help tells how)`);
}

// What a command loads is compiled once and kept: half of the time of its start.
enableCompileCache();
endWithLostOutput();
try {
  const words = process.argv.slice(2);
  const first = words[0];
  const ofGameday = first !== undefined && /^(?:-h|--help|-V|--version)$/.test(first);
  const namesNoCommand = first === undefined || /\.ya?ml$/.test(first) || (first.startsWith('-') && !ofGameday);
  await main(namesNoCommand ? ['play', ...words] : words);
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Commander has printed what was wrong with the call; anything else is our bug, and is told in one line. */
function exitCodeOf(error: unknown): number {
  if (error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.')) {
    return error.exitCode === 0 ? 0 : 2;
  }
  if (process.env['GAMEDAY_DEBUG'] !== undefined) throw error;
  process.stderr.write(`gameday met a mistake of its own: ${error instanceof Error ? error.message : String(error)}\nNothing that was acknowledged is lost. GAMEDAY_DEBUG=1 shows where it happened.\n`);
  return 70;
}
