import { describe, expect, test } from 'vitest';
import { ARestApi } from './a-rest-api.ts';

const CORE = '/api/v1/namespaces/shop/events';
const NEW = '/apis/events.k8s.io/v1/namespaces/shop/events';

function anEvent(name: string): object {
  return { apiVersion: 'v1', kind: 'Event', metadata: { name, labels: { 'testevent-constant': 'true' } }, message: 'This is a test event', reason: 'Test', type: 'Normal', involvedObject: { namespace: 'shop', kind: 'Pod', name: 'p' } };
}

function aNewEvent(name: string): object {
  return {
    apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name }, regarding: { namespace: 'shop', kind: 'Pod', name: 'p' }, eventTime: '2026-02-10T03:00:00.000000Z', reportingController: 'test-controller',
    reportingInstance: 'test-node', action: 'Do', reason: 'Test', type: 'Normal', note: 'This is event 1',
  };
}

describe('events', () => {
  test('should manage the lifecycle of an event [Conformance: Events]', () => {
    const api = new ARestApi();
    expect(api.ask('POST', CORE, { body: anEvent('event-test') }).code).toBe(201);
    expect(api.get('/api/v1/events?labelSelector=testevent-constant%3Dtrue').body.items).toHaveLength(1);
    expect(api.patch(`${CORE}/event-test`, 'strategic', { message: 'This is a test event - patched' }).body.message).toBe('This is a test event - patched');
    const current = api.get(`${CORE}/event-test`).body as object;
    expect(api.ask('PUT', `${CORE}/event-test`, { body: { ...current, series: { count: 100, lastObservedTime: '2026-02-10T03:00:00.000000Z' } } })).toMatchObject({ code: 200, body: { series: { count: 100 } } });
    expect(api.ask('DELETE', `${CORE}/event-test`).code).toBe(200);
    expect(api.get('/api/v1/events?labelSelector=testevent-constant%3Dtrue').body.items).toEqual([]);
  });

  test('should delete a collection of events [Conformance: Events]', () => {
    const api = new ARestApi();
    for (const nth of [1, 2, 3]) expect(api.ask('POST', CORE, { body: anEvent(`test-event-${nth}`) }).code).toBe(201);
    expect(api.ask('DELETE', `${CORE}?labelSelector=testevent-constant%3Dtrue`).code).toBe(200);
    expect(api.get(`${CORE}?labelSelector=testevent-constant%3Dtrue`).body.items).toEqual([]);
  });

  test('should ensure that an event can be fetched, patched, deleted, and listed [Conformance: Events API]', () => {
    const api = new ARestApi();
    const before = api.get(NEW).body.metadata.resourceVersion as string;
    expect(api.ask('POST', NEW, { body: aNewEvent('event-1') })).toMatchObject({ code: 201, body: { apiVersion: 'events.k8s.io/v1', note: 'This is event 1', regarding: { name: 'p' } } });
    expect(api.get('/apis/events.k8s.io/v1/events?fieldSelector=metadata.name%3Devent-1').body.items).toHaveLength(1);
    expect(api.get(`${NEW}?fieldSelector=reportingController%3Dtest-controller%2Cregarding.kind%3DPod`).body.items).toHaveLength(1);
    expect(api.get(`${NEW}?fieldSelector=reportingController%3Dother`).body.items).toHaveLength(0);
    expect(api.patch(`${NEW}/event-1`, 'merge', { series: { count: 2, lastObservedTime: '2026-02-10T03:01:00.000000Z' } }).body).toMatchObject({ series: { count: 2 }, note: 'This is event 1' });
    const watch = api.stream(`${NEW}?watch=true&resourceVersion=${before}`);
    expect(watch.events.map(({ type, object }) => `${type} ${object.apiVersion}`)).toEqual(['ADDED events.k8s.io/v1', 'MODIFIED events.k8s.io/v1']);
    expect(api.get(`${CORE}/event-1`).body).toMatchObject({ apiVersion: 'v1', message: 'This is event 1', involvedObject: { name: 'p' }, reportingComponent: 'test-controller' });
    expect(api.ask('DELETE', `${NEW}/event-1`).code).toBe(200);
    expect(api.get(`${NEW}/event-1`).code).toBe(404);
  });
});
