import type { Screen } from '../drill/screen.ts';
import { entryFor, type Deed, type KeyPress, type Mode } from './keys.ts';
import { layoutFor, leftPane, visiblePanes, type Size } from './layout.ts';
import { NOTHING_SEEN, PANES, PANE_FACTS, seeing, type PaneId, type Seen } from './panes.ts';
import { EDITS, EMPTY_PROMPT, ghostOf, given, insert, offer, settled, type Edit, type Prompt } from './prompt.ts';
import { AT_REST, type Scroll } from './scroll.ts';

/** What the person at the terminal has in front of them, beside the drill's screen. Immutable. */
export interface Desk {
  readonly prompt: Prompt;
  /** A page over the panes. */
  readonly over: 'none' | 'help' | 'end';
  readonly overScroll: Scroll;
  /** True once the end was shown: it comes up by itself only once. */
  readonly endShown: boolean;
  readonly focus: PaneId;
  /** What the left of two columns goes on showing while a pane on the right is read. */
  readonly left: PaneId;
  readonly scrolls: Readonly<Record<PaneId, Scroll>>;
  readonly seen: Seen;
  /** Pace to go on with after a pause. */
  readonly tempo: number;
  readonly leaving: boolean;
  /** One sentence for the footer, or null. */
  readonly notice: string | null;
}

/** What a key asks of the world around the desk. */
export type Errand =
  | { readonly do: 'submit'; readonly line: string }
  | { readonly do: 'shell'; readonly command: string }
  | { readonly do: 'interrupt' }
  | { readonly do: 'pace'; readonly pace: number }
  | { readonly do: 'redraw' }
  | { readonly do: 'quit' }
  | { readonly do: 'finish' };

/** What a key may need to know. */
export interface Surroundings {
  readonly screen: Screen;
  readonly pace: number;
  /** Whether a program that a line started still runs. */
  readonly running: boolean;
  readonly size: Size;
  readonly complete: (typed: string) => readonly string[];
}

export interface Pressed {
  readonly desk: Desk;
  readonly errand: Errand | null;
}

/** A desk for a person who sits down; lines given before (in a drill that is gone on with) can be recalled. */
export function freshDesk(screen: Screen): Desk {
  return {
    prompt: { ...EMPTY_PROMPT, history: screen.outputs.map((block) => block.line) },
    over: 'none',
    overScroll: AT_REST,
    endShown: false,
    focus: 'work',
    left: 'work',
    scrolls: { work: AT_REST, room: AT_REST, dash: AT_REST, pager: AT_REST, timeline: AT_REST, board: AT_REST },
    seen: NOTHING_SEEN,
    tempo: 1,
    leaving: false,
    notice: null,
  };
}

/** The desk in step with a new screen: what is in sight counts as seen, and the end comes up once by itself. */
export function inSight(desk: Desk, screen: Screen, size: Size): Desk {
  const awake: Desk = screen.end !== null && !desk.endShown ? { ...desk, endShown: true, over: 'end', overScroll: AT_REST } : desk;
  const layout = layoutFor(size, awake.focus, awake.left);
  if (layout === null || awake.over !== 'none') return awake;
  const seen = seeing(awake.seen, screen, visiblePanes(layout));
  return seen === awake.seen ? awake : { ...awake, seen };
}

export function modeOf(desk: Desk): Mode {
  if (desk.leaving) return 'leaving';
  if (desk.over !== 'none') return desk.over;
  if (desk.prompt.search !== null) return 'search';
  return desk.prompt.text === '' ? 'empty' : 'typing';
}

/** The desk after a key, with what it asks for. What no table entry knows is text, if it is any. */
export function press(desk: Desk, key: KeyPress, around: Surroundings): Pressed {
  const found = entryFor(key.chord, modeOf(desk));
  const awake: Desk = { ...desk, notice: null, leaving: false };
  if (found !== null) return done(desk, awake, found.deed, key.chord, around);
  if (desk.leaving || key.text === '') return { desk: awake, errand: null };
  return only({ ...awake, over: 'none', prompt: insert(awake.prompt, key.text) });
}

/** Text from the clipboard: never sent by itself. */
export function paste(desk: Desk, text: string): Desk {
  const lines = text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/).length;
  const notice = lines > 1 ? `${lines} pasted lines were joined into one. Nothing was sent yet.` : null;
  return { ...desk, leaving: false, over: 'none', prompt: insert(desk.prompt, text), notice };
}

