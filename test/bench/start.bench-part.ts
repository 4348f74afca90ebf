import { spawnSync } from 'node:child_process';
import type { BenchRow } from './bench-row.ts';
import { compare } from './rounds.ts';

const ROUNDS = 20;
const MOST_ABOVE_MS = 150;

/** Wall time from the call of `gameday --help` to its end, and of a Node that does nothing. Runs in the repository, from a fresh build. */
export function benchStart(): BenchRow[] {
  wallMs('bin/gameday.cjs', '--version'); // builds where the build is stale
  const { ours, peer, noise } = compare(ROUNDS, () => wallMs('bin/gameday.cjs', '--help'), () => wallMs('-e', '0'));
  const above = ours - peer;
  return [
    {
      name: `start: gameday --help, ${above.toFixed(0)} ms above a bare Node`, ours, peer, unit: 'ms', ratio: ours / peer, goal: `≤ ${MOST_ABOVE_MS} ms above`, met: above <= MOST_ABOVE_MS, noise,
      note: 'peer: node -e 0; wall time',
    },
  ];
}

function wallMs(...words: readonly string[]): number {
  const start = performance.now();
  const ran = spawnSync(process.execPath, words, { stdio: 'ignore', env: { ...process.env, GAMEDAY_RELAUNCHED: '' } });
  const took = performance.now() - start;
  if (ran.status !== 0) throw new Error(`bench: ${words.join(' ')} ended with ${ran.status}`);
  return took;
}
