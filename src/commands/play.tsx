import { Command, InvalidArgumentError, Option } from 'commander';
import { loadParty } from '../outside/party-files.ts';
import { choosePair } from '../party/pair.ts';
import { formatComplaint } from '../yaml/complaint.ts';
import { beginPlay, resumePlay } from './play-drill.ts';
import { PARTNER_NAMES, type PlayChoice, type PlayOptions } from './play-choice.ts';
import { chooseByWelcome } from './play-welcome.ts';

/** `gameday play`: one terminal, automatic dungeon master. Exit codes: 0 played or left; 1 the scenario or timeline is wrong; 2 the call was. */
export function playCommand(): Command {
  return new Command('play')
    .summary('play a drill in this terminal')
    .description('Play a drill in this terminal. Without a scenario, choose one. Leaving in the middle loses nothing: go on with --resume.')
    .argument('[scenario]', 'such as scenarios/slow-site.yaml')
    .option('--name <name>', 'your name in the drill')
    .addOption(new Option('--partner <who>', 'who sits on the second seat').choices(['john', 'johnny', 'none']))
    .option('--party <file>', 'choose the pair from a party, such as parties/example.yaml; you play the first of the two')
    .addOption(new Option('--pager <pager>', 'how pages go out').choices(['local', 'pagerduty']).default('local'))
    .option('--consent', 'you agree to be paged outside of this terminal for this drill')
    .option('--pace <n>', 'simulated seconds in a real one', parsePace, 1)
    .option('--seed <n>', 'a whole number; else one that nobody knows', parseSeed)
    .addOption(new Option('--kubectl <which>', "what the prompt's kubectl and helm are: this machine's own, gameday's small one, or its own where there is one").choices(['auto', 'real', 'small']).default('auto'))
    .option('--role <role>', 'what you may do to the cluster: a ClusterRole such as view, or one in a namespace such as shop/edit (else what your party says, else everything)')
    .option('--out <dir>', "the drill's directory (else a new one below postmortems/)")
    .option('--resume <dir>', 'go on with a drill that was left')
    .action(async (scenario: string | undefined, options: PlayOptions) => {
      process.exitCode = await play(scenario, options);
    });
}

function parsePace(text: string): number {
  const pace = Number(text);
  if (!(pace > 0 && pace <= 600)) throw new InvalidArgumentError('A pace is a number from above 0 to 600.');
  return pace;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) throw new InvalidArgumentError('A seed is a whole number such as 7.');
  return seed;
}

async function play(scenario: string | undefined, options: PlayOptions): Promise<0 | 1 | 2> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write('gameday play needs a terminal. Without one, let a script play: npx gameday rehearse scenarios/slow-site.yaml --as john\n');
    return 2;
  }
  if (options.resume !== undefined) return resumePlay(options.resume, options);
  const choice = scenario === undefined ? await chooseByWelcome(options) : choiceOf(scenario, options);
  if (choice === null) return 0;
  const paired = options.party === undefined ? choice : await pairUp(choice, options.party);
  return paired === null ? 1 : beginPlay(paired, options);
}

function choiceOf(scenario: string, options: PlayOptions): PlayChoice {
  const script = options.partner ?? 'john';
  return {
    scenario,
    you: { name: options.name ?? process.env['USER'] ?? 'You', consent: options.consent === true },
    partner: script === 'none' ? null : { name: PARTNER_NAMES[script], consent: false, script },
  };
}

/** Puts the two of a party whose skills cover the scenario best onto the seats. */
async function pairUp(choice: PlayChoice, file: string): Promise<PlayChoice | null> {
  const { loadScenario } = await import('../outside/scenario-files.ts');
  const [{ party, complaints }, { scenario }] = [loadParty(file), await loadScenario(choice.scenario)];
  if (party === null) {
    for (const complaint of complaints) process.stderr.write(`${formatComplaint(complaint)}\n`);
    return null;
  }
  const chosen = scenario === null ? null : choosePair(party, scenario.skills);
  if (chosen === null) return choice;
  const [first, second] = chosen.pair.people;
  return {
    ...choice,
    you: { name: first.name, consent: first.consent, clusterRole: first.clusterRole },
    partner: choice.partner === null ? null : { ...choice.partner, name: second.name, consent: second.consent },
  };
}
