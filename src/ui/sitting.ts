import type { Screen } from '../drill/screen.ts';
import { freshDesk, inSight, paste, press, type Desk, type Errand } from './desk.ts';
import type { KeyPress } from './keys.ts';
import type { Size } from './layout.ts';
import type { Player } from './player.ts';

/** What is drawn: another object after every change, with the desk already in step with the screen. */
interface Sight {
  readonly screen: Screen;
  readonly desk: Desk;
  readonly pace: number;
  readonly trouble: string | null;
}

/** A person at a terminal: the player's screen and their own desk, changed by keys and by the drill alike. */
export interface Sitting {
  readonly sight: () => Sight;
  readonly subscribe: (onChange: () => void) => () => void;
  readonly press: (key: KeyPress) => void;
  readonly paste: (text: string) => void;
  readonly resize: (size: Size) => void;
}

/** Sits a person down, at the desk that they `left` or at a fresh one. `run` does what a key asks of the world. */
export function sitDown(player: Player, first: Size, left: Desk | null, run: (errand: Errand, desk: Desk) => void): Sitting {
  let size = first;
  let sight: Sight = look(left ?? freshDesk(player.screen()));
  const listeners = new Set<() => void>();

  function look(desk: Desk): Sight {
    const screen = player.screen();
    return { screen, desk: inSight(desk, screen, size), pace: player.pace, trouble: player.trouble };
  }
  const change = (desk: Desk): void => {
    sight = look(desk);
    for (const listener of listeners) listener();
  };
  return {
    sight: () => sight,
    subscribe(onChange) {
      listeners.add(onChange);
      const stop = player.subscribe(() => change(sight.desk));
      return () => {
        listeners.delete(onChange);
        stop();
      };
    },
    press(key) {
      const pressed = press(sight.desk, key, {
        screen: sight.screen,
        pace: player.pace,
        running: player.running,
        size,
        complete: (typed) => player.complete(typed),
      });
      change(pressed.desk);
      if (pressed.errand !== null) run(pressed.errand, pressed.desk);
    },
    paste: (text) => change(paste(sight.desk, text)),
    resize(next) {
      size = next;
      change(sight.desk);
    },
  };
}
