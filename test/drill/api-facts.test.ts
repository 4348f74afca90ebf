import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Drill } from '../../src/drill/drill.ts';
import { replayDrill } from '../../src/drill/replay.ts';
import type { Fact, TimelineHeader } from '../../src/journal/timeline.ts';
import { timelineText } from '../../src/journal/line.ts';
import { readTimeline } from '../../src/journal/read-timeline.ts';
import type { Processes } from '../../src/cluster/processes.ts';
import { RestDoor } from '../../src/commands/rest-door.ts';
import { aDoor } from '../support/a-door.ts';
import { aDrill, type Night, theScenario } from '../support/a-drill.ts';
import { ApiClient } from '../support/an-api-call.ts';

const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const STRATEGIC = 'application/strategic-merge-patch+json';

test('a write through the API is a fact as it came, with the code and the digest of its answer, and a change of the pair', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const { code } = ana.ask('PATCH', `${CHECKOUT}?fieldManager=kubectl-set`, { mediaType: STRATEGIC, body: { spec: { replicas: 4 } }, command: 'kubectl set env', session: 's1' });
  expect(code).toBe(200);
  const [asked, written] = night.drill.facts.slice(-2) as [Fact<'api-requested'>, Fact<'api-written'>];
  expect(asked).toMatchObject({
    type: 'api-requested', seat: 'responder-1', user: 'responder-1', verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop', name: 'checkout', subresource: null,
    query: 'fieldManager=kubectl-set', mediaType: STRATEGIC, body: { as: 'text', data: '{"spec":{"replicas":4}}' }, agent: 'kubectl/v1.32.3', code: 200,
  });
  expect(asked.answer).toMatch(/^[0-9a-f]{64}$/);
  expect(written).toMatchObject({ type: 'api-written', verb: 'patch', resource: 'deployments', name: 'checkout', code: 200, undoClass: 'U1', causeSeq: asked.seq });
  expect(night.drill.cluster.changes.entries.at(-1)).toMatchObject({ who: 'Ana', what: 'deployments/checkout: kubectl set env' });
  expectSameAgain(night);
});

test('what a client changed is taken back by /undo: put back, made again, or deleted', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const before = ana.ask('GET', CHECKOUT).value['spec'];
  ana.ask('PATCH', CHECKOUT, { mediaType: STRATEGIC, body: { spec: { replicas: 1 } } });
  expect(night.types('/undo').text.join(' ')).toContain('deployments/checkout put back as it was');
  expect(ana.ask('GET', CHECKOUT).value['spec']).toEqual(before);

  ana.ask('POST', '/api/v1/namespaces/shop/configmaps', { body: { metadata: { name: 'notes' }, data: { seen: 'yes' } } });
  expect(night.types('/undo').text.join(' ')).toContain('configmaps/notes deleted again');
  expect(ana.ask('GET', '/api/v1/namespaces/shop/configmaps/notes').code).toBe(404);

  ana.ask('DELETE', '/api/v1/namespaces/shop/services/search');
  expect(night.types('/undo').text.join(' ')).toContain('services/search made again');
  expect(ana.ask('GET', '/api/v1/namespaces/shop/services/search').code).toBe(200);
  expectSameAgain(night);
});

test('a refused write changed nothing and takes nothing back; a dry run is a look', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  expect(ana.ask('PATCH', CHECKOUT, { mediaType: STRATEGIC, body: { spec: { replicas: -1 } } }).code).toBe(422);
  expect(night.drill.facts.at(-1)).toMatchObject({ type: 'api-written', code: 422, undo: null });
  expect(ana.ask('PATCH', `${CHECKOUT}?dryRun=All`, { mediaType: STRATEGIC, body: { spec: { replicas: 1 } }, command: 'kubectl scale', session: 's2' }).code).toBe(200);
  expect(night.drill.facts.at(-1)).toMatchObject({ type: 'observed', kind: 'state', tool: 'kubectl scale --dry-run', target: 'deployment/checkout' });
  expect(night.drill.state.undos).toEqual([]);
  expectSameAgain(night);
});

test('the requests of one kubectl describe are one look, of what was described', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const describe = { command: 'kubectl describe', session: 's3' };
  ana.ask('GET', CHECKOUT, describe);
  ana.ask('GET', '/apis/apps/v1/namespaces/shop/replicasets', describe);
  ana.ask('GET', '/api/v1/namespaces/shop/events', describe);
  expect(looks(night)).toEqual(['state kubectl describe deployment/checkout']);
});

test('logs, figures, the history of a roll-out and copies of whole objects count as what they are', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const pod = (ana.ask('GET', '/api/v1/namespaces/shop/pods').value['items'] as { metadata: { name: string } }[]).find(({ metadata }) => metadata.name.startsWith('checkout'))?.metadata.name ?? '';
  ana.ask('GET', `/api/v1/namespaces/shop/pods/${pod}`, { command: 'kubectl logs', session: 'l' });
  expect(ana.ask('GET', `/api/v1/namespaces/shop/pods/${pod}/log`, { command: 'kubectl logs', session: 'l', accept: '*/*' }).text).toContain('placed in');
  ana.ask('GET', '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods', { command: 'kubectl top pods', session: 't' });
  ana.ask('GET', CHECKOUT, { command: 'kubectl rollout history', session: 'h' });
  ana.ask('GET', CHECKOUT, { command: 'kubectl get', session: 'g', accept: 'application/json' });
  ana.ask('GET', CHECKOUT, { command: 'kubectl scale', session: 'a' });
  expect(looks(night)).toEqual([
    'state kubectl pods', `logs kubectl logs pod/${pod}`, 'metrics kubectl top pods', 'changes kubectl rollout history deployment/checkout', 'state kubectl get -o json deployment/checkout',
  ]);
});

