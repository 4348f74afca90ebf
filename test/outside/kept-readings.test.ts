import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptReadings } from '../../src/outside/kept-readings.ts';

let folder: string;
const reading = { objects: [{ kind: 'Node' }], patienceMs: Infinity, left: undefined };

beforeEach(() => { folder = join(mkdtempSync(join(tmpdir(), 'gameday-kept-')), 'clusters'); });
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

test('what was read of texts is found by the same texts, as it was', () => {
  new KeptReadings(folder, 'build-1').keep(['objects', 'traffic'], reading);
  expect(new KeptReadings(folder, 'build-1').find(['objects', 'traffic'])).toStrictEqual(reading);
});

test('neither other texts nor another build find it', () => {
  const kept = new KeptReadings(folder, 'build-1');
  kept.keep(['objects', 'traffic'], reading);
  expect(kept.find(['objects', 'traffic '])).toBeNull();
  expect(kept.find(['object', 'straffic'])).toBeNull();
  expect(new KeptReadings(folder, 'build-2').find(['objects', 'traffic'])).toBeNull();
});

test('a file that was cut off is read as nothing, and written anew', () => {
  const kept = new KeptReadings(folder, 'build-1');
  kept.keep(['objects'], reading);
  writeFileSync(join(folder, readdirSync(folder)[0] as string), Buffer.from([0xff, 0x0f, 0x6f]));
  expect(kept.find(['objects'])).toBeNull();
  kept.keep(['objects'], reading);
  expect(kept.find(['objects'])).toStrictEqual(reading);
});

test('a folder that cannot be written to, or a reading that cannot be, is no trouble', () => {
  writeFileSync(folder, 'a file');
  new KeptReadings(folder, 'build-1').keep(['objects'], reading);
  expect(new KeptReadings(folder, 'build-1').find(['objects'])).toBeNull();
  new KeptReadings(join(folder, '..', 'other'), 'build-1').keep(['objects'], () => 1);
});

test('the twenty newest stay, for their owner alone', () => {
  const kept = new KeptReadings(folder, 'build-1');
  for (let nth = 0; nth < 25; nth++) kept.keep([`text ${nth}`], { nth });
  expect(readdirSync(folder)).toHaveLength(20);
  expect(kept.find(['text 24'])).toEqual({ nth: 24 });
  if (process.platform !== 'win32') expect(statSync(join(folder, readdirSync(folder)[0] as string)).mode & 0o077).toBe(0);
});
