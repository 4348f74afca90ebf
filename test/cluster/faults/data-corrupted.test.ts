import { expect, test } from 'vitest';
import { aLabDay } from '../../support/fault-lab.ts';
import type { Night } from '../../support/a-drill.ts';

const LEDGER = 'books/ledger';

/** What the newest reconciliation said. */
function reconciled({ drill }: Night): string {
  const jobs = drill.cluster.plane.store.list('Pod', 'books').filter(({ metadata, status }) => metadata.name.startsWith('ledger-reconciliation') && (status?.phase === 'Succeeded' || status?.phase === 'Failed'));
  const newest = jobs.toSorted((one, other) => Date.parse(one.metadata.creationTimestamp ?? '') - Date.parse(other.metadata.creationTimestamp ?? '')).at(-1);
  return drill.cluster.podLogs('books', newest?.metadata.name ?? '').at(-1)?.text ?? '';
}

test('a volume that gives back other bytes is noticed by who compares, and by nobody else', () => {
  const day = aLabDay().until('4m');
  expect(reconciled(day)).toBe('all payments match their orders');
  day.drill.cluster.beginFault('data-corrupted', LEDGER, { share: 0.05 });
  day.until('9m');
  expect(reconciled(day)).toMatch(/^\d+ payments do not match their orders$/);
  expect(day.drill.cluster.metrics.recent('http.errors', 'books/billing', 4).every((share) => (share ?? 0) < 0.01)).toBe(true);
});

test('a new pod on the old volume reads the same; a new volume reads what was written', () => {
  const day = aLabDay().until('1m');
  const end = day.drill.cluster.beginFault('data-corrupted', LEDGER, { share: 0.05 });
  day.types('kubectl -n books delete pod ledger-0');
  day.until('6m');
  expect(reconciled(day)).toMatch(/do not match/);
  day.types('kubectl -n books delete pvc data-ledger-0 --wait=false');
  day.types('kubectl -n books delete pod ledger-0');
  day.until('12m');
  expect(reconciled(day)).toBe('all payments match their orders');
  end();
});
