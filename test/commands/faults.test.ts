import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../../src/cluster/faults/catalogue.ts';
import { parityCounts, parityRows } from '../../src/cluster/faults/parity.ts';
import { faultText } from '../../src/commands/fault-text.ts';
import { faultsPage } from '../../src/commands/faults-page.ts';

const PAGE = new URL('../../FAULTS.md', import.meta.url);

test('FAULTS.md is what the catalogue says', () => {
  if (process.env['WRITE'] !== undefined) writeFileSync(PAGE, faultsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(faultsPage());
});

test('a fault is explained to whoever writes a scenario', () => {
  const fault = FAULTS.get('wrong-selector');
  expect(fault === undefined ? '' : faultText(fault)).toMatch(/^wrong-selector: A Service selects pods that are not there\.\n\nTarget\n {2}a Service\n\nSettings\n {2}label: text, tier where left out\./);
});

test('every counterpart of a name elsewhere is a word of the catalogue, and what is impossible says why', () => {
  expect(parityRows().filter(({ status, word }) => status === 'simulated' && word !== 'no-op' && !FAULTS.has(word))).toEqual([]);
  expect(parityRows().filter(({ status, reason }) => status === 'impossible' && !/^[A-Z].*\.$/.test(reason))).toEqual([]);
});

test('the catalogues are whole', () => {
  expect(Object.fromEntries(parityCounts().map(({ source, names }) => [source, names]))).toEqual({ ITBench: 31, AIOpsLab: 35, SREGym: 99, 'Chaos tools': 51, OpenTelemetry: 14 });
});
