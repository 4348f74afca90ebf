import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read.ts';
import type { Reading } from '../../src/scenario/read.ts';
import { formatComplaint } from '../../src/yaml/complaint.ts';

const cluster = Object.fromEntries(['clusters/webshop/objects.yaml', 'clusters/webshop/traffic.yaml'].map((name) => [name, readFileSync(`test/complaints/${name}`, 'utf8')]));
/** As little of a cluster as the good scenario needs, so that many can be read. */
const small = {
  'clusters/webshop/objects.yaml': ['storefront', 'checkout']
    .map((name) => `{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}, spec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: a, image: 'web:4.2.0'}]}}}}\n---\n{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {selector: {app: ${name}}}}\n---\n`)
    .join('') + '{apiVersion: v1, kind: Node, metadata: {name: one}}\n',
  'clusters/webshop/traffic.yaml': "load: [{service: storefront, rate: 1}]\nprograms: {web: {tags: ['4.1.0', '4.2.0'], routes: {default: [{cpu: 1ms}]}}}\nexternals: {address-check: {host: a.example, latency: 1ms}}\n",
};
const good = readFileSync('test/complaints/nothing-wrong.yaml', 'utf8');

test('the small cluster is enough', () => {
  expect(readScenario({ ...small, 'it.yaml': good }, 'it.yaml').complaints).toEqual([]);
});

test('whatever bytes a file holds, every complaint has a place in it', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => judge({ ...small, 'it.yaml': new TextDecoder().decode(bytes) })), { numRuns: 120 });
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => judge({ ...small, 'it.yaml': text })), { numRuns: 120 });
});

test('whatever is cut out of a good scenario, doubled or put in, reading it ends in complaints or a scenario', () => {
  const edit = fc.record({ at: fc.nat(good.length), cut: fc.nat(40), put: fc.constantFrom('', ' ', '\n', '  - ', '{', '}', '[', ']', ':', '"', "'", '&a', '*a', '!!x', 'null', '1e999', '-', '#', '|\n', '%', '__proto__: ', 'on: ', '\u202e', '\t') });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = good;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      judge({ ...small, 'it.yaml': text });
    }),
    { numRuns: 150 },
  );
});

test('whatever values stand where others belong, the reader takes them apart without falling', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const keys = good.split('\n').flatMap((line) => /^([a-z]+):/.exec(line)?.[1] ?? []);
  fc.assert(
    fc.property(fc.subarray(keys, { minLength: 1, maxLength: 4 }), fc.array(value, { minLength: 4, maxLength: 4 }), (chosen, values) => {
      const kept = good.split(/^(?=[a-z]+:)/m).filter((block) => !chosen.includes(block.slice(0, block.indexOf(':'))));
      const put = chosen.map((key, nth) => `${key}: ${JSON.stringify(values[nth])}\n`);
      judge({ ...small, 'it.yaml': [...kept, ...put].join('') });
    }),
    { numRuns: 120 },
  );
});

test('a broken cluster breaks no reader', () => {
  const names = Object.keys(cluster);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(20_000), fc.nat(60), fc.constantFrom('', 'x', ': ', '\n', '- ', '[', '{}', 'null', '~', '5'), (name, at, cut, put) => {
      const text = cluster[name] ?? '';
      const from = at % text.length;
      judge({ ...cluster, 'it.yaml': good, [name]: text.slice(0, from) + put + text.slice(from + cut) });
    }),
    { numRuns: 20 },
  );
});

function judge(files: Readonly<Record<string, string>>): void {
  const reading = readScenario(files, 'it.yaml');
  expect(reading.scenario === null).toBe(reading.complaints.some(({ severity }) => severity === 'error'));
  for (const complaint of reading.complaints) expectPlace(complaint, files);
}

function expectPlace(complaint: Reading['complaints'][number], files: Readonly<Record<string, string>>): void {
  const lines = files[complaint.file]?.split('\n') ?? [];
  const line = lines[complaint.line - 1];
  expect([formatComplaint(complaint), line !== undefined && complaint.col >= 1 && complaint.col <= line.length + 1]).toEqual([formatComplaint(complaint), true]);
  expect(formatComplaint(complaint)).not.toMatch(/\p{Cc}|undefined|\[object/u);
}
