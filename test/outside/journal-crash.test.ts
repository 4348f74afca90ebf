import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Die } from '../../src/time/dice.ts';
import { readTimelineFile } from '../../src/outside/journal-reading.ts';

/** `npm run test:crash` kills 200 times; the tests of every day ten times. */
const kills = process.env.MODE === 'crash' ? 200 : 10;

test(`a drill that is killed ${kills} times at any moment loses nothing that was acknowledged, and goes on each time`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-crash-'));
  const die = new Die(kills, 'crash');
  let known = 0;
  let killedAtWork = 0;
  try {
    for (let kill = 0; kill < kills; kill++) {
      const { acknowledged, complaint } = await killed(dir, die.roll(2) === 0 ? { afterMs: die.roll(250) } : { afterBursts: die.roll(60) });
      expect(complaint).toBe('');
      if (acknowledged > 0) killedAtWork++;
      const reached = acknowledged > known ? acknowledged : known;
      const file = await readTimelineFile(dir);
      if ('refusal' in file) {
        // Killed before the header was on disk: then nothing was acknowledged either.
        expect([file.refusal, reached]).toEqual([expect.stringMatching(/nothing to resume|there is no/), 0]);
        rmSync(join(dir, 'timeline.jsonl'), { force: true });
        continue;
      }
      expect(file.timeline.facts.length).toBeGreaterThanOrEqual(reached);
      known = file.timeline.facts.length;
    }
    expect(killedAtWork).toBeGreaterThan(kills / 4);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 600_000);

type When = { readonly afterMs: number } | { readonly afterBursts: number };

/** Runs the child, kills it when told, and tells the last fact that it called safe. */
function killed(dir: string, when: When): Promise<{ readonly acknowledged: number; readonly complaint: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [new URL('journal-child.ts', import.meta.url).pathname, dir, 'Infinity']);
    let printed = '';
    let complaint = '';
    if ('afterMs' in when) setTimeout(() => child.kill('SIGKILL'), when.afterMs);
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if ('afterBursts' in when && printed.split('\n').length > when.afterBursts) child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('error', reject);
    // A number whose newline was not printed may be cut short: it does not count.
    child.on('close', () => resolve({ acknowledged: Number(printed.split('\n').at(-2) ?? 0), complaint }));
  });
}
