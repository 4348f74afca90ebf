import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Die } from '../../src/time/dice.ts';
import { readTimelineFile } from '../../src/outside/journal-reading.ts';

/** `npm run test:crash` kills 200 times; the tests of every day six times. */
const kills = process.env.MODE === 'crash' ? 200 : 6;

test(`a drill that is killed ${kills} times while people play it goes on each time with all that they had seen`, async () => {
  const die = new Die(kills, 'live-crash');
  let dir = mkdtempSync(join(tmpdir(), 'gameday-live-'));
  let [killedAtWork, requests] = [0, 0];
  try {
    for (let kill = 0; kill < kills; kill++) {
      const { shown, over, complaint } = await killed(dir, 1 + die.roll(12), die.roll(40));
      expect(complaint).toBe('');
      if (shown > 0) killedAtWork++;
      const file = await readTimelineFile(dir);
      if ('refusal' in file) throw new Error(file.refusal);
      expect(file.timeline.facts.length).toBeGreaterThanOrEqual(shown);
      requests += file.timeline.facts.filter((fact) => fact.type === 'api-requested').length;
      if (!over) continue;
      rmSync(dir, { recursive: true, force: true });
      dir = mkdtempSync(join(tmpdir(), 'gameday-live-'));
    }
    expect(killedAtWork).toBeGreaterThan(kills / 2);
    expect(requests, 'requests of clients that were gone on with').toBeGreaterThan(kills);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 1_200_000);

/** Plays until so many screens were shown and so many ms passed, then kills; tells the newest fact that was shown. */
function killed(dir: string, screens: number, laterMs: number): Promise<{ readonly shown: number; readonly over: boolean; readonly complaint: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [new URL('live-drill-child.ts', import.meta.url).pathname, dir]);
    let printed = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.split('\n').length > screens) setTimeout(() => child.kill('SIGKILL'), laterMs);
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('error', reject);
    child.on('close', () => {
      const whole = printed.split('\n').slice(0, -1);
      resolve({ shown: Number(whole.findLast((line) => line !== 'over') ?? 0), over: whole.includes('over'), complaint });
    });
  });
}