function done(before: Desk, desk: Desk, deed: Deed, chord: string, around: Surroundings): Pressed {
  if (isEdit(deed)) return only(edited(desk, deed, around));
  switch (deed) {
    case 'give':
      return give(desk);
    case 'complete':
      return only({ ...desk, prompt: offer(desk.prompt, 1, () => around.complete(desk.prompt.text)) });
    case 'complete-back':
      return only({ ...desk, prompt: offer(desk.prompt, -1, () => around.complete(desk.prompt.text)) });
    case 'settle':
      return only({ ...desk, prompt: settled(desk.prompt) });
    case 'help':
      return only({ ...desk, over: 'help', overScroll: AT_REST });
    case 'close':
      return only({ ...desk, over: 'none' });
    case 'leave':
      if (around.running && !before.leaving) return { desk: { ...desk, notice: 'Told it to stop. ^C again ends it.' }, errand: { do: 'interrupt' } };
      return before.leaving || around.screen.end !== null
        ? { desk, errand: { do: around.screen.end === null ? 'quit' : 'finish' } }
        : only({ ...desk, leaving: true });
    case 'finish':
      return { desk, errand: { do: 'finish' } };
    case 'redraw':
      return { desk, errand: { do: 'redraw' } };
    case 'undo':
      return around.screen.undo === null
        ? only({ ...desk, notice: 'There is nothing to take back.' })
        : { desk, errand: { do: 'submit', line: '/undo' } };
    case 'pause':
      return around.pace === 0
        ? { desk, errand: { do: 'pace', pace: desk.tempo } }
        : { desk: { ...desk, tempo: around.pace }, errand: { do: 'pace', pace: 0 } };
    case 'tempo':
      return { desk, errand: { do: 'pace', pace: TEMPOS[(TEMPOS.indexOf(around.pace) + 1) % TEMPOS.length] ?? 1 } };
    case 'pane':
      return only(choose(desk, PANES[Number(chord.slice(-1)) - 1] ?? 'work'));
    case 'next-pane':
      return only(choose(desk, neighbour(desk.focus, 1)));
    case 'previous-pane':
      return only(choose(desk, neighbour(desk.focus, -1)));
    case 'page-up':
      return only(scrolled(desk, pageOf(desk, around.size), around));
    case 'page-down':
      return only(scrolled(desk, -pageOf(desk, around.size), around));
    case 'line-up':
      return only(scrolled(desk, 1, around));
    case 'line-down':
      return only(scrolled(desk, -1, around));
    case 'aside-left':
      return only(aside(desk, -20));
    case 'aside-right':
      return only(aside(desk, 20));
    case 'rest':
      return only({ ...desk, prompt: settled(desk.prompt), scrolls: { ...desk.scrolls, [desk.focus]: AT_REST } });
  }
}

const TEMPOS = [1, 10, 60];

function edited(desk: Desk, edit: Edit, around: Surroundings): Desk {
  if ((edit === 'right' || edit === 'line-end') && desk.prompt.at === desk.prompt.text.length) {
    const ghost = ghostOf(desk.prompt, around.complete(desk.prompt.text)[0]);
    if (ghost !== '') return { ...desk, prompt: insert(desk.prompt, ghost) };
  }
  return { ...desk, prompt: EDITS[edit](desk.prompt) };
}

function give(desk: Desk): Pressed {
  const line = desk.prompt.text.trim();
  const cleared: Desk = { ...desk, prompt: given(desk.prompt), scrolls: { ...desk.scrolls, work: AT_REST } };
  if (line === '') return only(cleared);
  return { desk: cleared, errand: line.startsWith('!') ? { do: 'shell', command: line.slice(1).trim() } : { do: 'submit', line } };
}

function choose(desk: Desk, pane: PaneId): Desk {
  return { ...desk, over: 'none', focus: pane, left: leftPane(desk.left, pane) };
}

function neighbour(pane: PaneId, by: 1 | -1): PaneId {
  return PANES[(PANES.indexOf(pane) + by + PANES.length) % PANES.length] ?? 'work';
}

/** Panes of a growing list rest at their end and scroll up from there; the others rest at their top. */
const RESTS_AT_END: ReadonlySet<PaneId> = new Set(['work', 'room', 'timeline']);

/** Moves by `up` lines towards the start of what is read. */
function scrolled(desk: Desk, up: number, around: Surroundings): Desk {
  if (desk.over !== 'none') return { ...desk, overScroll: { ...desk.overScroll, back: Math.max(0, desk.overScroll.back - up) } };
  const before = desk.scrolls[desk.focus];
  const atEnd = RESTS_AT_END.has(desk.focus);
  const back = Math.max(0, before.back + (atEnd ? up : -up));
  const held = !atEnd || back === 0 ? null : (before.held ?? PANE_FACTS[desk.focus].count(around.screen));
  return { ...desk, scrolls: { ...desk.scrolls, [desk.focus]: { ...before, back, held } } };
}

/** Lines that a page key moves by: what is in sight, less two that stay for the eye. */
function pageOf(desk: Desk, size: Size): number {
  const layout = layoutFor(size, desk.focus, desk.left);
  const slot = layout?.columns.flatMap((column) => column.slots).find((one) => one.pane === desk.focus);
  const rows = desk.over === 'none' ? (slot?.height ?? 0) : (layout?.bodyRows ?? 0);
  return Math.max(1, rows - 3);
}

function aside(desk: Desk, by: number): Desk {
  const before = desk.scrolls.work;
  return { ...desk, scrolls: { ...desk.scrolls, work: { ...before, aside: Math.max(0, Math.min(400, before.aside + by)) } } };
}

function isEdit(deed: Deed): deed is Edit {
  return Object.hasOwn(EDITS, deed);
}

function only(desk: Desk): Pressed {
  return { desk, errand: null };
}
