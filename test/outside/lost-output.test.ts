import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';

const CHATTY = `
  import { endWithLostOutput } from ${JSON.stringify(new URL('../../src/outside/lost-output.ts', import.meta.url).href)};
  endWithLostOutput();
  setInterval(() => process.stdout.write('a line of output\\n'), 1);
`;

test('a reader who has seen enough ends the program without a word', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CHATTY], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout?.once('data', () => child.stdout?.destroy());
  expect(await ended(child)).toEqual({ code: 141, complaint: '' });
});

test.runIf(existsSync('/dev/full'))('an output that takes no more is said in one line', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CHATTY], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
  const { code, complaint } = await ended(child);
  expect(complaint).toMatch(/^The output could not be written: ENOSPC.*\n$/);
  expect(code).toBe(2);
});

function ended(child: ReturnType<typeof spawn>): Promise<{ readonly code: number | null; readonly complaint: string }> {
  return new Promise((resolve) => {
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('close', (code) => resolve({ code, complaint }));
  });
}
