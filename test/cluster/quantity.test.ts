import { expect, test } from 'vitest';
import { cpuMillis, parseQuantity, quantityBytes } from '../../src/cluster/quantity.ts';

test.each<[string, number | null]>([
  ['250m', 0.25], ['1.5', 1.5], ['.5', 0.5], ['512Mi', 536_870_912], ['0.5Gi', 536_870_912], ['1k', 1000], ['2E', 2e18], ['1e3', 1000], ['-1', -1], ['+2', 2], ['5.', 5],
  ['', null], ['lots', null], ['1 Gi', null], ['1KiB', null], ['Mi', null], ['1ee3', null],
])('%s', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test('requests are whole thousandths of a CPU and whole bytes, rounded up', () => {
  expect([cpuMillis('100m'), cpuMillis('0.1'), cpuMillis('1.0001'), cpuMillis(undefined)]).toEqual([100, 100, 1001, 0]);
  expect([quantityBytes('1.5'), quantityBytes('1Ki'), quantityBytes(undefined)]).toEqual([2, 1024, 0]);
});
