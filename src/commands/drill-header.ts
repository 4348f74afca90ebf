import { createHash } from 'node:crypto';
import type { SeatRecord, TimelineHeader } from '../journal/timeline.ts';
import type { LoadedScenario } from '../outside/read-files.ts';

/** Which gameday wrote a timeline. */
const ENGINE = `gameday ${process.env['GAMEDAY_VERSION'] ?? '0.0.0'}`;

/** The header of a new drill. `name` tells drills of one scenario apart; no seed is in it. */
export function drillHeader(options: {
  readonly loaded: LoadedScenario;
  readonly name: string;
  readonly seed: number;
  readonly seats: readonly SeatRecord[];
  readonly pager: TimelineHeader['pager'];
}): TimelineHeader {
  const { loaded, name, seed, seats, pager } = options;
  const hash = createHash('sha256');
  for (const [path, text] of Object.entries(loaded.files)) hash.update(`${path}\0${text}\0`);
  return {
    format: 'gameday-timeline',
    version: 1,
    engine: ENGINE,
    drillId: `${loaded.file.replace(/\.ya?ml$/, '')}-${name}`,
    seed,
    scenario: { file: loaded.file, sha256: hash.digest('hex') },
    files: loaded.files,
    seats,
    pager,
  };
}
