import { describe, expect, test } from 'vitest';
import type { ChangeSpec } from '../../src/scenario/scenario.ts';
import { aDrill, type Night, scenarioNames, theScenario } from '../support/a-drill.ts';

/** What looks like the cause and is not: taking it back cures nothing. What is the cause: taking it back cures. */

/** The line that takes a change back. */
function takesBack({ effect }: ChangeSpec): string | null {
  switch (effect.do) {
    case 'image': return `kubectl -n ${effect.namespace} set image deploy/${effect.deployment} ${effect.deployment}=${effect.from}`;
    case 'scale': return `kubectl -n ${effect.namespace} scale deploy/${effect.deployment} --replicas=${effect.from}`;
    case 'config': return `/flag ${effect.key} ${effect.from}`;
    case 'plan':
    case 'note': return null;
  }
}

/** Share of bad answers three minutes after a line was typed, four minutes after the page or as late as the kata allows. */
function badAfter(name: string, line: string | null): number {
  const night = aDrill(name).untilPaged();
  night.wait('30s');
  if (line !== null) night.types(line);
  night.wait('4m');
  return night.bad;
}

const isNote = (change: ChangeSpec): boolean => takesBack(change) === null;

describe.each(scenarioNames())('%s', (name) => {
  const scenario = theScenario(name);
  const decoys = scenario.changes.filter((change) => !isNote(change) && scenario.decoys.includes(change.what) && change.atMs <= 180_000);

  test('has decoys among its changes', () => {
    expect(decoys.length).toBeGreaterThan(0);
  });

  test.each(decoys.map((change) => [change.what, takesBack(change) as string]))('taking "%s" back cures nothing', (_what, line) => {
    const without = badAfter(name, null);
    expect(without).toBeGreaterThan(0.02);
    expect(badAfter(name, line)).toBeGreaterThan(0.6 * without);
  });

  test('the reference response cures', () => {
    const cure = scenario.solutions['golden']?.find((line) => line.startsWith('kubectl') && /rollout undo|scale|set env/.test(line)) as string;
    expect(badAfter(name, cure)).toBeLessThan(0.1 * badAfter(name, null));
  });
});

describe('the last connections', () => {
  const paged = (): Night => aDrill('last-connections').untilPaged();

  test('fewer connections a pod cure as well as fewer pods', () => {
    const night = paged();
    night.types('kubectl -n shop set env deploy/cart DB_POOL=1');
    night.wait('6m');
    expect(night.bad).toBeLessThan(0.005);
  });

  test('more carts make it no better', () => {
    const night = paged();
    const before = night.metric('http.errors', 'cart');
    night.types('kubectl -n shop scale deploy/cart --replicas=20');
    night.wait('3m');
    expect(night.metric('http.errors', 'cart')).toBeGreaterThan(before);
  });

  test('a database that takes more connections cures, after it has restarted', () => {
    const night = paged();
    night.types('kubectl -n shop set env statefulset/postgres MAX_CONNECTIONS=300');
    night.wait('6m');
    expect(night.metric('db.limit', 'postgres')).toBe(300);
    expect(night.metric('http.errors', 'cart')).toBeLessThan(0.01);
  });

  test('whoever deploys meanwhile loses the connections that the old pods gave back', () => {
    const night = aDrill('last-connections').until('10m50s');
    expect(night.metric('pool.size', 'storefront→postgres', '15s')).toBe(12);
    night.until('15m');
    expect(night.metric('pool.size', 'storefront→postgres', '15s')).toBeLessThan(5);
    expect(night.metric('http.errors', 'storefront')).toBeGreaterThan(0.3);
    night.types('kubectl -n shop rollout undo deploy/storefront');
    night.wait('4m');
    expect(night.metric('http.errors', 'storefront')).toBeGreaterThan(0.3);
  });
});

describe('one bad deploy', () => {
  test('more pods of the bad version carry the newsletter, and go on failing', () => {
    const night = aDrill('one-bad-deploy').untilPaged();
    const alone = aDrill('one-bad-deploy');
    night.types('kubectl -n shop scale deploy/catalog --replicas=5');
    night.until('9m');
    alone.until('9m');
    expect(night.metric('cpu.share', 'catalog')).toBeLessThan(0.7);
    expect(night.bad).toBeLessThan(alone.bad / 3);
    expect(night.bad).toBeGreaterThan(0.02);
  });

  test('the defect shows in the logs of the version that has it, and in no other', () => {
    const night = aDrill('one-bad-deploy').until('4m');
    const failed = (app: string): number => night.drill.cluster.workloadLogs(`shop/${app}`).filter(({ text }) => text.includes('unhandled error')).length;
    expect(failed('catalog')).toBeGreaterThan(10);
    expect(failed('recommendations') + failed('search') + failed('storefront')).toBe(0);
  });
});
