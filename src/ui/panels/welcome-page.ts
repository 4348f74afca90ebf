import { formatDurationMs } from '../../time/sim-time.ts';
import { SMALLEST, type Size } from '../layout.ts';
import { blank, exactly, heading, row, type Span } from '../rows.ts';
import { widthOf, wrap } from '../text.ts';
import type { Style, Theme } from '../theme.ts';
import { nameOf, STEPS, type Step, type WelcomeChoices, type WelcomeDesk, type WelcomeScenario } from '../welcome-desk.ts';

/** The page before a drill, as a frame of the terminal's size with the column of its cursor where there is one. */
export function welcomePage(
  desk: WelcomeDesk,
  choices: WelcomeChoices,
  theme: Theme,
  size: Size,
): { rows: string[]; cursor: { x: number; y: number } | null } {
  const { columns, rows } = size;
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) {
    return {
      rows: exactly(
        rows,
        columns,
        text(
          theme,
          columns,
          'warn',
          `gameday needs a terminal of at least ${SMALLEST.columns}x${SMALLEST.rows}; this one is ${columns}x${rows}.`,
        ),
      ),
      cursor: null,
    };
  }
  const width = Math.min(columns, 96);
  const margin = ' '.repeat(Math.floor((columns - width) / 2));
  const top = rows >= 34 ? Math.floor((rows - 30) / 2) : 0;
  const body = PAGES[desk.step](desk, choices, theme, width - 2, rows - top - 6);
  const head = [
    row(
      theme,
      width,
      [
        ['title', ' gameday '],
        ['faint', 'an incident, on purpose'],
      ],
      [['faint', `${STEPS.indexOf(desk.step) + 1} of ${STEPS.length} `]],
    ),
    heading(theme, width, TITLES[desk.step], null, true),
    blank(width),
  ];
  const page = [
    ...head,
    ...exactly(
      rows - top - 5,
      width,
      body.map((line) => ` ${line}`),
    ),
    blank(width),
    row(theme, width, FOOTERS[desk.step]),
  ];
  const all = [...Array.from({ length: top }, () => ''), ...page.map((line) => margin + line)];
  const cursor =
    desk.step === 'name'
      ? {
          x: margin.length + 1 + NAME_LEAD.length + widthOf(desk.name.text.slice(0, desk.name.at)),
          y: top + head.length + NAME_ROW,
        }
      : null;
  return { rows: all, cursor };
}

const TITLES = {
  name: 'Who are you?',
  scenario: 'What happens tonight?',
  partner: 'Who is on call with you?',
  start: 'Your first three minutes',
} as const satisfies Record<Step, string>;

const CHOOSE: readonly Span[] = [
  ['key', ' Up Down'],
  ['faint', ' choose  '],
  ['key', 'Enter'],
  ['faint', ' go on  '],
  ['key', 'Esc'],
  ['faint', ' back  '],
  ['key', '^C'],
  ['faint', ' leave'],
];
const FOOTERS = {
  name: [
    ['key', ' Enter'],
    ['faint', ' go on  '],
    ['key', '^C'],
    ['faint', ' leave'],
  ],
  scenario: CHOOSE,
  partner: CHOOSE,
  start: [
    ['key', ' Enter'],
    ['faint', ' start the clock  '],
    ['key', 'Esc'],
    ['faint', ' back  '],
    ['key', '^C'],
    ['faint', ' leave'],
  ],
} as const satisfies Record<Step, readonly Span[]>;

type Page = (desk: WelcomeDesk, choices: WelcomeChoices, theme: Theme, columns: number, height: number) => string[];

const PAGES = { name: namePage, scenario: scenarioPage, partner: partnerPage, start: startPage } as const satisfies Record<
  Step,
  Page
>;

const NAME_LEAD = 'Your name  ';
const NAME_ROW = 4;

function namePage(desk: WelcomeDesk, _choices: WelcomeChoices, theme: Theme, columns: number): string[] {
  const said = exactly(
    NAME_ROW,
    columns,
    text(
      theme,
      columns,
      'plain',
      'In a moment your phone rings and something is broken. It is a real cluster as far as you can tell: whatever you do to it has its natural effect, good or bad. Nothing real is touched.',
    ),
  );
  return [
    ...said,
    row(theme, columns, [
      ['faint', NAME_LEAD],
      [desk.offered ? 'faint' : 'strong', desk.name.text],
    ]),
    blank(columns),
    ...text(
      theme,
      columns,
      'faint',
      'The name stands in the room and on the timeline. Nothing is scored about how you type or write; what is looked at is what was done about the incident.',
    ),
  ];
}

