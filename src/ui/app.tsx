import type { Desk } from './desk.ts';
import { App } from './drill-app.tsx';
import { mount, type Terminal } from './mount.ts';
import type { Player } from './player.ts';

/** Gives the terminal to a command of the person's own shell, or to the shell itself for '', until it ends. Never rejects. */
export type Shell = (command: string) => Promise<void>;

/** How a view was left. */
type Way = { readonly to: 'quit' | 'ended' } | { readonly to: 'shell'; readonly command: string; readonly desk: Desk };

/**
 * Shows the drill until the person leaves: `quit` in the middle, `ended` after the end. Leaves the terminal as it was,
 * also for each `shell` in between, after which the desk stands as it was left.
 */
export async function runApp(player: Player, terminal: Terminal, shell: Shell): Promise<'quit' | 'ended'> {
  for (let desk: Desk | null = null; ; ) {
    const way = await view(player, terminal, desk);
    if (way.to !== 'shell') return way.to;
    desk = way.desk;
    await shell(way.command);
  }
}

async function view(player: Player, terminal: Terminal, desk: Desk | null): Promise<Way> {
  let way: Way = { to: 'quit' };
  await mount(terminal, ({ size, theme, keys, close, redraw, bell }) => {
    const leave = (chosen: Way): void => {
      way = chosen;
      close();
    };
    return (
      <App
        player={player}
        size={size}
        theme={theme}
        keys={keys}
        desk={desk}
        onQuit={(to) => leave({ to })}
        onShell={(command, left) => leave({ to: 'shell', command, desk: left })}
        onBell={bell}
        onRedraw={redraw}
      />
    );
  });
  return way;
}
