import { render } from 'ink';
import type { ReadStream, WriteStream } from 'node:tty';
import { App } from './drill-app.tsx';
import type { Player } from './player.ts';
import { RowKeys, RowStream, sizeOf, type TerminalOut } from './row-stream.ts';
import { TerminalInput, type TerminalIn } from './terminal-input.ts';
import { themeFor, themeNamed, type ThemeName } from './theme.ts';

export interface Terminal {
  readonly stdin: TerminalIn;
  readonly stdout: TerminalOut;
  /** Else what the environment asks for. */
  readonly theme?: ThemeName;
}

/**
 * Shows the drill until the person leaves: `quit` in the middle, `ended` after the end. The terminal is put back as
 * it was on any way out, an exception or a signal that ends the process included.
 */
export async function runApp(player: Player, terminal: Terminal): Promise<'quit' | 'ended'> {
  const { stdout } = terminal;
  const keys = new RowKeys();
  const stream = new RowStream(stdout, keys);
  const input = new TerminalInput(terminal.stdin);
  const theme = themeNamed(terminal.theme ?? themeFor(process.env));
  let how: 'quit' | 'ended' = 'quit';
  const draw = (): React.JSX.Element => (
    <App
      player={player}
      size={sizeOf(stdout)}
      theme={theme}
      keys={keys}
      onQuit={(chosen) => {
        how = chosen;
        instance.unmount();
      }}
      onBell={() => void stdout.write('\u0007')}
      onRedraw={redraw}
    />
  );
  const redraw = (): void => {
    instance.clear();
    stdout.write('\u001b[2J\u001b[H');
    keys.forget();
    instance.rerender(draw());
  };
  const instance = render(draw(), {
    stdout: stream as unknown as WriteStream,
    stdin: input as unknown as ReadStream,
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 120,
  });
  stdout.on('resize', redraw);
  try {
    await instance.waitUntilExit();
  } finally {
    stdout.off('resize', redraw);
    input.release();
  }
  return how;
}