function scenarioPage(desk: WelcomeDesk, choices: WelcomeChoices, theme: Theme, columns: number, height: number): string[] {
  const chosen = choices.scenarios[desk.scenario];
  if (chosen === undefined)
    return text(theme, columns, 'warn', 'No scenarios were found. Put one into the folder "scenarios", or leave with ^C.');
  const details = scenarioDetails(chosen, theme, columns);
  const room = Math.max(3, height - details.length - 1);
  const first = Math.max(0, Math.min(desk.scenario - Math.floor(room / 2), choices.scenarios.length - room));
  const list = choices.scenarios
    .slice(first, first + room)
    .map((scenario, i) =>
      option(
        theme,
        columns,
        first + i === desk.scenario,
        scenario.title,
        `${scenario.kind}, ${formatDurationMs(scenario.timeboxMs)}`,
      ),
    );
  return [...list, blank(columns), ...details];
}

function scenarioDetails(scenario: WelcomeScenario, theme: Theme, columns: number): string[] {
  const skills = Object.entries(scenario.skills).flatMap(([skill, level]): Span[] => [
    ['plain', `${skill} `],
    ['system', '●'.repeat(Math.min(5, level))],
    ['faint', `${'○'.repeat(Math.max(0, 5 - level))}   `],
  ]);
  return [
    ...text(theme, columns, 'plain', scenario.synopsis),
    blank(columns),
    row(theme, columns, [['faint', 'asks for  '], ...skills]),
  ];
}

function partnerPage(desk: WelcomeDesk, choices: WelcomeChoices, theme: Theme, columns: number): string[] {
  return [
    ...text(
      theme,
      columns,
      'plain',
      'Two people are paged at the same moment. The second seat can be taken by a scripted responder, who acknowledges, looks, talks in the room and can be asked.',
    ),
    blank(columns),
    ...choices.partners.flatMap((partner, i) => [
      option(theme, columns, i === desk.partner, partner.name, ''),
      ...wrap(partner.summary, columns - 4).map((line) => row(theme, columns, [['faint', `    ${line}`]])),
    ]),
  ];
}

function startPage(desk: WelcomeDesk, choices: WelcomeChoices, theme: Theme, columns: number): string[] {
  const scenario = choices.scenarios[desk.scenario];
  const who = choices.partners[desk.partner];
  return [
    ...text(
      theme,
      columns,
      'strong',
      `${nameOf(desk)}, ${scenario?.title ?? 'a drill'}, with ${who?.id == null ? 'nobody' : who.name}.`,
    ),
    blank(columns),
    ...FIRST_STEPS.flatMap(([what, why]) =>
      wrap(why, columns - 18).map((line, i) =>
        row(theme, columns, [
          ['key', (i === 0 ? what : '').padEnd(18)],
          ['plain', line],
        ]),
      ),
    ),
    blank(columns),
    ...text(theme, columns, 'faint', 'Space on an empty prompt pauses. You can leave at any time with ^C: nothing is lost.'),
  ];
}

/** What a person should do first, in order, and why. */
const FIRST_STEPS = [
  ['/ack', 'When the page rings: you have it. It stops ringing for you.'],
  ['/claim', "I'm on it. One person leads, before anybody touches anything."],
  ['changes', 'What did people and pipelines change tonight? The change log is the cheapest look there is.'],
  ['dash storefront', 'Numbers now, beside what is normal at this hour.'],
  ['/hyp ...', 'Say what you think it is, before the action that is aimed at it.'],
  ['any other words', 'go to the incident room: tell your partner what you do, ask for things by name, keep others informed.'],
  ['? or Tab', 'Everything that can be done; what the line could become.'],
] as const satisfies readonly (readonly [string, string])[];

function option(theme: Theme, columns: number, chosen: boolean, title: string, note: string): string {
  return row(theme, columns, [
    [chosen ? 'key' : 'plain', chosen ? '▶ ' : '  '],
    [chosen ? 'strong' : 'plain', title],
    ['faint', note === '' ? '' : `  ${note}`],
  ]);
}

function text(theme: Theme, columns: number, style: Style, words: string): string[] {
  return wrap(words, columns).map((line) => row(theme, columns, [[style, line]]));
}
