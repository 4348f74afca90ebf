import { ACT_COMMANDS, undoCommand } from './commands/act.ts';
import type { Command } from './commands/command.ts';
import { always } from './commands/command.ts';
import { INCIDENT_COMMANDS } from './commands/incident.ts';
import { LOOK_COMMANDS } from './commands/look.ts';
import { say, TALK_COMMANDS } from './commands/talk.ts';
import { completeKubectl } from './tools/kubectl/complete.ts';
import type { CommandContext, CommandLine, CommandResult, Restore } from './tools/tool.ts';
import { dashboardSubjects } from './dashboards.ts';
import type { CommandHelp } from './screen.ts';

/** Tools that people reach for and that this prompt does not have: what to use instead. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map(Object.entries({
  psql: 'See the database with: dash postgres',
  'redis-cli': 'See the cache with: dash redis',
  ssh: 'See a node with: kubectl describe node NAME',
  ping: 'Send a request with: curl NAME',
  dig: 'Send a request with: curl NAME',
  nslookup: 'Send a request with: curl NAME',
  top: 'See what pods use with: kubectl top pods',
  htop: 'See what pods use with: kubectl top pods',
  ps: 'See what runs with: kubectl get pods',
  tail: 'See logs with: logs SERVICE',
  grep: 'Filter with a pipe: logs checkout | grep ERROR is kubectl logs deploy/checkout | grep ERROR',
  ls: 'There are no files here. See what runs with: kubectl get all',
  cat: 'There are no files here. See an object with: kubectl get deploy NAME -o yaml',
  docker: 'See what runs with: kubectl get pods',
  helm: 'See what was deployed with: changes',
  git: 'See what was changed with: changes',
}));

/** Every command of a drill, in the order in which help lists them. */
export class CommandTable {
  readonly #commands: readonly Command[];
  readonly #byName: ReadonlyMap<string, Command>;

  /** `restoring` is what `/undo` finds deleted objects in. */
  constructor(restoring: ReadonlyMap<number, Restore>) {
    const commands = [...LOOK_COMMANDS, ...ACT_COMMANDS, undoCommand(restoring), ...INCIDENT_COMMANDS, ...TALK_COMMANDS];
    this.#commands = [...commands, helpCommand(() => this.#commands)];
    this.#byName = new Map(this.#commands.map((command) => [command.name, command]));
  }

  /** Carries one line out: facts and an answer, or a sentence why not. Plain words are said to the room. */
  decide(context: CommandContext, line: string): CommandResult {
    const parsed = parseLine(line);
    if (parsed.line === '') return { refusal: 'There is nothing on the line. Press ? for help.' };
    const command = this.#byName.get(parsed.name);
    if (command !== undefined) {
      const why = command.disabled(context);
      return why === null ? command.run(context, parsed) : { refusal: why };
    }
    if (parsed.name.startsWith('/')) return { refusal: `There is no command ${parsed.name}.${this.#nearest(parsed.name)} Type /help to see them all.` };
    const elsewhere = ELSEWHERE.get(parsed.name);
    if (elsewhere !== undefined) return { refusal: `${parsed.name} is not to be had from here. ${elsewhere}` };
    const meant = parsed.words.length > 0 ? this.#nearest(parsed.name) : '';
    return meant === '' ? say(context, parsed) : { refusal: `${parsed.name} is no tool here.${meant} To say it in the room all the same, begin with @ and a name, or use other words.` };
  }

  /** The table as a seat finds it now. */
  help(context: CommandContext): CommandHelp[] {
    return this.#commands.map((command) => ({
      name: command.name, usage: command.usage, summary: command.summary, group: command.group, examples: command.examples, disabled: command.disabled(context),
    }));
  }

  /** Whole lines that continue what is typed, best first. */
  complete(context: CommandContext, typed: string): string[] {
    const parsed = parseLine(typed);
    if (parsed.name === 'kubectl' && /\s/.test(typed)) return kubectlLines(context, typed);
    const subjects = ['dash', 'logs', 'trace', 'curl'].includes(parsed.name) ? dashboardSubjects(context.cluster).map((subject) => `${parsed.name} ${subject.slice(subject.indexOf('/') + 1)}`) : [];
    const flags = parsed.name === '/flag' ? context.cluster.flags().map(({ name, value }) => `/flag ${name} ${value === 'off' ? 'on' : 'off'}`) : [];
    const undone = this.#commands.flatMap(({ name, examples }) => (examples.includes(`${name} `) ? examples : [name, ...examples]));
    return [...new Set([...subjects, ...flags, ...undone])].filter((line) => line.startsWith(typed) && line !== typed);
  }

  #nearest(name: string): string {
    const near = this.#commands.find((command) => command.name !== name && differBySlip(command.name, name));
    return near === undefined ? '' : ` Did you mean ${near.name}?`;
  }
}

function kubectlLines({ cluster, namespace }: CommandContext, typed: string): string[] {
  const words = typed.split(/\s+/).slice(1);
  const head = typed.slice(0, typed.length - (words.at(-1) ?? '').length);
  return completeKubectl(words, cluster.api, namespace).map((word) => head + word);
}

/** One letter too many, too few, wrong, or two swapped. */
function differBySlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || one.length < 3) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const rest = (text: string, skip: number): string => text.slice(at + skip);
  if (rest(one, 1) === rest(other, 1) || rest(one, 1) === rest(other, 0) || rest(one, 0) === rest(other, 1)) return true;
  return one[at] === other[at + 1] && one[at + 1] === other[at] && rest(one, 2) === rest(other, 2);
}

/** Takes a line apart at its first word. `k` is kubectl, as everybody's fingers know. */
function parseLine(typed: string): CommandLine {
  const trimmed = typed.trim();
  const line = /^k\s/.test(trimmed) ? `kubectl ${trimmed.slice(2)}` : trimmed;
  const name = /^\S*/.exec(line)?.[0] ?? '';
  const rest = line.slice(name.length).trim();
  return { line, name, rest, words: rest === '' ? [] : rest.split(/\s+/) };
}

function helpCommand(all: () => readonly Command[]): Command {
  return {
    name: '/help',
    usage: '/help [COMMAND]',
    summary: 'Explain the commands, or one of them.',
    group: 'talk',
    examples: ['/help'],
    disabled: always,
    run(context, { words }) {
      const wanted = words[0];
      if (wanted === undefined) return { happenings: [], text: all().map((command) => `${command.usage.padEnd(34)} ${command.summary}`) };
      const command = all().find(({ name }) => name === wanted || name === `/${wanted}`);
      if (command === undefined) return { refusal: `There is no command ${wanted}.` };
      const why = command.disabled(context);
      return { happenings: [], text: [command.usage, command.summary, ...(why === null ? [] : [`Not now: ${why}`]), ...command.examples.map((example) => `  ${example}`)] };
    },
  };
}
