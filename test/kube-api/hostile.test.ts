import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aConfigMap, ARestApi, TABLE } from './a-rest-api.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';
const status = (code: number) => ({ code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code } });

describe('a body that is none', () => {
  const api = new ARestApi();

  test.each([
    ['broken JSON', '{"metadata":'],
    ['nothing', ' '],
    ['a list', '[]'],
    ['a number', '5'],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
    ['nested too deep', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['many brackets', '['.repeat(100_000)],
    ['a prototype', '{"metadata":{"name":"m"},"__proto__":{"polluted":true}}'],
    ['a prototype inside', '{"metadata":{"name":"m","labels":{"__proto__":"x"}}}'],
    ['no metadata that could be', '{"metadata":"m"}'],
    ['no name that could be', '{"metadata":{"name":{"a":1}}}'],
    ['a name with a slash', '{"metadata":{"name":"../../secrets"}}'],
    ['labels that are no map', '{"metadata":{"name":"m","labels":["a"]}}'],
  ])('%s', (_what, body) => {
    const answer = api.ask('POST', MAPS, { body });
    expect([400, 422]).toContain(answer.code);
    expect(answer).toMatchObject(status(answer.code));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test.each(['text/html', 'application/x-www-form-urlencoded', 'multipart/form-data'])('of the type %s', (type) => {
    expect(api.ask('POST', MAPS, { type, body: 'a=b' })).toMatchObject(status(415));
  });

  test.each([
    ['json', [{ op: 'explode', path: '/x' }]],
    ['json', [{ op: 'add', path: '/metadata/__proto__/x', value: 1 }]],
    ['json', { op: 'add' }],
    ['json', [{ op: 'add', path: 'no-slash', value: 1 }]],
    ['merge', '{"__proto__":{"polluted":true}}'],
    ['merge', []],
    ['merge', { metadata: { name: 'other' } }],
    ['strategic', { metadata: null }],
    ['strategic', { data: 5 }],
  ] as const)('a %s patch %j', (kind, body) => {
    const own = new ARestApi();
    own.ask('POST', MAPS, { body: aConfigMap('m') });
    const answer = own.patch(`${MAPS}/m`, kind, body);
    expect([400, 422]).toContain(answer.code);
    expect(own.get(`${MAPS}/m`)).toMatchObject({ code: 200, body: { metadata: { name: 'm', namespace: 'shop' } } });
  });

  test('protobuf that breaks off, lies about its length or claims another kind', () => {
    const head = [0x6b, 0x38, 0x73, 0];
    for (const bytes of [[], head, [...head, 0x0a], [...head, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [...head, 0x07], [...head, ...Array<number>(20).fill(0xff)]]) {
      expect(api.ask('POST', MAPS, { type: 'application/vnd.kubernetes.protobuf', body: new Uint8Array(bytes) })).toMatchObject(status(400));
    }
  });
});

describe('what would command a terminal', () => {
  const ESCAPES = 'a\u001b[31mred\u001b]0;title\u0007\u009b2J\r';
  const SHOWN = 'a^[[31mred^[]0;title^G\\u009b2J^M';
  const api = new ARestApi();

  test('comes out of tables and refusals as something to read, and out of objects as it went in', () => {
    const event = { metadata: { name: 'evil.1' }, involvedObject: { kind: 'Pod', name: 'x', namespace: 'shop' }, reason: ESCAPES, message: ESCAPES, type: 'Warning', lastTimestamp: '2026-11-21T13:00:00Z' };
    expect(api.ask('POST', '/api/v1/namespaces/shop/events', { body: event }).code).toBe(201);
    const table = api.get('/api/v1/namespaces/shop/events?fieldSelector=metadata.name%3Devil.1', TABLE);
    expect((table.body as { rows: { cells: unknown[] }[] }).rows[0]?.cells).toEqual(expect.arrayContaining([SHOWN]));
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify((table.body as { rows: { cells: unknown[] }[] }).rows[0]?.cells)).not.toMatch(/\\u001b|[\u007f-\u009f]/);
    expect(api.get('/api/v1/namespaces/shop/events/evil.1').body).toMatchObject({ message: ESCAPES });
    const refused = api.api.answer({ method: 'GET', path: `/api/v1/namespaces/shop/pods/${ESCAPES}`, query: new URLSearchParams(), headers: {}, body: new Uint8Array(), user: { name: 'ana', groups: ['system:masters'] } });
    expect(refused.kind === 'whole' && JSON.parse(refused.body)).toMatchObject({ code: 404, message: `pods "${SHOWN}" not found` });
  });
});

describe('too much of a good thing', () => {
  const api = new ARestApi();
  const message = (code: number, text: string): object => ({ code, body: { kind: 'Status', message: text } });

  test('a ConfigMap of more than a MiB', () => {
    expect(api.ask('POST', MAPS, { body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(1_048_576) }, binaryData: { b: 'eA==' } } })).toMatchObject(message(422, 'ConfigMap "big" is invalid: []: Too long: may not be more than 1048576 bytes'));
    expect(api.ask('POST', MAPS, { body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(1_048_576) } } }).code).toBe(201);
  });

  test('a Secret of more than a MiB', () => {
    expect(api.ask('POST', '/api/v1/namespaces/shop/secrets', { body: { metadata: { name: 'big' }, data: { a: 'eHh4'.repeat(349_526) } } })).toMatchObject(message(422, 'Secret "big" is invalid: data: Too long: may not be more than 1048576 bytes'));
  });

  test('annotations of more than 256 KiB, whatever alphabet they are in', () => {
    expect(api.ask('POST', MAPS, { body: { metadata: { name: 'm', annotations: { a: 'ж'.repeat(131_072) } } } })).toMatchObject(message(422, 'ConfigMap "m" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes'));
    expect(api.ask('POST', MAPS, { body: { metadata: { name: 'm', annotations: { 'no key': 'x' } } } })).toMatchObject({ code: 422, body: { message: expect.stringContaining('metadata.annotations: Invalid value: "no key": name part must consist of') as unknown } });
  });

  test('an object that the database does not take, at once or bit by bit', () => {
    const many = (from: number): Record<string, string> => Object.fromEntries(Array.from({ length: 2_500 }, (_, nth) => [`${'long.'.repeat(45)}example/label-number-${from + nth}`, 'some-value']));
    expect(api.ask('POST', MAPS, { body: { metadata: { name: 'wide', labels: { ...many(0), ...many(2_500), ...many(5_000) } } } })).toMatchObject(message(500, 'etcdserver: request is too large'));
    expect(api.ask('POST', MAPS, { body: { metadata: { name: 'wide', labels: many(0) } } }).code).toBe(201);
    expect(api.patch(`${MAPS}/wide`, 'merge', { metadata: { labels: { ...many(2_500), ...many(5_000) } } })).toMatchObject(message(500, 'etcdserver: request is too large'));
  });

  test('fields that nobody knows: a client is warned in no more than its headers hold, and refused in a hundred words', () => {
    const strange = Object.fromEntries(Array.from({ length: 20_000 }, (_, nth) => [`strange${nth}`, 1]));
    const made = api.api.answer({ method: 'POST', path: MAPS, query: new URLSearchParams(), headers: {}, body: new TextEncoder().encode(JSON.stringify({ metadata: { name: 'strange' }, ...strange })), user: { name: 'ana', groups: ['system:masters'] } });
    expect(made).toMatchObject({ code: 201 });
    expect(made.kind === 'whole' && (made.headers['warning'] ?? '').length).toBeLessThan(8_192);
    const refused = api.ask('POST', `${MAPS}?fieldValidation=Strict`, { body: { metadata: { name: 'stranger' }, ...strange } });
    expect(refused).toMatchObject(status(400));
    expect((refused.body as { message: string }).message.match(/unknown field/g)).toHaveLength(100);
  });
});

