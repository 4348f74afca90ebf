import { expect, test } from 'vitest';
import { aLabDay } from '../support/fault-lab.ts';
import type { Night } from '../support/a-drill.ts';

/** What the storefront says of itself to somebody in its container. */
function asked({ drill }: Night): string {
  return drill.command('responder-1', 'kubectl -n shop exec deploy/storefront -- curl -s localhost:8080/metrics').text.join('\n');
}

const served = (page: string): number => Number(/^http_requests_total\{handler="\/home",method="GET",code="200"\} (\d+)$/m.exec(page)?.[1]);

test('a responder who asks a pod what it has counted is told what it did since it began, and more each time', () => {
  const day = aLabDay().until('5m');
  expect(day.drill.cluster.traffic.onTick).toBeNull();
  const first = asked(day);
  expect(first).toMatch(/^# TYPE http_requests_total counter$/m);
  expect(served(asked(day.until('6m')))).toBeGreaterThan(served(first) + 60);
});

test('who asks late is told nearly what one is told who has asked before', () => {
  const early = aLabDay().until('10s');
  asked(early);
  const [known, late] = [served(asked(early.until('6m'))), served(asked(aLabDay().until('6m')))];
  expect(known).toBeGreaterThan(500);
  expect(Math.abs(late - known) / known).toBeLessThan(0.05);
});

test('who asks sees the same in the same drill', () => {
  const [one, other] = [aLabDay(), aLabDay()].map((day) => [asked(day.until('2m')), asked(day.until('150s'))]);
  expect(one).toEqual(other);
});
