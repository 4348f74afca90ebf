import { Text, useCursor, useInput, usePaste } from 'ink';
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { PageView } from '../drill/screen.ts';
import { frameMaker } from './compose.ts';
import type { Desk, Errand } from './desk.ts';
import { keyPress } from './keys.ts';
import type { Size } from './layout.ts';
import type { Player } from './player.ts';
import { ghostOf, type Prompt } from './prompt.ts';
import type { RowKeys } from './row-stream.ts';
import { sitDown } from './sitting.ts';
import type { Theme } from './theme.ts';

export interface AppProps {
  readonly player: Player;
  readonly size: Size;
  /** As the person left it before; null for a fresh one. */
  readonly desk: Desk | null;
  readonly theme: Theme;
  /** `quit`: left in the middle; `ended`: left a drill that is over. */
  readonly onQuit: (how: 'quit' | 'ended') => void;
  /** The person wants their own shell, or a command of it; `desk` is what they leave behind. */
  readonly onShell: (command: string, desk: Desk) => void;
  readonly onBell: () => void;
  readonly onRedraw: () => void;
  /** Where finished rows wait for the stream, or null to draw them as plain text. */
  readonly keys: RowKeys | null;
}

/** The whole terminal UI: it draws the player's newest screen and gives what is typed to the player. */
export function App(props: AppProps): ReactNode {
  const { player, size, theme, keys } = props;
  const [sitting] = useState(() => sitDown(player, size, props.desk, (errand, desk) => run(errand, desk, props)));
  const [make] = useState(frameMaker);
  const sight = useSyncExternalStore(sitting.subscribe, sitting.sight, sitting.sight);
  useEffect(() => sitting.resize(size), [sitting, size]);
  useBell(sight.screen.pages, props.onBell);
  useInput((input, key) => sitting.press(keyPress(input, key)));
  usePaste((text) => sitting.paste(text));
  const { setCursorPosition } = useCursor();

  const frame = make({ ...sight, size, theme, ghost: ghost(sight.desk.prompt, player) });
  setCursorPosition(frame.cursor ?? undefined);
  const rows = keys === null ? frame.rows : frame.rows.map((painted, y) => keys.keyOf(y, painted));
  return <Text wrap="truncate">{rows.join('\n')}</Text>;
}

function run(errand: Errand, desk: Desk, props: AppProps): void {
  switch (errand.do) {
    case 'submit':
      return void props.player.submit(errand.line);
    case 'shell':
      return props.onShell(errand.command, desk);
    case 'interrupt':
      return props.player.interrupt();
    case 'pace':
      return props.player.setPace(errand.pace);
    case 'redraw':
      return props.onRedraw();
    case 'quit':
      return props.onQuit('quit');
    case 'finish':
      return props.onQuit('ended');
  }
}

function ghost(prompt: Prompt, player: Player): string {
  return prompt.text === '' ? '' : ghostOf(prompt, player.complete(prompt.text)[0]);
}

/** Rings once for each page that begins to ring for this seat. */
function useBell(pages: readonly PageView[], onBell: () => void): void {
  const rung = useRef<ReadonlySet<string>>(new Set());
  const ring = useEffectEvent(onBell);
  useEffect(() => {
    const ringing = pages.filter((page) => page.ringing).map((page) => page.id);
    if (ringing.some((id) => !rung.current.has(id))) ring();
    rung.current = new Set(ringing);
  }, [pages]);
}