test('objects of a kind that came at run time are written, taken back and written again as any others', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const names = { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' };
  expect(ana.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: { metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', names, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema }] } } }).code).toBe(201);
  night.wait('10s');
  expect(ana.ask('POST', '/apis/example.com/v1/namespaces/shop/widgets', { body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' }, spec: { size: 3 } } }).code).toBe(201);
  expect(night.drill.facts.at(-1)).toMatchObject({ type: 'api-written', verb: 'create', resource: 'widgets', name: 'one', undoClass: 'U1' });
  ana.ask('GET', '/apis/example.com/v1/namespaces/shop/widgets/one', { command: 'kubectl get', session: 'w' });
  expect(night.drill.facts.at(-1)).toMatchObject({ type: 'observed', target: 'widget/one' });
  expectSameAgain(night);
});

test('a body in protobuf is kept byte for byte', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const garbled = Uint8Array.of(0x6b, 0x38, 0x73, 0x00, 0xff, 0xfe, 0x80);
  ana.ask('POST', '/api/v1/namespaces/shop/configmaps', { mediaType: 'application/vnd.kubernetes.protobuf', body: garbled });
  const asked = night.drill.facts.findLast((fact) => fact.type === 'api-requested') as Fact<'api-requested'>;
  expect(asked.body).toEqual({ as: 'base64', data: Buffer.from(garbled).toString('base64') });
  expect(asked.code).toBe(400);
  expectSameAgain(night);
});

test('a seat that may only view is refused what it may not change, and is so again in a replay', () => {
  const night = aDrill('slow-site').untilPaged();
  const door = aDoor(night.drill);
  const ana = new ApiClient(night.drill, { door });
  const ben = new ApiClient(night.drill, { door, seat: 'responder-2', role: 'view' });
  expect(ben.ask('GET', CHECKOUT).code).toBe(200);
  expect(ben.ask('DELETE', CHECKOUT).code).toBe(403);
  expect(ana.ask('DELETE', CHECKOUT).code).toBe(200);
  expectSameAgain(night);
});

test('a token that somebody asks for is given again in a replay, and stands nowhere in the timeline', () => {
  const night = aDrill('slow-site').untilPaged();
  const ana = new ApiClient(night.drill);
  const { code, value } = ana.ask('POST', '/api/v1/namespaces/shop/serviceaccounts/default/token', { body: {}, offsetMs: 5_000 });
  const { token } = value['status'] as { token: string };
  expect(code).toBe(201);
  ana.ask('POST', '/api/v1/namespaces/shop/secrets', { body: { metadata: { name: 'robot', annotations: { 'kubernetes.io/service-account.name': 'default' } }, type: 'kubernetes.io/service-account-token' } });
  expect(ana.ask('GET', '/api/v1/namespaces/shop/secrets/robot').value['data']).toHaveProperty('token');
  expectSameAgain(night);
  expect(JSON.stringify(night.drill.facts)).not.toContain(token.split('.')[2]);
});

test('one byte of a write changed is found by a replay', () => {
  const night = aDrill('slow-site').untilPaged();
  new ApiClient(night.drill).ask('PATCH', CHECKOUT, { mediaType: STRATEGIC, body: { spec: { replicas: 4 } } });
  night.wait('30s');
  const changed: Fact[] = night.drill.facts.map((fact) => (fact.type === 'api-requested' ? { ...fact, body: { as: 'text', data: '{"spec":{"replicas":5}}' } } : fact));
  const wrong = changed.findIndex((fact) => fact.type === 'api-requested') + 1;
  expect(replayed(changed).difference).toMatchObject({ seq: wrong });
});

test('whatever clients write, running it again gives the same bytes', () => {
  const write = fc.oneof(
    fc.record({ method: fc.constant('PATCH'), path: fc.constantFrom(CHECKOUT, `${CHECKOUT}/scale`, '/apis/apps/v1/namespaces/shop/deployments/search'), replicas: fc.integer({ min: -1, max: 6 }), dry: fc.boolean() }),
    fc.record({ method: fc.constant('DELETE'), path: fc.constantFrom('/api/v1/namespaces/shop/services/search', CHECKOUT, '/api/v1/namespaces/shop/configmaps/none', '/api/v1/namespaces/shop/pods'), replicas: fc.constant(0), dry: fc.boolean() }),
    fc.record({ method: fc.constant('POST'), path: fc.constant('/api/v1/namespaces/shop/configmaps'), replicas: fc.integer({ min: 0, max: 3 }), dry: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(fc.record({ write, waitS: fc.integer({ min: 0, max: 40 }) }), { maxLength: 6 }), (steps) => {
      const night = aDrill('slow-site');
      const ana = new ApiClient(night.drill);
      for (const { write: { method, path, replicas, dry }, waitS } of steps) {
        const body = method === 'POST' ? { metadata: { name: `notes-${replicas}` } } : { spec: { replicas } };
        ana.ask(method, `${path}${dry ? '?dryRun=All' : ''}`, method === 'DELETE' ? {} : { body, mediaType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' });
        night.wait(`${waitS}s`);
      }
      expectSameAgain(night);
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('what is run inside of a container is a fact, and so is each thing typed into it; a replay types it again', () => {
  const night = aDrill('slow-site').untilPaged();
  const { drill } = night;
  const heard: string[] = [];
  const receiver = { stdout: (bytes: Uint8Array) => heard.push(new TextDecoder().decode(bytes)), stderr: () => undefined, exited: (code: number) => heard.push(`exit ${code}`) };
  const target = { namespace: 'shop', pod: 'checkout-1', container: 'checkout' };
  const started = drill.startProcess(CAT, { seat: 'responder-1', verb: 'exec', target, command: ['cat'], options: { stdin: true, tty: false } }, receiver);
  if (!started.ok) throw new Error(started.message);
  started.process.stdin(new TextEncoder().encode('is it up?\n'));
  night.wait('10s');
  started.process.stdin(Uint8Array.of(0xff, 0x00));
  started.process.endStdin();
  started.process.stdin(new TextEncoder().encode('too late'));
  expect(heard.at(-1)).toBe('exit 0');
  const facts = drill.facts.filter(({ type }) => type.startsWith('process-'));
  expect(facts.map((fact) => (fact.type === 'process-told' ? `${fact.what} ${fact.data?.as ?? ''}` : fact.type))).toEqual(['process-started', 'typed text', 'typed base64', 'closed ', 'process-exited']);
  expect(new Set(facts.slice(1).map(({ causeSeq }) => causeSeq))).toEqual(new Set([facts[0]?.seq]));
  expectSameAgain(night);
  const garbled: Fact[] = drill.facts.map((fact) => (fact.type === 'process-told' && fact.data?.as === 'text' ? { ...fact, data: { as: 'text', data: 'is it Up?\n' } } : fact));
  expect(replayed(garbled).difference).toMatchObject({ seq: facts.at(-1)?.seq }); // it printed something else
});

test('what is asked of a pod through a forwarded port is asked again', () => {
  const night = aDrill('slow-site').untilPaged();
  const { drill } = night;
  const heard: number[] = [];
  drill.askPod(CAT, { seat: 'responder-1', target: { namespace: 'shop', pod: 'checkout-1' }, port: 80, request: { method: 'GET', path: '/healthz', headers: { host: 'localhost' }, body: new Uint8Array() } }, ({ status }) => heard.push(status));
  expect(heard).toEqual([418]);
  expect(drill.facts.slice(-2).map((fact) => (fact.type === 'pod-asked' ? `${fact.method} ${fact.path}` : fact.type === 'pod-answered' ? fact.status : ''))).toEqual(['GET /healthz', 418]);
  expectSameAgain(night);
});

/** A container in which nothing but `cat` runs. */
const CAT: Processes = {
  exec: (_target, _command, _options, receiver) => ({ ok: true, process: { stdin: (bytes) => receiver.stdout(bytes), endStdin: () => receiver.exited(0), resize: () => undefined, hangUp: () => receiver.exited(137) } }),
  attach: () => ({ ok: false, code: 404, message: 'nothing to join' }),
  listener: () => 'http',
  request: (_target, _port, _request, respond) => respond({ status: 418, headers: {}, body: new Uint8Array() }),
};

const HEADER: TimelineHeader = {
  format: 'gameday-timeline', version: 1, engine: 'gameday test', drillId: 'test', seed: 7, scenario: { file: 'slow-site.yaml', sha256: '' }, files: {}, pager: 'none',
  seats: [{ seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' }, { seat: 'responder-2', role: 'responder', name: 'Ben', driver: 'person' }],
};

function replayed(facts: readonly Fact[]): { readonly drill: Drill; readonly difference: { readonly seq: number } | null } {
  return replayDrill({ header: HEADER, facts }, theScenario('slow-site'), { door: (drill) => new RestDoor(drill, CAT) });
}

/** The timeline is read back as it was written, and its inputs give the same facts again. */
function expectSameAgain(night: Night): void {
  const { facts } = night.drill;
  const read = readTimeline(timelineText({ header: HEADER, facts }));
  if (!('timeline' in read)) throw new Error(JSON.stringify(read.damage));
  expect(read.timeline.facts).toEqual(facts);
  const { drill, difference } = replayed(read.timeline.facts);
  expect(difference).toBeNull();
  expect(drill.facts.slice(0, facts.length)).toEqual(facts);
}

function looks({ drill }: Night): string[] {
  return drill.facts.flatMap((fact) => (fact.type === 'observed' ? [`${fact.kind} ${fact.tool} ${fact.target}`] : []));
}
