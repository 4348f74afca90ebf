import type { Key } from 'ink';
import type { Edit } from './prompt.ts';

/** Where the keyboard goes: an open page over the panes, the question whether to leave, a search, a prompt without or with text. */
export type Mode = 'help' | 'end' | 'leaving' | 'search' | 'empty' | 'typing';

/** What a key does. */
export type Deed =
  | Edit
  | 'give' | 'complete' | 'complete-back' | 'settle'
  | 'help' | 'close' | 'leave' | 'finish' | 'redraw' | 'undo'
  | 'pause' | 'tempo'
  | 'pane' | 'next-pane' | 'previous-pane' | 'page-up' | 'page-down' | 'line-up' | 'line-down' | 'aside-left' | 'aside-right' | 'rest';

export interface KeyEntry {
  readonly chords: readonly string[];
  readonly modes: readonly Mode[];
  readonly deed: Deed;
  /** How help and footer write it. */
  readonly label: string;
  readonly group: 'drill' | 'time' | 'panes' | 'typing';
  readonly summary: string;
  /** A word for the footer; null keeps it out of there. */
  readonly footer: string | null;
}

const PROMPT: readonly Mode[] = ['empty', 'typing'];
const READING: readonly Mode[] = ['empty', 'typing', 'help', 'end'];
const ANYWHERE: readonly Mode[] = ['empty', 'typing', 'help', 'end', 'search', 'leaving'];

/** Every key, once: the handler, the footer and the help are made from this. The first entry that fits the mode wins. */
export const KEYS: readonly KeyEntry[] = [
  entry('?', ['?'], ['empty'], 'help', 'drill', 'everything that can be done here (on an empty prompt)', 'help'),
  entry('?', ['?'], ['help'], 'close', 'drill', 'close the help', 'close'),
  entry('Esc', ['esc'], ['help'], 'close', 'drill', 'close the help, from anywhere in it', null),
  entry('Esc', ['esc'], ['end'], 'close', 'drill', 'look around in a drill that has ended', 'look around'),
  entry('Enter', ['enter'], ['help'], 'close', 'drill', 'close the help', null),
  entry('Enter', ['enter'], ['end'], 'finish', 'drill', 'leave a drill that has ended', 'leave'),
  entry('Space', [' '], ['empty'], 'pause', 'time', 'pause, and go on (on an empty prompt)', 'pause'),
  entry('^T', ['ctrl+t'], ANYWHERE, 'tempo', 'time', 'tempo: 1x, 10x, 60x simulated seconds a second', 'tempo'),
  entry('Tab', ['tab'], ['empty'], 'next-pane', 'panes', 'next pane (on an empty prompt)', 'pane'),
  entry('Shift-Tab', ['shift+tab'], ['empty'], 'previous-pane', 'panes', 'pane before (on an empty prompt)', null),
  entry('F1..F6, Alt-1..6', ['alt+1', 'alt+2', 'alt+3', 'alt+4', 'alt+5', 'alt+6'], READING, 'pane', 'panes', 'go to that pane', null),
  entry('^O', ['ctrl+o'], READING, 'next-pane', 'panes', 'next pane, whatever is typed', null),
  entry('PgUp', ['pageup'], READING, 'page-up', 'panes', 'scroll the pane back', 'scroll'),
  entry('PgDn', ['pagedown'], READING, 'page-down', 'panes', 'scroll the pane forward', null),
  entry('^Up', ['ctrl+up', 'shift+up'], READING, 'line-up', 'panes', 'scroll back by a line', null),
  entry('^Down', ['ctrl+down', 'shift+down'], READING, 'line-down', 'panes', 'scroll forward by a line', null),
  entry('Up', ['up'], ['help', 'end'], 'line-up', 'panes', 'scroll back by a line', null),
  entry('Down', ['down'], ['help', 'end'], 'line-down', 'panes', 'scroll forward by a line', null),
  entry('Shift-Left', ['shift+left'], PROMPT, 'aside-left', 'panes', 'shift long lines back', null),
  entry('Shift-Right', ['shift+right'], PROMPT, 'aside-right', 'panes', 'shift long lines to see their ends', null),
  entry('Enter', ['enter'], ['typing', 'search'], 'give', 'typing', 'give the line to the drill', null),
  entry('Tab', ['tab'], ['typing'], 'complete', 'typing', 'complete; again for the next continuation', 'complete'),
  entry('Shift-Tab', ['shift+tab'], ['typing'], 'complete-back', 'typing', 'the continuation before', null),
  entry('Up', ['up', 'ctrl+p'], PROMPT, 'older', 'typing', 'line given before', null),
  entry('Down', ['down', 'ctrl+n'], PROMPT, 'newer', 'typing', 'line given after', null),
  entry('^R', ['ctrl+r'], ['empty', 'typing', 'search'], 'search', 'typing', 'search the lines given before; again for an older one', null),
  entry('Esc', ['esc', 'ctrl+g', 'tab', 'left', 'right'], ['search'], 'settle', 'typing', 'keep the line that was found', 'keep'),
  entry('Left', ['left', 'ctrl+b'], PROMPT, 'left', 'typing', 'one character left', null),
  entry('Right', ['right', 'ctrl+f'], PROMPT, 'right', 'typing', 'one character right; at the end, take what is suggested', null),
  entry('Alt-B, ^Left', ['alt+b', 'ctrl+left', 'alt+left'], PROMPT, 'word-left', 'typing', 'one word left', null),
  entry('Alt-F, ^Right', ['alt+f', 'ctrl+right', 'alt+right'], PROMPT, 'word-right', 'typing', 'one word right', null),
  entry('^A, Home', ['ctrl+a', 'home'], PROMPT, 'line-start', 'typing', 'start of the line', null),
  entry('^E, End', ['ctrl+e', 'end'], PROMPT, 'line-end', 'typing', 'end of the line; there, take what is suggested', null),
  entry('Backspace', ['backspace'], ['empty', 'typing', 'search'], 'backspace', 'typing', 'delete before the cursor', null),
  entry('Del, ^D', ['delete', 'ctrl+d'], PROMPT, 'delete', 'typing', 'delete under the cursor', null),
  entry('^W', ['ctrl+w', 'alt+backspace'], PROMPT, 'cut-word', 'typing', 'cut the word before the cursor', null),
  entry('^U', ['ctrl+u'], PROMPT, 'cut-to-start', 'typing', 'cut to the start of the line', null),
  entry('^K', ['ctrl+k'], PROMPT, 'cut-to-end', 'typing', 'cut to the end of the line', null),
  entry('^Y', ['ctrl+y'], PROMPT, 'put-back', 'typing', 'put back what was cut last', null),
  entry('Esc', ['esc'], PROMPT, 'rest', 'panes', 'back to the newest', null),
  entry('^Z', ['ctrl+z'], PROMPT, 'undo', 'drill', 'take your last change back (/undo)', 'undo'),
  entry('^L', ['ctrl+l'], ANYWHERE, 'redraw', 'drill', 'draw the screen again', null),
  entry('^C', ['ctrl+c'], ANYWHERE, 'leave', 'drill', 'stop the program that runs in the prompt; else leave; nothing is lost, --resume goes on', 'leave'),
];

