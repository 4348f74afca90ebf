import { beforeEach, describe, expect, test } from 'vitest';
import { ARestApi, type Answered } from './a-rest-api.ts';
import { aWidget, aWidgetDefinition } from './a-widget.ts';

const WIDGET = '/apis/example.com/v1/namespaces/shop/widgets/w';

let rest: ARestApi;
beforeEach(() => {
  rest = new ARestApi();
  expect(rest.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: aWidgetDefinition() }).code).toBe(201);
  rest.cluster.wait('1s');
});

function apply(manager: string, spec: object, more = ''): Answered {
  return rest.ask('PATCH', `${WIDGET}?fieldManager=${manager}${more}`, { type: 'application/apply-patch+yaml', body: aWidget('w', spec) });
}

// After "should work for CRDs" in test/e2e/apimachinery/server_side_apply.go.
describe('whoever applies to a custom kind', () => {
  test('owns items of its lists by their keys, and shares the list with others', () => {
    apply('ana', { colour: 'red', parts: [{ name: 'wheel', size: 3 }], tags: ['old'] });
    const { body } = apply('ben', { parts: [{ name: 'bell', size: 1 }], tags: ['new'] });
    expect(body.spec).toMatchObject({ colour: 'red', parts: [{ name: 'wheel', size: 3 }, { name: 'bell', size: 1 }], tags: ['old', 'new'] });
    expect(body.metadata.managedFields.find((entry: { manager: string }) => entry.manager === 'ben').fieldsV1).toEqual({
      'f:spec': { 'f:parts': { 'k:{"name":"bell"}': { '.': {}, 'f:name': {}, 'f:size': {} } }, 'f:tags': { 'v:"new"': {} } },
    });
  });

  test('conflicts over one field of one item, until it takes it by force', () => {
    apply('ana', { colour: 'red', parts: [{ name: 'wheel', size: 3 }] });
    expect(apply('ben', { parts: [{ name: 'wheel', size: 4 }] }).body).toMatchObject({ code: 409, message: 'Apply failed with 1 conflict: conflict with "ana": .spec.parts[name="wheel"].size' });
    expect(apply('ben', { parts: [{ name: 'wheel', size: 4 }] }, '&force=true').body.spec.parts).toEqual([{ name: 'wheel', size: 4 }]);
  });

  test('takes back the item that it names no more, and no other', () => {
    apply('ana', { colour: 'red', parts: [{ name: 'wheel' }, { name: 'bell' }] });
    apply('ben', { parts: [{ name: 'lamp' }] });
    expect(apply('ana', { colour: 'red', parts: [{ name: 'bell' }] }).body.spec.parts).toEqual([{ name: 'bell' }, { name: 'lamp' }]);
  });

  test('may say nothing that its schema does not know, but where that keeps everything', () => {
    expect(apply('ana', { colour: 'red', raw: { any: { thing: [1] } } }).code).toBe(201);
    expect(apply('ana', { colour: 'red', bogus: 1 }).body.message).toBe('failed to create typed patch object (shop/w; example.com/v1, Kind=Widget): .spec.bogus: field not declared in schema');
  });
});
