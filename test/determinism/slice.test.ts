import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** `npm run determinism` plays a thousand seeds in four ways; this is ten of them in the two that differ most. */
test('ten seeds give the same facts with the JIT compiler in one process and without it in two', { timeout: 300_000 }, () => {
  const ran = spawnSync(process.execPath, ['bin/build.mjs', '--run', 'test/determinism/run.ts', '--seeds', '10', '--brief'], { encoding: 'utf8' });
  expect(ran.stdout).toMatch(/Every seed gave the same facts each time \(10 seeds\)\.\n$/);
  expect(new Set([...ran.stdout.matchAll(/10 seeds: (\w+)$/gm)].map(([, digest]) => digest)).size).toBe(1);
  expect(ran.status).toBe(0);
});
