import { describe, expect, test } from 'vitest';
import { RING_SIZE } from '../../src/kube-api/reading/event-ring.ts';
import { aConfigMap, ARestApi, TABLE } from './a-rest-api.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';

function apiWith(...names: readonly string[]): ARestApi {
  const api = new ARestApi();
  // Certificates that every namespace gets are made first, so that tests see their own objects alone.
  api.cluster.wait('1m');
  for (const name of names) api.ask('POST', MAPS, { body: aConfigMap(name, {}, { app: 'web' }) });
  return api;
}

const versionOf = (api: ARestApi): string => api.get(MAPS).body.metadata.resourceVersion as string;

describe('whoever watches', () => {
  test('from a list on is told of each change after it, once, in order', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&resourceVersion=${versionOf(api)}`);
    api.ask('POST', MAPS, { body: aConfigMap('b') });
    api.patch(`${MAPS}/a`, 'merge', { data: { x: '1' } });
    api.patch(`${MAPS}/a`, 'merge', { data: { x: '1' } });
    api.ask('DELETE', `${MAPS}/b`);
    expect(watch.told).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
    const versions = watch.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
    watch.stream.close();
    api.ask('POST', MAPS, { body: aConfigMap('c') });
    expect(watch.told).toHaveLength(3);
  });

  test('resumes from the version seen last', () => {
    const api = apiWith('a');
    const from = versionOf(api);
    api.ask('POST', MAPS, { body: aConfigMap('b') });
    const first = api.stream(`${MAPS}?watch=true&resourceVersion=${from}`).events[0];
    api.ask('POST', MAPS, { body: aConfigMap('c') });
    expect(api.stream(`${MAPS}?watch=true&resourceVersion=${first?.object.metadata.resourceVersion as string}`).told).toEqual(['ADDED c']);
  });

  test('is told first what is there where it names no version, or 0', () => {
    const api = apiWith('a', 'b');
    for (const version of ['', '&resourceVersion=0']) expect(api.stream(`${MAPS}?watch=1&labelSelector=app${version}`).told).toEqual(['ADDED a', 'ADDED b']);
  });

  test('with a selector sees objects come and go as they match', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&labelSelector=app%3Dweb&resourceVersion=${versionOf(api)}`);
    api.patch(`${MAPS}/a`, 'merge', { metadata: { labels: { app: 'old' } } });
    api.patch(`${MAPS}/a`, 'merge', { data: { unseen: '1' } });
    api.patch(`${MAPS}/a`, 'merge', { metadata: { labels: { app: 'web' } } });
    expect(watch.told).toEqual(['DELETED a', 'ADDED a']);
  });

  test('one object sees that one alone', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&fieldSelector=metadata.name%3Da&resourceVersion=${versionOf(api)}`);
    api.ask('POST', MAPS, { body: aConfigMap('b') });
    api.ask('DELETE', `${MAPS}/a`);
    expect(watch.told).toEqual(['DELETED a']);
  });

  test('with sendInitialEvents learns where the beginning ends', () => {
    const watch = apiWith('a').stream(`${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=app`);
    expect(watch.told).toEqual(['ADDED a', 'BOOKMARK -']);
    expect(watch.events[1]?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } });
  });

  test('gets bookmarks as time passes, so that it can resume past what it does not see', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&allowWatchBookmarks=true&labelSelector=app%3Dnone&resourceVersion=${versionOf(api)}`);
    api.ask('POST', MAPS, { body: aConfigMap('b') });
    for (let poll = 0; poll < 200; poll++) watch.stream.poll();
    expect(watch.told).toEqual(['BOOKMARK -']);
    expect(watch.events[0]?.object.metadata.resourceVersion).toBe(versionOf(api));
  });

  test('from too long ago is told to list anew', () => {
    const api = apiWith('a');
    const from = versionOf(api);
    for (let nth = 0; nth < 2 * RING_SIZE + 1; nth++) api.patch(`${MAPS}/a`, 'merge', { data: { nth: String(nth) } });
    const watch = api.stream(`${MAPS}?watch=true&resourceVersion=${from}`);
    expect(watch.events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
    expect(watch.ended).toBe(true);
  });

  test('from before much was written over is told so, too: what is gone is not kept without end', () => {
    const api = apiWith('a');
    const from = versionOf(api);
    for (let nth = 0; nth < 50; nth++) api.patch(`${MAPS}/a`, 'merge', { data: { large: String(nth % 10).repeat(1_000_000) } });
    expect(api.stream(`${MAPS}?watch=true&resourceVersion=${from}`).events).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    const near = versionOf(api);
    api.patch(`${MAPS}/a`, 'merge', { data: { large: 'small' } });
    expect(api.stream(`${MAPS}?watch=true&resourceVersion=${near}`).told).toEqual(['MODIFIED a']);
  });

  test('is told which version it was too old for', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&resourceVersion=1`);
    const [first] = watch.events;
    expect(first).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired', status: 'Failure' } });
    expect(first?.object.message).toMatch(/^too old resource version: 1 \(\d+\)$/);
    expect(watch.ended).toBe(true);
  });

  test('with options that do not go together is refused', () => {
    const api = apiWith();
    const message = (query: string): string => api.get(`${MAPS}?watch=true&${query}`).body.message as string;
    expect(message('sendInitialEvents=true')).toBe('ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    expect(message('resourceVersionMatch=NotOlderThan')).toContain('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    expect(message('resourceVersionMatch=Exact&sendInitialEvents=true')).toContain('Unsupported value: "Exact": supported values: "NotOlderThan"');
    expect(api.get(`${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=900000`).code).toBe(504);
  });

  test('should observe an object deletion if it stops meeting the requirements of the selector [Conformance: Watchers]', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&labelSelector=app%3Dweb&resourceVersion=${versionOf(api)}`);
    api.patch(`${MAPS}/a`, 'merge', { metadata: { labels: { app: 'other' } } });
    api.patch(`${MAPS}/a`, 'merge', { data: { unseen: '1' } });
    api.patch(`${MAPS}/a`, 'merge', { metadata: { labels: { app: 'web' } } });
    expect(watch.told).toEqual(['DELETED a', 'ADDED a']);
    const [left, back] = watch.events;
    expect(left?.object.metadata.labels).toEqual({ app: 'web' });
    expect(Number(left?.object.metadata.resourceVersion)).toBeLessThan(Number(back?.object.metadata.resourceVersion));
  });

  test("doesn't support receiving resources as Tables, and falls back to a supported content type [API Streaming (aka. WatchList)]", () => {
    const api = apiWith('a');
    const asked = `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=app`;
    expect(api.get(asked, 'application/json;as=Table;v=v1;g=meta.k8s.io').code).toBe(406);
    expect(api.stream(asked, TABLE).events.map(({ type, object }) => `${type} ${object.kind}`)).toEqual(['ADDED ConfigMap', 'BOOKMARK ConfigMap']);
  });

  test('metadata alone gets bookmarks in the same form', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`, 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1');
    expect(watch.events.map(({ type, object }) => `${type} ${object.kind}`)).toEqual(['ADDED PartialObjectMetadata', 'ADDED PartialObjectMetadata', 'BOOKMARK PartialObjectMetadata']);
  });

  test('in tables gets the heads once', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&resourceVersion=${versionOf(api)}`, TABLE);
    api.patch(`${MAPS}/a`, 'merge', { data: { x: '1' } });
    api.patch(`${MAPS}/a`, 'merge', { data: { x: '2' } });
    expect(watch.events.map(({ object }) => object.columnDefinitions?.[0]?.name ?? null)).toEqual(['Name', null]);
    expect(watch.events[1]?.object.rows[0].cells.slice(0, 2)).toEqual(['a', '1']);
  });

  test('is told again what shows an age, once, when the clock has been moved and runs evenly again', () => {
    const api = apiWith('a');
    const watch = api.stream(`${MAPS}?watch=true&labelSelector=app&resourceVersion=${versionOf(api)}`);
    for (let minute = 1; minute <= 30; minute++) {
      api.api.projection.offsetMs = minute * 60_000;
      watch.stream.poll();
    }
    expect(watch.told).toEqual([]);
    for (let poll = 0; poll < 60; poll++) watch.stream.poll();
    expect(watch.told).toEqual(['MODIFIED a']);
    expect(watch.events[0]?.object).toEqual(api.get(`${MAPS}/a`).body);
  });

  test('ends when it asked to', () => {
    expect(apiWith().stream(`${MAPS}?watch=true&timeoutSeconds=7`).stream.timeoutS).toBe(7);
    expect(apiWith().get(`${MAPS}?watch=true&resourceVersion=x`)).toMatchObject({ code: 400 });
  });
});
