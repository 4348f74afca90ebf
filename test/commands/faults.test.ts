import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../../src/cluster/faults/catalogue.ts';
import type { FaultSetting } from '../../src/cluster/faults/fault.ts';
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

test('every counterpart of a name elsewhere can be written as it stands, and what differs is said', () => {
  const rows = parityRows();
  const wrong = rows.flatMap(({ name, uses }) => uses.flatMap(({ kind, ...settings }) => {
    const known = FAULTS.get(kind)?.settings;
    if (known === undefined) return [`${name}: no fault ${kind}`];
    return Object.entries(settings).flatMap(([key, value]) => (fits(known[key], value) ? [] : [`${name}: ${kind} with ${key} ${String(value)}`]));
  }));
  expect(wrong).toEqual([]);
  expect(rows.filter(({ status, differs }) => (status === 'same') !== (differs === '') || (differs !== '' && !/^[A-Z].*\.$/.test(differs)))).toEqual([]);
  expect(rows.filter(({ status, uses, name }) => (uses.length === 0) !== (status === 'impossible' || name === 'no_op'))).toEqual([]);
});

/** Whether an author could write that value: as the scenario's shapes read them. */
function fits(setting: FaultSetting | undefined, value: number | string | boolean): boolean {
  if (setting === undefined) return false;
  if (setting.oneOf !== undefined) return setting.oneOf.includes(String(value));
  if (setting.type === 'duration') return /^\d+(?:ms|s|m|h)$/.test(String(value));
  return typeof value === (setting.type === 'text' ? 'string' : setting.type === 'switch' ? 'boolean' : 'number');
}

test('the catalogues are whole', () => {
  expect(Object.fromEntries(parityCounts().map(({ source, names }) => [source, names]))).toEqual({ ITBench: 31, AIOpsLab: 35, SREGym: 99, 'Chaos tools': 51, OpenTelemetry: 14 });
});
