import type { KeyPress } from './keys.ts';
import { EDITS, EMPTY_PROMPT, insert, type Prompt } from './prompt.ts';
import { firstGraphemes } from './text.ts';

/** What a person can choose before a drill. Texts may hold anything; they are made harmless when drawn. */
export interface WelcomeChoices {
  readonly scenarios: readonly WelcomeScenario[];
  /** Scripted responders for the second seat; `id` null is nobody. The first is offered first. */
  readonly partners: readonly { readonly id: string | null; readonly name: string; readonly summary: string }[];
  /** Offered as the person's name. */
  readonly name: string;
}

export interface WelcomeScenario {
  readonly title: string;
  readonly kind: 'kata' | 'dojo';
  readonly timeboxMs: number;
  readonly synopsis: string;
  readonly skills: Readonly<Record<string, number>>;
}

export interface Chosen {
  readonly name: string;
  readonly scenarioIndex: number;
  /** `id` of the partner that was chosen. */
  readonly partner: string | null;
}

export const STEPS = ['name', 'scenario', 'partner', 'start'] as const;
export type Step = (typeof STEPS)[number];

export interface WelcomeDesk {
  readonly step: Step;
  readonly name: Prompt;
  /** The name is still the one that was offered: what is typed takes its place. */
  readonly offered: boolean;
  readonly scenario: number;
  readonly partner: number;
}

export function freshWelcome(choices: WelcomeChoices): WelcomeDesk {
  return { step: 'name', name: insert(EMPTY_PROMPT, choices.name), offered: true, scenario: 0, partner: 0 };
}

/** Where a key leads: another desk, `chosen` at the end, or `left`. Enter goes on, Esc goes back, arrows choose. */
export function pressWelcome(desk: WelcomeDesk, key: KeyPress, choices: WelcomeChoices): WelcomeDesk | 'chosen' | 'left' {
  switch (key.chord) {
    case 'ctrl+c':
      return 'left';
    case 'esc':
      return desk.step === 'name' ? desk : { ...desk, step: STEPS[STEPS.indexOf(desk.step) - 1] ?? 'name' };
    case 'enter':
      return desk.step === 'start' ? 'chosen' : forward(desk);
    case 'up':
      return chosenNext(desk, -1, choices);
    case 'down':
      return chosenNext(desk, 1, choices);
  }
  if (desk.step !== 'name') return desk;
  const edit = NAME_EDITS[key.chord];
  if (edit !== undefined) return { ...desk, offered: false, name: EDITS[edit](desk.name) };
  return key.text === '' ? desk : { ...desk, offered: false, name: insert(desk.offered ? EMPTY_PROMPT : desk.name, key.text) };
}

export function chosenOf(desk: WelcomeDesk, choices: WelcomeChoices): Chosen {
  return { name: nameOf(desk), scenarioIndex: desk.scenario, partner: choices.partners[desk.partner]?.id ?? null };
}

/** The name as it will stand on the timeline. */
export function nameOf(desk: WelcomeDesk): string {
  return firstGraphemes(desk.name.text.trim(), 40) || 'You';
}

function forward(desk: WelcomeDesk): WelcomeDesk {
  return { ...desk, step: STEPS[STEPS.indexOf(desk.step) + 1] ?? 'start' };
}

const NAME_EDITS: Readonly<Record<string, keyof typeof EDITS>> = {
  left: 'left',
  right: 'right',
  home: 'line-start',
  end: 'line-end',
  'ctrl+a': 'line-start',
  'ctrl+e': 'line-end',
  backspace: 'backspace',
  delete: 'delete',
  'ctrl+w': 'cut-word',
  'ctrl+u': 'cut-to-start',
  'ctrl+k': 'cut-to-end',
};

function chosenNext(desk: WelcomeDesk, by: 1 | -1, choices: WelcomeChoices): WelcomeDesk {
  const within = (index: number, count: number): number => Math.max(0, Math.min(count - 1, index + by));
  if (desk.step === 'scenario') return { ...desk, scenario: within(desk.scenario, choices.scenarios.length) };
  if (desk.step === 'partner') return { ...desk, partner: within(desk.partner, choices.partners.length) };
  return desk;
}
