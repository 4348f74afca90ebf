import { App } from './drill-app.tsx';
import { mount, type Terminal } from './mount.ts';
import type { Player } from './player.ts';

/** Shows the drill until the person leaves: `quit` in the middle, `ended` after the end. Leaves the terminal as it was. */
export async function runApp(player: Player, terminal: Terminal): Promise<'quit' | 'ended'> {
  let how: 'quit' | 'ended' = 'quit';
  await mount(terminal, ({ size, theme, keys, close, redraw, bell }) => (
    <App
      player={player}
      size={size}
      theme={theme}
      keys={keys}
      onQuit={(chosen) => {
        how = chosen;
        close();
      }}
      onBell={bell}
      onRedraw={redraw}
    />
  ));
  return how;
}
