import { expect, test } from 'vitest';
import { aDrill } from '../support/a-drill.ts';

test('curl asks an outside party by its host, and waits as long as everybody else does', () => {
  const night = aDrill('slow-site').until('1m');
  expect(seconds(night.types('curl https://api.postcheck.example/v2').text)).toBeLessThan(1);
  night.untilPaged();
  expect(seconds(night.types('curl -v api.postcheck.example:443').text)).toBeGreaterThan(20);
  expect(seconds(night.types('curl gateway.cardnet.example').text)).toBeLessThan(2);
  expect(night.facts('observed').map(({ kind, tool, target }) => [kind, tool, target])).toEqual([
    ['check', 'curl', 'address-check'], ['check', 'curl', 'address-check'], ['check', 'curl', 'card-network'],
  ]);
  expect(night.types('curl api.elsewhere.example').text).toEqual(['curl: (6) Could not resolve host: api.elsewhere.example']);
});

function seconds(answer: readonly string[]): number {
  expect(answer[0]).toBe('HTTP/1.1 200 OK');
  return Number(/^time_total: ([\d.]+) s$/.exec(answer[1] ?? '')?.[1]);
}
