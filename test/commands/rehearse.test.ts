import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rehearseOnce } from '../../src/commands/rehearse.ts';
import { readScenarioFiles } from '../../src/outside/read-files.ts';

const path = new URL('../../scenarios/one-bad-deploy.yaml', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'gameday-rehearse-'));
const file = join(dir, 'timeline.jsonl');

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a rehearsal that writes where one has been written', () => {
  test('leaves the same alone, completes what was interrupted, and refuses any other', async () => {
    expect(await rehearsed(3)).not.toHaveProperty('refusal');
    const whole = readFileSync(file, 'utf8');
    expect(await rehearsed(3)).not.toHaveProperty('refusal');
    const header = whole.indexOf('\n') + 1;
    for (const kept of [header, header + 1_000, whole.length - 1]) {
      writeFileSync(file, whole.slice(0, kept));
      expect(await rehearsed(3)).not.toHaveProperty('refusal');
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
    expect(await rehearsed(4)).toEqual({ refusal: `There is another timeline in ${dir}, and it stays as it is. Give another directory with --out.` });
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });
});

function rehearsed(seed: number): ReturnType<typeof rehearseOnce> {
  const loaded = readScenarioFiles(path);
  if (loaded.scenario === null) throw new Error(JSON.stringify(loaded.complaints));
  return rehearseOnce(loaded, loaded.scenario, { path, as: 'noop', seed, out: dir });
}
