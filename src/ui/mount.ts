import { render } from 'ink';
import type { ReadStream, WriteStream } from 'node:tty';
import type { ReactElement } from 'react';
import type { Size } from './layout.ts';
import { RowKeys, RowStream, sizeOf, type TerminalOut } from './row-stream.ts';
import { TerminalInput, type TerminalIn } from './terminal-input.ts';
import { themeFor, themeNamed, type Theme, type ThemeName } from './theme.ts';

export interface Terminal {
  readonly stdin: TerminalIn;
  readonly stdout: TerminalOut;
  /** Else what the environment asks for. */
  readonly theme?: ThemeName;
}

/** What a full-screen view is drawn with. */
export interface Stage {
  readonly size: Size;
  readonly theme: Theme;
  readonly keys: RowKeys;
  /** Takes the view down. */
  readonly close: () => void;
  readonly redraw: () => void;
  readonly bell: () => void;
}

/**
 * Shows one view on the whole terminal until it closes itself, and draws it again when the terminal changes its size.
 * The terminal is put back as it was on any way out, an exception or a signal that ends the process included.
 */
export async function mount(terminal: Terminal, view: (stage: Stage) => ReactElement): Promise<void> {
  const { stdout } = terminal;
  const keys = new RowKeys();
  const input = new TerminalInput(terminal.stdin);
  const theme = themeNamed(terminal.theme ?? themeFor(process.env));
  const draw = (): ReactElement =>
    view({ size: sizeOf(stdout), theme, keys, close, redraw, bell: () => void stdout.write('\u0007') });
  const close = (): void => instance.unmount();
  const redraw = (): void => {
    instance.clear();
    stdout.write('\u001b[2J\u001b[H');
    keys.forget();
    instance.rerender(draw());
  };
  const instance = render(draw(), {
    stdout: new RowStream(stdout, keys) as unknown as WriteStream,
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
}
