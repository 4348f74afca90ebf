import type { Happening } from '../../journal/timeline.ts';
import { ringingFor, type DrillState } from '../state.ts';
import { failedWords } from '../verdict/check.ts';
import type { CommandContext, CommandResult } from '../tools/tool.ts';
import { always, type Command, usage } from './command.ts';

/** Pages, ownership, and the words that carry an incident from the first page to the handover. */

const beforeAnyPage = ({ state }: CommandContext): string | null => (state.pages.length === 0 ? 'Nothing has been paged yet.' : null);

const acknowledge: Command = {
  name: '/ack',
  usage: '/ack [PAGE]',
  summary: 'Acknowledge the page that rings: it stops ringing for you, and your partner sees that you are awake.',
  group: 'incident',
  examples: ['/ack'],
  disabled: ({ state, seat }) => (ringingFor(state, seat).length === 0 ? 'No page rings for you.' : null),
  run({ state, seat }, { words }) {
    const ringing = ringingFor(state, seat);
    const wanted = words[0]?.toUpperCase();
    const pages = wanted === undefined ? ringing : ringing.filter(({ id }) => id === wanted);
    if (pages.length === 0) {
      return { refusal: `There is no page ${wanted} that rings for you. ${ringing.length === 0 ? 'None does.' : `Ringing: ${ringing.map(({ id }) => id).join(', ')}.`}` };
    }
    return {
      happenings: pages.map(({ id }) => ({ type: 'page-acknowledged', page: id, seat, via: 'local' })),
      text: pages.map(({ id, text }) => `Acknowledged ${id}: ${text}`),
    };
  },
};

const claim: Command = {
  name: '/claim',
  usage: '/claim',
  summary: "Say \"I'm on it\": you lead this incident from now on.",
  group: 'incident',
  examples: ['/claim'],
  disabled: beforeAnyPage,
  run({ state, seat }) {
    if (state.claimedBy === seat) return { refusal: 'You have claimed it already.' };
    const acknowledged: Happening[] = ringingFor(state, seat).map(({ id }) => ({ type: 'page-acknowledged', page: id, seat, via: 'local' }));
    return { happenings: [...acknowledged, { type: 'claimed', seat }], text: ["You are on it. Next: what changed? What is slow, and compared with what?"] };
  },
};

const role: Command = {
  name: '/role',
  usage: '/role ROLE',
  summary: 'Take a role, such as lead, operations, communications or scribe. The pair needs two different ones.',
  group: 'incident',
  examples: ['/role lead', '/role operations', '/role communications', '/role scribe'],
  disabled: always,
  run({ seat }, { rest }) {
    return rest === '' ? usage('/role', '/role lead') : { happenings: [{ type: 'role-taken', seat, role: rest.toLowerCase() }], text: [`Your role: ${rest.toLowerCase()}.`] };
  },
};

const hypothesis: Command = {
  name: '/hyp',
  usage: '/hyp TEXT | /hyp ID confirmed|rejected',
  summary: 'State what you believe is wrong before you act on it; settle it when you know.',
  group: 'incident',
  examples: ['/hyp '],
  disabled: always,
  run({ state, seat }, { rest, words }) {
    if (rest === '') return usage('/hyp', '/hyp the database is out of connections');
    const [id, verdict] = [words[0]?.toUpperCase() ?? '', words[1]?.toLowerCase()];
    if (/^H\d+$/.test(id) && words.length <= 2) return settle(state, seat, id, verdict);
    const next = `H${state.hypotheses.length + 1}`;
    return { happenings: [{ type: 'hypothesis-stated', seat, id: next, text: rest }], text: [`${next}: ${rest}`, `Settle it with: /hyp ${next} confirmed, or /hyp ${next} rejected`] };
  },
};

