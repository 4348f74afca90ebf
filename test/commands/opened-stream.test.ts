import { expect, test } from 'vitest';
import { openedStream } from '../../src/commands/opened-stream.ts';
import { RestDoor } from '../../src/commands/rest-door.ts';
import { aDrill } from '../support/a-drill.ts';
import { ApiClient } from '../support/an-api-call.ts';

const WATCH = { method: 'GET', path: '/apis/apps/v1/namespaces/shop/deployments', headers: { accept: 'application/json' }, body: new Uint8Array(), user: { name: 'ana', groups: ['system:masters'] } };

test('a watch misses nothing that happens between its answer and its opening', () => {
  const { drill } = aDrill('slow-site');
  const door = new RestDoor(drill);
  const ana = new ApiClient(drill, { door });
  const version = (ana.ask('GET', WATCH.path).value['metadata'] as { resourceVersion: string }).resourceVersion;
  const answer = door.answer({ ...WATCH, query: new URLSearchParams({ watch: 'true', resourceVersion: version }) });
  if (answer.kind !== 'stream') throw new Error(answer.kind);
  const opened = openedStream(answer);
  ana.ask('PATCH', `${WATCH.path}/search`, { mediaType: 'application/merge-patch+json', body: { spec: { replicas: 5 } } });
  const heard: string[] = [];
  if (opened.kind !== 'stream') throw new Error(opened.kind);
  const stream = opened.open((text) => heard.push(text), () => heard.push('end'));
  ana.ask('PATCH', `${WATCH.path}/search`, { mediaType: 'application/merge-patch+json', body: { spec: { replicas: 6 } } });
  stream.close();
  ana.ask('PATCH', `${WATCH.path}/search`, { mediaType: 'application/merge-patch+json', body: { spec: { replicas: 1 } } });
  const replicas = heard.map((line) => (JSON.parse(line) as { type: string; object: { spec: { replicas: number } } })).map(({ type, object }) => `${type} ${object.spec.replicas}`);
  expect(replicas).toEqual(['MODIFIED 5', 'MODIFIED 6']);
});

test('a watch that ends before it is opened ends when it is', () => {
  const { drill } = aDrill('slow-site');
  const answer = new RestDoor(drill).answer({ ...WATCH, query: new URLSearchParams({ watch: 'true', resourceVersion: '1' }) });
  if (answer.kind !== 'stream') throw new Error(answer.kind);
  const opened = openedStream({ ...answer, open: (push, end) => {
    push('gone');
    end();
    return { timeoutS: null, poll: () => undefined, close: () => undefined };
  } });
  const heard: string[] = [];
  if (opened.kind === 'stream') opened.open((text) => heard.push(text), () => heard.push('end'));
  expect(heard).toEqual(['gone', 'end']);
});