test('what a body leaves out is not missed later: an event about nothing, a policy that says nothing', () => {
  const api = new ARestApi();
  expect(api.ask('POST', '/api/v1/namespaces/shop/events', { body: { metadata: { name: 'bare' } }, accept: TABLE })).toMatchObject({ code: 201, body: { kind: 'Table' } });
  expect(api.get('/api/v1/namespaces/shop/events', TABLE).code).toBe(200);
  expect(api.ask('POST', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', { body: { metadata: { name: 'bare' }, spec: { validations: [{}], variables: [{ name: 'a' }] } } })).toMatchObject(status(422));
});

describe('whatever is asked', () => {
  const api = new ARestApi();

  test.each(['/api/v1/../v1/pods', '/api/v1/namespaces/../../secrets', '/api//v1/pods', '/api/v1/namespaces/shop/pods/a/log/more', '/apis/apps/v1/namespaces/shop/nodes', '/constructor', '/api/__proto__', '/openapi/v3/__proto__'])('%s leads nowhere', (path) => {
    const answer = api.api.answer({ method: 'GET', path, query: new URLSearchParams(), headers: {}, body: new Uint8Array(), user: { name: 'ana', groups: ['system:masters'] } });
    expect(answer).toMatchObject({ kind: 'whole', code: 404 });
  });

  test.each([5e300, 1.5, 999_999])('a continue token that claims to be of version %d', (rv) => {
    const token = btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: 'a', at: Date.parse('2026-02-10T03:10:00Z') }));
    expect(api.get(`${MAPS}?limit=1&continue=${encodeURIComponent(token)}`)).toMatchObject(status(400));
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS'])('%s of what only can be read is not allowed', (method) => {
    expect(api.ask(method, '/version')).toMatchObject(status(405));
  });

  const words = fc.constantFrom('api', 'apis', 'v1', 'apps', 'namespaces', 'shop', 'pods', 'deployments', 'nodes', 'node-1', 'log', 'scale', 'status', 'eviction', 'x', '', '.', '..', '__proto__', 'constructor', '\u0000', 'a'.repeat(300));
  const queries = fc.record({
    watch: fc.constantFrom('', 'true', 'x'), limit: fc.constantFrom('1', '-1', 'x'), continue: fc.constantFrom('', 'x'), labelSelector: fc.string({ maxLength: 12 }), fieldSelector: fc.string({ maxLength: 12 }),
    resourceVersion: fc.constantFrom('', '0', '5', 'x', '99999999999999999999'), tailLines: fc.string({ maxLength: 3 }), dryRun: fc.constantFrom('All', 'x'), fieldManager: fc.constant('m'),
  }, { requiredKeys: [] });

  test('is answered: no path, method, header or body makes it throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'), fc.array(words, { maxLength: 8 }), queries, fc.oneof(fc.json(), fc.string()),
        fc.constantFrom('application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', ''),
        fc.constantFrom('application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io', ';;=,', '*/*'),
        (method, parts, query, body, type, accept) => {
          const search = new URLSearchParams(Object.entries(query).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, value]])));
          const answer = api.api.answer({ method, path: `/${parts.join('/')}`, query: search, headers: { 'content-type': type, accept }, body: new TextEncoder().encode(body), user: { name: 'ana', groups: ['system:masters'] } });
          if (answer.kind === 'whole') expect(answer.code).toBeGreaterThanOrEqual(200);
          else if (answer.kind === 'stream') answer.open(() => undefined, () => undefined).close();
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
