import { Text, useCursor, useInput, usePaste } from 'ink';
import { useReducer, useRef, type ReactNode } from 'react';
import { keyPress, type KeyPress } from './keys.ts';
import { mount, type Stage, type Terminal } from './mount.ts';
import { welcomePage } from './panels/welcome-page.ts';
import { chosenOf, freshWelcome, pressWelcome, type Chosen, type WelcomeChoices, type WelcomeDesk } from './welcome-desk.ts';

/** Asks who plays what with whom, and teaches the first three minutes. Null where the person left. */
export async function runWelcome(choices: WelcomeChoices, terminal: Terminal): Promise<Chosen | null> {
  let chosen: Chosen | null = null;
  await mount(terminal, (stage) => (
    <Welcome
      choices={choices}
      stage={stage}
      onDone={(made) => {
        chosen = made;
        stage.close();
      }}
    />
  ));
  return chosen;
}

function Welcome(props: { readonly choices: WelcomeChoices; readonly stage: Stage; readonly onDone: (chosen: Chosen | null) => void }): ReactNode {
  const { choices, stage, onDone } = props;
  const desk = useRef<WelcomeDesk>(null);
  desk.current ??= freshWelcome(choices);
  const now = desk.current;
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const { setCursorPosition } = useCursor();
  const press = (key: KeyPress): void => {
    const before = desk.current ?? now;
    const next = pressWelcome(before, key, choices);
    if (next === 'left') return onDone(null);
    if (next === 'chosen') return onDone(chosenOf(before, choices));
    desk.current = next;
    drawAgain();
  };
  useInput((input, key) => press(keyPress(input, key)));
  usePaste((text) => press({ chord: '', text: text.split(/[\r\n]/)[0] ?? '' }));
  const page = welcomePage(now, choices, stage.theme, stage.size);
  setCursorPosition(page.cursor ?? undefined);
  return <Text wrap="truncate">{page.rows.map((painted, y) => stage.keys.keyOf(y, painted)).join('\n')}</Text>;
}
