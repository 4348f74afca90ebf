import type { Scenario } from '../../scenario/scenario.ts';
import { type DrillState, nameOf } from '../state.ts';
import type { CommandContext, CommandLine, CommandResult } from '../tools/tool.ts';
import { always, type Command, usage } from './command.ts';

/** What is said in the incident room and out of it. */

const update: Command = {
  name: '/update',
  usage: '/update TEXT',
  summary: 'Tell the stakeholders how it stands, in words a customer would understand.',
  group: 'talk',
  examples: ['/update '],
  disabled: always,
  run: ({ seat }, { rest }) => (rest === '' ? usage('/update', '/update Pages are slow since 03:10. We know where and are on it. Next update in 15 minutes.') : { happenings: [{ type: 'update-posted', seat, audience: 'stakeholders', text: rest }], text: ['Posted to the stakeholders.'] }),
};

const can: Command = {
  name: '/can',
  usage: '/can CONDITIONS; ACTIONS; NEEDS',
  summary: 'Update the team in three parts: what is, what you do, what you need.',
  group: 'talk',
  examples: ['/can '],
  disabled: always,
  run({ seat }, { rest }) {
    const parts = rest.split(/\s*[;|]\s*/).filter((part) => part !== '');
    if (parts.length !== 3) return { refusal: 'A CAN update has three parts, such as: /can pages take 7 s, normal 5; reading the checkout logs; Ben, please look at the database' };
    const [conditions, actions, needs] = parts as [string, string, string];
    return { happenings: [{ type: 'update-posted', seat, audience: 'team', text: `Conditions: ${conditions}. Actions: ${actions}. Needs: ${needs}.` }], text: ['Posted to the room.'] };
  },
};

const hint: Command = {
  name: '/hint',
  usage: '/hint',
  summary: 'Ask for a hint. It is written down, and it is no shame.',
  group: 'talk',
  examples: ['/hint'],
  disabled: (context) => (context.state.pages.length === 0 ? 'Nothing has been paged yet.' : nextHint(context) === undefined ? 'There are no more hints.' : null),
  run(context) {
    const { seat } = context;
    const next = nextHint(context);
    return next === undefined ? { refusal: 'There are no more hints.' } : { happenings: [{ type: 'hint-given', seat, text: next.text }], text: [next.text] };
  },
};

function nextHint({ state, scenario }: CommandContext): Scenario['hints'][number] | undefined {
  return scenario.hints.find(({ text }) => !state.hints.includes(text));
}

/** Plain words go to the room. `@name` at the front addresses one person, and so do a name with a comma, and a name with a request. */
export function say({ state, seat }: CommandContext, { line }: CommandLine): CommandResult {
  const seatOf = (name: string): DrillState['seats'][number] | undefined => {
    const wanted = name.toLowerCase();
    return state.seats.find((record) => record.name.toLowerCase() === wanted || record.name.toLowerCase().split(' ')[0] === wanted || record.seat === wanted);
  };
  const addressed = /^@(\S+?)[:,]?\s+(.+)$/.exec(line);
  if (addressed !== null) {
    const [, name, text] = addressed as unknown as [string, string, string];
    const to = seatOf(name);
    if (to === undefined) return { refusal: `Nobody here is called ${name}. In the room: ${state.seats.map((record) => record.name).join(', ')}.` };
    return { happenings: [{ type: 'said', seat, text: `@${nameOf(state, to.seat)} ${text}`, to: to.seat }], text: [] };
  }
  const named = NAMED.exec(line);
  const to = named === null ? undefined : seatOf((named[1] ?? named[2]) as string);
  if (to === undefined || to.seat === seat) return { happenings: [{ type: 'said', seat, text: line, to: null }], text: [] };
  return { happenings: [{ type: 'said', seat, text: line, to: to.seat }], text: [] };
}

/** `Robin, …`, `Robin: …`, `Robin can you …`: how people speak to one another. */
const NAMED = /^(?:(?:(?:hey|hi|ok|and) )?(\S+?)[,:] +\S|(\S+) (?:please|can|could|will|would|do|are|what|how|where|why|which|run|look|check|watch|tell|take|any) )/i;

export const TALK_COMMANDS: readonly Command[] = [update, can, hint];