function settle(state: DrillState, seat: string, id: string, verdict: string | undefined): CommandResult {
  const known = state.hypotheses.find((one) => one.id === id);
  if (known === undefined) return { refusal: `There is no hypothesis ${id}. ${state.hypotheses.length === 0 ? 'None has been stated.' : `Stated: ${state.hypotheses.map((one) => one.id).join(', ')}.`}` };
  if (verdict !== 'confirmed' && verdict !== 'rejected') return { refusal: `Say how it came out: /hyp ${id} confirmed, or /hyp ${id} rejected` };
  return { happenings: [{ type: 'hypothesis-settled', seat, id, as: verdict }], text: [`${id} ${verdict}: ${known.text}`] };
}

const plan: Command = {
  name: '/plan',
  usage: '/plan TEXT',
  summary: 'Say what you will do next, and how you will know that it worked.',
  group: 'incident',
  examples: ['/plan '],
  disabled: always,
  run: ({ seat }, { rest }) => (rest === '' ? usage('/plan', '/plan switch the check off, then watch p95 for two minutes') : { happenings: [{ type: 'plan-stated', seat, text: rest }], text: ['Noted.'] }),
};

const verify: Command = {
  name: '/verify',
  usage: '/verify',
  summary: 'Read the service level of the last two minutes, and what users still go without: did it help?',
  group: 'incident',
  examples: ['/verify'],
  disabled: always,
  run({ seat, level, shown, scenario }) {
    const objective = scenario.slo.objective;
    const meets = level.bad <= 1 - objective;
    const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 2 : 1)}%`;
    return {
      happenings: [{ type: 'verified', seat, bad: round(level.bad, 1e5), burn: round(level.burn, 100), p95Ms: level.p95Ms, meets }],
      text: [
        `${scenario.slo.service}, last 2 min: ${percent(level.bad)} bad (objective: at most ${percent(1 - objective)}), burn rate ${level.burn.toFixed(1)}, p95 ${level.p95Ms === null ? 'not measured' : `${(level.p95Ms / 1000).toFixed(2)} s`}`,
        meets ? 'Meets the objective.' : 'Does not meet the objective.',
        ...failedWords(shown()).map((words) => `Not yet: ${words}`),
      ],
    };
  },
};

function round(value: number, to: number): number {
  return Math.round(value * to) / to;
}

const resolve: Command = {
  name: '/resolve',
  usage: '/resolve',
  summary: 'Say that it is over. You go back to bed; if it is not over, you are woken again.',
  group: 'incident',
  examples: ['/resolve'],
  disabled: ({ state }) => (state.pages.length === 0 ? 'Nothing has been paged yet.' : state.resolvedAtMs === null ? null : 'It is resolved already; you will be woken if it is not.'),
  run: ({ state, seat }) => ({
    happenings: [
      { type: 'resolve-claimed', seat, failing: [] },
      ...state.pages.filter((page) => !page.resolved).map(({ id }): Happening => ({ type: 'page-resolved', page: id })),
    ],
    text: ['Resolved. The next hour will tell.'],
  }),
};

const handoff: Command = {
  name: '/handoff',
  usage: '/handoff TEXT',
  summary: 'Leave a note for whoever comes next: what is temporary, what is open.',
  group: 'incident',
  examples: ['/handoff '],
  disabled: always,
  run: ({ seat }, { rest }) => (rest === '' ? usage('/handoff', '/handoff the address check is off until the partner answers; ticket filed') : { happenings: [{ type: 'handed-off', seat, text: rest }], text: ['Noted for the next shift.'] }),
};

const ticket: Command = {
  name: '/ticket',
  usage: '/ticket TO [TEXT]',
  summary: 'File a ticket with a team or an outside party.',
  group: 'incident',
  examples: ['/ticket developers ', '/ticket '],
  disabled: always,
  run({ seat }, { words, rest }) {
    const to = words[0];
    if (to === undefined) return usage('/ticket', '/ticket developers checkout holds a connection while it waits');
    return { happenings: [{ type: 'ticket-filed', seat, to: to.toLowerCase(), text: rest.slice(to.length).trim() }], text: [`Ticket filed with ${to}.`] };
  },
};

export const INCIDENT_COMMANDS: readonly Command[] = [acknowledge, claim, role, hypothesis, plan, verify, ticket, handoff, resolve];
