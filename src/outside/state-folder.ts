import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what gameday may forget and finds again: `$XDG_CACHE_HOME/gameday`, else `~/.cache/gameday`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(baseOf(env['XDG_CACHE_HOME'], '.cache'), 'gameday');
}

/** The folder for what gameday must remember between runs on this machine (XDG base directories): `$XDG_STATE_HOME/gameday`, else `~/.local/state/gameday`. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(baseOf(env['XDG_STATE_HOME'], join('.local', 'state')), 'gameday');
}

/** The specification says to ignore a relative path. */
function baseOf(named: string | undefined, ownFolder: string): string {
  return named !== undefined && named.startsWith('/') ? named : join(homedir(), ownFolder);
}
