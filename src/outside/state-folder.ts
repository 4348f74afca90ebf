import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what gameday must remember between runs on this machine (XDG base directories): `$XDG_STATE_HOME/gameday`, else `~/.local/state/gameday`. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_STATE_HOME'];
  // The specification says to ignore a relative path.
  return join(base !== undefined && base.startsWith('/') ? base : join(homedir(), '.local', 'state'), 'gameday');
}
