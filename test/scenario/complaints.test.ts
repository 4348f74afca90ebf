import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatComplaint } from '../../src/yaml/complaint.ts';
import { readScenario } from '../../src/scenario/read.ts';

/** Each NAME.yaml in test/complaints is read with the clusters beside it; NAME.txt is what must be said of it. `WRITE=1` writes them anew. */
const folder = 'test/complaints';
const clusters = Object.fromEntries(
  ['webshop', 'broken', 'manifests', 'flow']
    .flatMap((name) => [`clusters/${name}/objects.yaml`, `clusters/${name}/traffic.yaml`])
    .map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]),
);

describe('complaints', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const expected = `${folder}/${basename(file, '.yaml')}.txt`;
    test(basename(file, '.yaml'), () => {
      const started = performance.now();
      const { scenario, complaints } = readScenario({ ...clusters, [file]: readFileSync(`${folder}/${file}`, 'utf8') }, file);
      const said = complaints.map((complaint) => `${formatComplaint(complaint)}\n`).join('');
      expect(performance.now() - started).toBeLessThan(1_500);
      if (process.env['WRITE'] === '1' || !existsSync(expected)) writeFileSync(expected, said);
      expect(said).toBe(readFileSync(expected, 'utf8'));
      expect(scenario === null).toBe(complaints.some(({ severity }) => severity === 'error'));
    });
  }
});

test('ten different mistakes are ten complaints, each at its line and column', () => {
  expect(readFileSync(`${folder}/ten-mistakes.txt`, 'utf8').trim().split('\n').map((line) => /:(\d+:\d+):.*\[(.+)\]/.exec(line)?.slice(1).join(' '))).toEqual(TEN);
});

/** Read off the file itself, by hand. */
const TEN = [
  '3:1 unknown-key', '4:10 value', '8:16 unknown-service', '12:25 fault-kind', '13:48 unknown-target', '21:23 unknown-fault',
  '22:33 condition', '24:21 unknown-page', '25:20 stage-target', '33:20 unknown-command',
];
