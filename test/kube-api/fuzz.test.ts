import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../../src/kube-api/answer.ts';
import { RESOURCES, type Kind } from '../../src/cluster/objects.ts';
import { aDeployment, aService } from '../support/small-cluster.ts';
import { ARestApi } from './a-rest-api.ts';
import { aWidgetDefinition } from './a-widget.ts';
import { someRequest, type SomeRequest } from './some-request.ts';

const LONG = process.env['MODE'] === 'fuzz';
const RUNS = LONG ? 3_000 : 40;

/** A cluster in which something runs already, some of it for a custom kind. */
function somewhere(): ARestApi {
  const api = new ARestApi();
  api.cluster.apply(aDeployment('checkout'), aService('checkout'));
  api.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: aWidgetDefinition() });
  api.cluster.wait('30s');
  return api;
}

/** What comes back, as text. Streams are read while time goes by, and left. */
function told(api: ARestApi, { method, url, accept, type, body, pauseMs }: SomeRequest): string {
  api.cluster.runUntil(api.cluster.agenda.nowMs + pauseMs);
  const answer = api.raw(method, url, { accept, type, ...(body === '' ? {} : { body }) });
  if (answer.kind === 'whole') expectWhole(answer, `${method} ${url} ${body}`);
  switch (answer.kind) {
    case 'whole':
      return `${answer.code} ${answer.body}`;
    case 'stream': {
      let text = '';
      const stream = answer.open((said) => { text += said; }, () => undefined);
      api.cluster.runUntil(api.cluster.agenda.nowMs + 1_000);
      stream.poll();
      stream.close();
      return text;
    }
    case 'upgrade':
    case 'later':
      return answer.kind;
  }
}

/** A JSON object of a kind; where it went wrong, a `Status` that says the same as the code. */
function expectWhole({ code, type, body }: Extract<Answer, { kind: 'whole' }>, asked: string): void {
  expect(code, asked).toBeGreaterThanOrEqual(200);
  expect(code, `${asked}: ${body.slice(0, 300)}`).not.toBe(501);
  if (!type.startsWith('application/json')) return;
  const said = JSON.parse(body) as { readonly kind?: unknown; readonly code?: unknown; readonly status?: unknown; readonly message?: unknown };
  if (code >= 400) expect(said, asked).toMatchObject({ kind: 'Status', status: 'Failure', code, message: expect.any(String) as unknown });
}

/** What must hold of a store whatever was asked. */
function expectSound(api: ARestApi): void {
  const { store } = api.cluster.plane;
  const versions = new Set<string>();
  for (const kind of [...Object.keys(RESOURCES), 'example.com/Widget'] as Kind[]) {
    for (const object of store.list(kind, null)) {
      const { name, namespace = '', uid = '', resourceVersion = '', ownerReferences = [] } = object.metadata;
      expect(object.kind).toBe(kind);
      expect(store.get(kind, namespace, name)).toBe(object);
      expect(store.byUid(uid)).toBe(object);
      expect(Number(resourceVersion)).toBeLessThanOrEqual(store.resourceVersion);
      expect(versions.has(resourceVersion), `two objects at version ${resourceVersion}`).toBe(false);
      versions.add(resourceVersion);
      for (const owner of ownerReferences) expect([...store.ownedBy(owner.uid)]).toContain(object);
    }
  }
}

test('whatever is asked of any resource: an answer, a store that is sound, and the same again for the same requests', { timeout: LONG ? 3_600_000 : 60_000 }, () => {
  fc.assert(fc.property(fc.array(someRequest, { minLength: 5, maxLength: 60, size: 'max' }), (requests) => {
    const [first, second] = [somewhere(), somewhere()];
    const answers = requests.map((request) => told(first, request));
    first.cluster.wait('2m');
    expectSound(first);
    expect(requests.map((request) => told(second, request))).toEqual(answers);
    second.cluster.wait('2m');
    expect(second.cluster.plane.store.resourceVersion).toBe(first.cluster.plane.store.resourceVersion);
  }), { numRuns: RUNS, ...(LONG ? {} : { seed: 1 }), ...(process.env['FUZZ_SEED'] === undefined ? {} : { seed: Number(process.env['FUZZ_SEED']) }) });
});
