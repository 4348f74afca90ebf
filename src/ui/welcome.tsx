import { Text, useCursor, useInput, usePaste } from 'ink';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
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

function Welcome(props: {
  readonly choices: WelcomeChoices;
  readonly stage: Stage;
  readonly onDone: (chosen: Chosen | null) => void;
}): ReactNode {
  const { choices, stage } = props;
  const [sitting] = useState(() => sitDown(choices, props.onDone));
  const desk = useSyncExternalStore(sitting.subscribe, sitting.desk, sitting.desk);
  const { setCursorPosition } = useCursor();
  useInput((input, key) => sitting.press(keyPress(input, key)));
  usePaste((text) => sitting.press({ chord: '', text: text.split(/[\r\n]/)[0] ?? '' }));
  const page = welcomePage(desk, choices, stage.theme, stage.size);
  setCursorPosition(page.cursor ?? undefined);
  return <Text wrap="truncate">{page.rows.map((painted, y) => stage.keys.keyOf(y, painted)).join('\n')}</Text>;
}

interface WelcomeSitting {
  readonly desk: () => WelcomeDesk;
  readonly subscribe: (onChange: () => void) => () => void;
  readonly press: (key: KeyPress) => void;
}

function sitDown(choices: WelcomeChoices, onDone: (chosen: Chosen | null) => void): WelcomeSitting {
  let desk = freshWelcome(choices);
  const listeners = new Set<() => void>();
  return {
    desk: () => desk,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    press(key) {
      const next = pressWelcome(desk, key, choices);
      if (next === 'left') return onDone(null);
      if (next === 'chosen') return onDone(chosenOf(desk, choices));
      desk = next;
      for (const listener of listeners) listener();
    },
  };
}
