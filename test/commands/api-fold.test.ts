import { describe, expect, test } from 'vitest';
import { ApiFold } from '../../src/commands/api-fold.ts';

const PODS = { seat: 'responder-1', user: 'ana', groups: [], as: null, method: 'GET', path: '/api/v1/namespaces/shop/pods', query: '', accept: '', mediaType: null, body: null, upgrade: null, agent: 'k9s/v0.40', command: null, session: null };

describe('of the reads of a client, a fact is', () => {
  test('what it asks first, and again only after a simulated minute', () => {
    const fold = new ApiFold();
    expect([0, 2_000, 59_999, 60_000, 61_000].map((atMs) => fold.isNew(PODS, atMs))).toEqual([true, false, false, true, false]);
  });

  test('one watch, however often it goes on from where it stood', () => {
    const fold = new ApiFold();
    expect(fold.isNew({ ...PODS, query: 'watch=true&resourceVersion=100&timeoutSeconds=300' }, 0)).toBe(true);
    expect(fold.isNew({ ...PODS, query: 'watch=true&resourceVersion=230&timeoutSeconds=412' }, 30_000)).toBe(false);
    expect(fold.isNew({ ...PODS, query: 'watch=true&resourceVersion=230&labelSelector=app%3Dsearch' }, 30_000)).toBe(true);
  });

  test('not the rest of a list that it reads in parts', () => {
    const fold = new ApiFold();
    expect(fold.isNew({ ...PODS, query: 'limit=500' }, 0)).toBe(true);
    expect(fold.isNew({ ...PODS, query: 'limit=500&continue=671.500.1' }, 0)).toBe(false);
  });

  test('each run of kubectl, but not what one run asks again and again', () => {
    const fold = new ApiFold();
    expect(fold.isNew({ ...PODS, command: 'kubectl get', session: 'a' }, 0)).toBe(true);
    expect(fold.isNew({ ...PODS, command: 'kubectl get', session: 'b' }, 1_000)).toBe(true);
    expect(fold.isNew({ ...PODS, command: 'kubectl get', session: 'a' }, 600_000)).toBe(false);
  });

  test('what somebody else asks, too', () => {
    const fold = new ApiFold();
    expect(fold.isNew(PODS, 0)).toBe(true);
    expect(fold.isNew({ ...PODS, seat: 'responder-2' }, 0)).toBe(true);
    expect(fold.isNew({ ...PODS, agent: 'prometheus' }, 0)).toBe(true);
  });
});
