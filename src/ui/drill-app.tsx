import { Text, useCursor, useInput, usePaste } from 'ink';
import { useEffect, useReducer, useRef, useSyncExternalStore, type ReactNode } from 'react';
import type { Screen } from '../drill/screen.ts';
import { frameMaker } from './compose.ts';
import { freshDesk, paste, press, type Desk, type Errand, type Surroundings } from './desk.ts';
import { keyPress } from './keys.ts';
import { layoutFor, visiblePanes, type Size } from './layout.ts';
import { seeing } from './panes.ts';
import type { Player } from './player.ts';
import { ghostOf } from './prompt.ts';
import type { RowKeys } from './row-stream.ts';
import { AT_REST } from './scroll.ts';
import type { Theme } from './theme.ts';

export interface AppProps {
  readonly player: Player;
  readonly size: Size;
  readonly theme: Theme;
  /** `quit`: left in the middle; `ended`: left a drill that is over. */
  readonly onQuit: (how: 'quit' | 'ended') => void;
  readonly onBell: () => void;
  readonly onRedraw: () => void;
  /** Where finished rows wait for the stream, or null to draw them as plain text. */
  readonly keys: RowKeys | null;
}

/** The whole terminal UI: it draws the player's newest screen and gives what is typed to the player. */
export function App(props: AppProps): ReactNode {
  const { player, size, theme, keys } = props;
  const screen = useSyncExternalStore((onChange) => player.subscribe(onChange), () => player.screen(), () => player.screen());
  const make = useRef<ReturnType<typeof frameMaker>>(null);
  const { desk, change } = useDesk(screen, size);
  useBell(screen, props.onBell);
  useKeyboard(props, desk, change);
  const { setCursorPosition } = useCursor();

  make.current ??= frameMaker();
  const ghost = ghostOf(desk.current.prompt, desk.current.prompt.text === '' ? undefined : player.complete(desk.current.prompt.text)[0]);
  const frame = make.current({ screen, desk: desk.current, size, pace: player.pace, trouble: player.trouble, ghost, theme });
  setCursorPosition(frame.cursor ?? undefined);
  const rows = keys === null ? frame.rows : frame.rows.map((painted, y) => keys.keyOf(y, painted));
  return <Text wrap="truncate">{rows.join('\n')}</Text>;
}

interface DeskHold {
  /** Always the newest: two keys may come before React draws again. */
  readonly desk: { current: Desk };
  readonly change: (next: Desk) => void;
}

/** Keeps the desk, and keeps it in step with the screen: what is in sight counts as seen, and an end is shown once. */
function useDesk(screen: Screen, size: Size): DeskHold {
  const desk = useRef<Desk>(null);
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  let now = desk.current ?? freshDesk(screen);
  if (screen.end !== null && !now.endShown) now = { ...now, endShown: true, over: 'end', overScroll: AT_REST };
  const layout = layoutFor(size, now.focus, now.left);
  const seen = layout === null || now.over !== 'none' ? now.seen : seeing(now.seen, screen, visiblePanes(layout));
  if (seen !== now.seen) now = { ...now, seen };
  desk.current = now;
  return {
    desk: desk as { current: Desk },
    change: (next) => {
      desk.current = next;
      drawAgain();
    },
  };
}

function useKeyboard(props: AppProps, desk: { current: Desk }, change: (next: Desk) => void): void {
  const { player, size } = props;
  const run = (errand: Errand): void => {
    switch (errand.do) {
      case 'submit': return void player.submit(errand.line);
      case 'pace': return player.setPace(errand.pace);
      case 'redraw': return props.onRedraw();
      case 'quit': return props.onQuit('quit');
      case 'finish': return props.onQuit('ended');
    }
  };
  useInput((input, key) => {
    const pressed = press(desk.current, keyPress(input, key), surroundings(player, desk.current, size));
    change(pressed.desk);
    if (pressed.errand !== null) run(pressed.errand);
  });
  usePaste((text) => change(paste(desk.current, text)));
}

function surroundings(player: Player, desk: Desk, size: Size): Surroundings {
  const layout = layoutFor(size, desk.focus, desk.left);
  const slot = layout?.columns.flatMap((column) => column.slots).find((one) => one.pane === desk.focus);
  const pageRows = desk.over === 'none' ? (slot?.height ?? 10) : (layout?.bodyRows ?? 10);
  return { screen: player.screen(), pace: player.pace, pageRows, complete: (typed) => player.complete(typed) };
}

/** Rings once for each page that begins to ring for this seat. */
function useBell(screen: Screen, onBell: () => void): void {
  const rung = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const ringing = screen.pages.filter((page) => page.ringing).map((page) => page.id);
    if (ringing.some((id) => !rung.current.has(id))) onBell();
    rung.current = new Set(ringing);
  }, [screen.pages, onBell]);
}
