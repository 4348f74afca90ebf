import type { IncidentView, PageView, ScreenClock } from '../drill/screen.ts';

/** What a piece of text means; how that looks is the theme's business. */
export type Style =
  | 'plain' | 'faint' | 'strong' | 'title' | 'rule' | 'rule-focused'
  | 'good' | 'warn' | 'bad' | 'alarm' | 'clock' | 'tab' | 'key' | 'ghost' | 'cursor'
  | 'me' | 'partner' | 'outside' | 'system' | 'series';

/** Turns harmless text into text that a terminal shows in a style. */
export interface Theme {
  readonly paint: (style: Style, text: string) => string;
}

/** `colour` for people who want it, `mono` where NO_COLOR is set (weight and inversion only), `bare` for files and tests. */
export type ThemeName = 'colour' | 'mono' | 'bare';

export function themeNamed(name: ThemeName): Theme {
  if (name === 'bare') return BARE;
  return name === 'mono' ? MONO : COLOUR;
}

/** The theme that an environment asks for, by https://no-color.org. */
export function themeFor(environment: Readonly<Record<string, string | undefined>>): ThemeName {
  if (environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '') return 'mono';
  return environment['TERM'] === 'dumb' ? 'bare' : 'colour';
}

/** SGR parameters by meaning. Only the terminal's own sixteen colours, so that they suit its background. */
const COLOURS = {
  plain: '', faint: '90', strong: '1', title: '1;36', rule: '90', 'rule-focused': '36',
  good: '32', warn: '33', bad: '1;31', alarm: '1;97;41', clock: '1;97', tab: '1;30;46', key: '36', ghost: '90', cursor: '7',
  me: '1;36', partner: '1;35', outside: '1;33', system: '34', series: '36',
} as const satisfies Record<Style, string>;

const WEIGHTS = {
  plain: '', faint: '2', strong: '1', title: '1', rule: '2', 'rule-focused': '1',
  good: '', warn: '1', bad: '1', alarm: '1;7', clock: '1', tab: '1;7', key: '1', ghost: '2', cursor: '7',
  me: '1', partner: '1', outside: '1', system: '2', series: '',
} as const satisfies Record<Style, string>;

const COLOUR = painted(COLOURS);
const MONO = painted(WEIGHTS);
const BARE: Theme = { paint: (_style, text) => text };

function painted(codes: Readonly<Record<Style, string>>): Theme {
  return { paint: (style, text) => (codes[style] === '' || text === '' ? text : `\u001b[${codes[style]}m${text}\u001b[0m`) };
}

/** Each state of the incident as a word, a symbol of width 1 and a style: any one of the three is enough to tell. */
export const STATES = {
  quiet: { word: 'QUIET', symbol: '○', style: 'faint' },
  paged: { word: 'PAGED', symbol: '●', style: 'alarm' },
  acknowledged: { word: 'ACKNOWLEDGED', symbol: '◐', style: 'warn' },
  resolved: { word: 'RESOLVED', symbol: '✓', style: 'good' },
  ended: { word: 'ENDED', symbol: '■', style: 'strong' },
} as const satisfies Record<IncidentView['state'], { word: string; symbol: string; style: Style }>;

export const SEVERITY_STYLES = {
  'SEV-1': 'alarm', 'SEV-2': 'bad', 'SEV-3': 'warn', 'SEV-4': 'plain',
} as const satisfies Record<PageView['severity'], Style>;

/** `hh:mm:ss` in UTC on the incident's clock. */
export function incidentTime(clock: Pick<ScreenClock, 'startsAtMs'>, atMs: number): string {
  return new Date(clock.startsAtMs + atMs).toISOString().slice(11, 19);
}
