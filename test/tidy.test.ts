import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { breachesOf, deadFiles } from './tidy/rules.ts';
import { sourceOf, sourcesUnder } from './tidy/source.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ENTRIES = ['src/cli.tsx', 'src/outside/read-worker.ts'];

describe('the program', () => {
  const sources = sourcesUnder(root, 'src');

  test('keeps the house rules', () => {
    expect(sources.flatMap(breachesOf)).toEqual([]);
  });

  test('has no file that nobody imports', () => {
    expect(deadFiles(sources, ENTRIES)).toEqual([]);
  });
});

describe('the house rules catch', () => {
  const breaches = (path: string, text: string): readonly string[] => breachesOf(sourceOf(path, text));

  const caught: readonly (readonly [path: string, text: string, message: string])[] = [
    ['src/time/a.ts', "import { readFileSync } from 'node:fs';", 'time/ may not import node:fs'],
    ['src/drill/a.ts', "import { useState } from 'react';", 'drill/ may not import react'],
    ['src/time/a.ts', "import type { Fact } from '../journal/timeline.ts';", 'time/ may not import anything of journal/'],
    ['src/cluster/deep/a.ts', "export { read } from '../../scenario/read.ts';", 'cluster/ may not import anything of scenario/'],
    ['src/debrief/a.ts', "import type { Cluster } from '../cluster/cluster.ts';", 'debrief/ may not import anything of cluster/'],
    ['src/debrief/a.ts', "const drill = import('../drill/drill.ts');", 'debrief/ may not import anything of drill/'],
    ['src/kube-api/a.ts', "import { createServer } from 'node:http';", 'kube-api/ may not import node:http'],
    ['src/kube-api/a.ts', "import { Drill } from '../drill/drill.ts';", 'kube-api/ may not import anything of drill/'],
    ['src/cluster/a.ts', "import { RestApi } from '../kube-api/rest-api.ts';", 'cluster/ may not import anything of kube-api/'],
    ['src/ui/a.tsx', "import { begin } from '../drill/drill.ts';", 'ui/ may not import values of drill/'],
    ['src/outside/a.ts', "import { a } from '../commands/a.ts';", 'outside/ may not import anything of commands/'],
    ['src/time/a.ts', "import { a } from '../cli.tsx';", 'time/ may not import anything of cli.tsx/'],
    ['src/time/a.ts', "import { b } from './b';", '"./b" lacks its extension'],
    ['src/time/a.ts', "import { b } from '../../test/b.ts';", '"../../test/b.ts" lies outside of src/'],
    ['src/junk/a.ts', 'export const a = 1;', 'the room "junk" has no place'],
    ['src/time/index.ts', 'export const a = 1;', '"index.ts" says nothing'],
    ['src/time/utils/a.ts', 'export const a = 1;', '"utils" says nothing'],
    ['src/time/a.ts', 'const a = Date.now();', 'wall clock'],
    ['src/time/a.ts', 'const a = new Date();', 'wall clock'],
    ['src/time/a.ts', 'const a = performance.now();', 'performance has no place'],
    ['src/time/a.ts', 'const a = Math.random();', 'no die'],
    ['src/time/a.ts', 'const a = Math.pow(2, 3);', 'Math.pow differs'],
    ['src/time/a.ts', 'const a = Math.log(2);', 'Math.log differs'],
    ['src/time/a.ts', 'const a = 2 ** 3;', '** differs'],
    ['src/ui/a.ts', 'let a = 2; a **= 3;', '** differs'],
    ['src/time/a.ts', 'async function a() {}', 'no async'],
    ['src/time/a.ts', 'const a = async () => 1;', 'no async'],
    ['src/time/a.ts', 'const a = Promise.resolve(1);', 'Promise has no place'],
    ['src/time/a.ts', 'setTimeout(() => 1, 2);', 'setTimeout has no place'],
    ['src/time/a.ts', 'const a = process.env.A;', 'process is outside'],
    ['src/ui/a.ts', 'const a = [2, 1].sort();', 'sort() without an order'],
    ['src/ui/a.ts', 'const a = [2, 1].toSorted();', 'toSorted() without an order'],
    ['src/ui/a.ts', "const a = 'a'.localeCompare('b');", 'localeCompare depends'],
    ['src/ui/a.ts', 'const a = (1).toLocaleString();', 'toLocaleString depends'],
    ['src/time/a.ts', 'const a = new Intl.NumberFormat();', 'Intl has no place'],
    ['src/time/a.ts', `function a() {\n${'  a();\n'.repeat(59)}}`, 'a function has at most 60 lines, and this has 61'],
    ['src/ui/a.tsx', `const a = () => {\n${'  a();\n'.repeat(79)}};`, 'a function has at most 80 lines, and this has 81'],
    ['src/time/a.ts', 'a;\n'.repeat(401), 'a file has at most 400 lines'],
  ];

  test.each(caught.map(([path, text, message]) => [message, path, text] as const))('%s', (message, path, text) => {
    const found = breaches(path, text);
    expect(found).toEqual([expect.stringContaining(message)]);
    expect(found[0]).toMatch(/^src\/[\w./-]+:\d+: /);
  });

  test('the line that it is on', () => {
    expect(breaches('src/time/a.ts', '\n\n// größer 🐢\nconst a = 2 ** 3;\n')).toEqual([expect.stringMatching(/^src\/time\/a\.ts:4: /)]);
  });

  test('and let pass what only looks like it', () => {
    const fine = "// Date.now, 2 ** 3\nconst text = 'Math.random()'; const at = new Date(0); const x = { performance: 1, fetch() {} }; x.fetch(); [1].sort((a, b) => a - b);";
    expect(breaches('src/time/a.ts', fine)).toEqual([]);
    expect(breaches('src/ui/a.ts', "import type { Screen } from '../drill/screen.ts'; const later = async () => Date.now();")).toEqual([]);
    expect(breaches('src/time/a.ts', `function a() {\n${'  a();\n'.repeat(58)}}\n${'a;\n'.repeat(340)}`)).toEqual([]);
  });

  test('files that nobody imports', () => {
    const sources = [sourceOf('src/cli.tsx', "import './a/b.ts';"), sourceOf('src/a/b.ts', ''), sourceOf('src/a/c.ts', '')];
    expect(deadFiles(sources, ENTRIES)).toEqual(['src/a/c.ts:1: nobody imports this file']);
  });
});