/** The entry that a chord means in a mode, or null where it is text or nothing. */
export function entryFor(chord: string, mode: Mode): KeyEntry | null {
  return KEYS.find((one) => one.modes.includes(mode) && one.chords.includes(chord)) ?? null;
}

/** One press. `chord` is a name such as `ctrl+a`, `alt+1`, `shift+left`, `pageup`, or a single character; `text` is what it types. */
export interface KeyPress {
  readonly chord: string;
  readonly text: string;
}

export function keyPress(input: string, key: Key): KeyPress {
  const special = SPECIAL.find(([name]) => key[name])?.[1];
  if (special === undefined && !key.ctrl && !key.meta) return { chord: input.length === 1 ? input : '', text: input };
  const base = special ?? input.toLowerCase();
  const shifted = special !== undefined && key.shift ? 'shift+' : '';
  return { chord: `${key.ctrl ? 'ctrl+' : ''}${key.meta ? 'alt+' : ''}${shifted}${base}`, text: '' };
}

const SPECIAL = [
  ['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageUp', 'pageup'], ['pageDown', 'pagedown'],
  ['home', 'home'], ['end', 'end'], ['return', 'enter'], ['escape', 'esc'], ['tab', 'tab'], ['backspace', 'backspace'], ['delete', 'delete'],
] as const satisfies readonly (readonly [keyof Key, string])[];

function entry(label: string, chords: readonly string[], modes: readonly Mode[], deed: Deed, group: KeyEntry['group'], summary: string, footer: string | null): KeyEntry {
  return { label, chords, modes, deed, group, summary, footer };
}
