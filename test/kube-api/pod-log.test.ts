import { describe, expect, test } from 'vitest';
import { aContainer } from '../support/small-cluster.ts';
import { ARestApi } from './a-rest-api.ts';

const LOG = '/api/v1/namespaces/shop/pods/web/log';

function aWritingPod(): ARestApi {
  const api = new ARestApi();
  api.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [aContainer('registry.example/web:1')] } } as never);
  api.cluster.wait('1m');
  api.logs.push({ atMs: 10_000, text: 'eins' }, { atMs: 50_500, text: 'zwölf' });
  return api;
}

/** As the kubelet reports the one container of `web`. */
function become(api: ARestApi, status: object): void {
  const pod = api.cluster.get('Pod', 'web');
  const [container] = pod.status?.containerStatuses ?? [];
  api.cluster.plane.store.update({ ...pod, status: { ...pod.status, containerStatuses: [{ ...container, ...status }] } } as never);
}

describe('the log of a container', () => {
  test('is cut to so many bytes, between characters', () => {
    const api = aWritingPod();
    expect(api.get(`${LOG}?limitBytes=100`).text).toBe('eins\nzwölf\n');
    expect(api.get(`${LOG}?limitBytes=8`).text).toBe('eins\nzw');
    const stream = api.stream(`${LOG}?follow=true&limitBytes=14`);
    api.logs.push({ atMs: 61_000, text: 'more' });
    stream.stream.poll();
    expect([stream.text, stream.ended]).toEqual(['eins\nzwölf\nmo', true]);
  });

  test('wants options that make sense, in the words of the real server', () => {
    const api = aWritingPod();
    const said = (query: string): [number, string] => {
      const { code, body } = api.get(`${LOG}?${query}`);
      return [code, (body as { message: string }).message];
    };
    expect(said('limitBytes=0')).toEqual([422, 'PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0']);
    expect(said('sinceSeconds=0')).toEqual([422, 'PodLogOptions "web" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0']);
    expect(said('sinceSeconds=5&sinceTime=2026-02-10T03:10:58Z')[1]).toContain('at most one of `sinceTime` or `sinceSeconds` may be specified');
    expect(said('tailLines=many')).toEqual([400, 'strconv.ParseInt: parsing "many": invalid syntax']);
    expect(said('sinceTime=yesterday')[1]).toContain('parsing time "yesterday"');
  });

  test('ends when the container does, though the pod goes on', () => {
    const api = aWritingPod();
    const stream = api.stream(`${LOG}?follow`);
    stream.stream.poll();
    expect(stream.ended).toBe(false);
    api.logs.push({ atMs: 60_000, text: 'last words' });
    become(api, { state: { terminated: { exitCode: 1 } } });
    stream.stream.poll();
    expect([stream.text, stream.ended]).toEqual(['eins\nzwölf\nlast words\n', true]);
    expect(api.stream(`${LOG}?follow=true`).ended).toBe(true);
  });

  test('is that of the last run while the container waits to run again', () => {
    const api = aWritingPod();
    become(api, { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } });
    expect(api.get(LOG).text).toBe('eins\nzwölf\n');
    expect(api.get(`${LOG}?previous=true`).text).toBe('eins\nzwölf\n');
  });

  test('is not there yet, and why', () => {
    const api = aWritingPod();
    const waiting = (reason: string): string => {
      become(api, { state: { waiting: { reason } }, lastState: {} });
      return (api.get(LOG).body as { message: string }).message;
    };
    expect(waiting('ContainerCreating')).toBe('container "app" in pod "web" is waiting to start: ContainerCreating');
    expect(waiting('ErrImagePull')).toBe('container "app" in pod "web" is waiting to start: image can\'t be pulled');
    expect(waiting('ImagePullBackOff')).toBe('container "app" in pod "web" is waiting to start: trying and failing to pull image');
  });

  test('stays on a node that is lost', () => {
    const api = aWritingPod();
    const name = api.cluster.get('Pod', 'web').spec?.nodeName ?? '';
    const node = api.cluster.get('Node', name);
    const conditions = node.status?.conditions?.map((one) => (one.type === 'Ready' ? { ...one, status: 'Unknown' } : one)) ?? [];
    api.cluster.plane.store.update({ ...node, status: { ...node.status, conditions } });
    expect(api.get(LOG)).toMatchObject({ code: 500, body: { message: expect.stringMatching(/^Get "https:\/\/[\d.]+:10250\/containerLogs\/shop\/web\/app": dial tcp [\d.]+:10250: connect: no route to host$/) as string } });
    expect(api.get('/api/v1/namespaces/shop/pods/web/exec?command=x&stdout=true').body).toMatchObject({ code: 500, reason: 'InternalError', message: expect.stringContaining('error dialing backend: dial tcp') as string });
    expect(api.get(`/api/v1/nodes/${name}/proxy/healthz`)).toMatchObject({ code: 503 });
  });
});
