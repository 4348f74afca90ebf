import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AGGREGATED_DISCOVERY, ARestApi, TABLE } from './a-rest-api.ts';
import { aWidget, aWidgetDefinition, aWidgetVersion, WIDGET_SCHEMA } from './a-widget.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/shop/widgets';

let rest: ARestApi;

beforeEach(() => {
  rest = new ARestApi();
});

function define(definition: object): void {
  expect(rest.ask('POST', DEFINITIONS, { body: definition }).code).toBe(201);
  rest.cluster.wait('1s');
}

function create(body: object, url = WIDGETS): ReturnType<ARestApi['ask']> {
  return rest.ask('POST', url, { body });
}

/** After test/e2e/apimachinery/custom_resource_definition.go. */
describe('CustomResourceDefinition resources', () => {
  it('[Conformance] creating/deleting custom resource definition objects works', () => {
    define(aWidgetDefinition());
    const { body } = rest.get(`${DEFINITIONS}/widgets.example.com`);
    expect(body.status.conditions.map(({ type, status, reason }: { type: string; status: string; reason: string }) => `${type}=${status} ${reason}`)).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
    expect(body.status.acceptedNames).toMatchObject({ plural: 'widgets', kind: 'Widget', listKind: 'WidgetList' });
    expect(body.status.storedVersions).toEqual(['v1']);
    expect(create(aWidget('one')).code).toBe(201);
    rest.ask('DELETE', `${DEFINITIONS}/widgets.example.com`);
    rest.cluster.wait('1s');
    expect(rest.get(`${DEFINITIONS}/widgets.example.com`).code).toBe(404);
    expect(rest.get(WIDGETS).code).toBe(404);
    define(aWidgetDefinition());
    expect(rest.get(WIDGETS).body.items).toEqual([]);
  });

  it('[Conformance] listing custom resource definition objects works', () => {
    define(aWidgetDefinition());
    expect(rest.get(DEFINITIONS).body.items).toHaveLength(1);
    expect(rest.ask('DELETE', DEFINITIONS).code).toBe(200);
    rest.cluster.wait('1s');
    expect(rest.get(DEFINITIONS).body.items).toEqual([]);
  });

  it('[Conformance] getting/updating/patching custom resource definition status sub-resource works', () => {
    define(aWidgetDefinition());
    const url = `${DEFINITIONS}/widgets.example.com/status`;
    const { body } = rest.get(url);
    body.status.conditions.push({ type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' });
    expect(rest.ask('PUT', url, { body }).code).toBe(200);
    rest.cluster.wait('1s');
    expect(rest.get(url).body.status.conditions.map(({ type }: { type: string }) => type)).toContain('StatusUpdate');
  });

  it('[Conformance] should include custom resource definition resources in discovery documents', () => {
    const before = rest.get('/apis', AGGREGATED_DISCOVERY).headers['etag'];
    expect(rest.get('/apis').body.groups.map(({ name }: { name: string }) => name)).toContain('apiextensions.k8s.io');
    define(aWidgetDefinition());
    expect(rest.get('/apis/example.com').body.versions).toEqual([{ groupVersion: 'example.com/v1', version: 'v1' }]);
    expect(rest.get('/apis/example.com/v1').body.resources).toEqual([
      expect.objectContaining({ name: 'widgets', singularName: 'widget', kind: 'Widget', namespaced: true, shortNames: ['wd'], categories: ['all'] }),
      expect.objectContaining({ name: 'widgets/scale', kind: 'Scale' }), expect.objectContaining({ name: 'widgets/status', kind: 'Widget' }),
    ]);
    const aggregated = rest.get('/apis', AGGREGATED_DISCOVERY);
    expect(aggregated.headers['etag']).not.toBe(before);
    expect(aggregated.body.items.find((one: { metadata: { name: string } }) => one.metadata.name === 'example.com')).toMatchObject({ metadata: { name: 'example.com' }, versions: [{ version: 'v1', resources: [{ resource: 'widgets', responseKind: { kind: 'Widget' } }] }] });
  });

  it('[Conformance] custom resource defaulting for requests and from storage works', () => {
    const plain = { type: 'object', properties: { a: { type: 'string' } } };
    define(aWidgetDefinition({ versions: [aWidgetVersion({ schema: plain, subresources: {}, additionalPrinterColumns: [] })] }));
    create({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' } });
    rest.patch(`${DEFINITIONS}/widgets.example.com`, 'json', [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/a/default', value: 'A' }]);
    rest.cluster.wait('1s');
    expect(create({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'two' } }).body.a).toBe('A');
  });
});

describe('objects of a custom kind', () => {
  beforeEach(() => { define(aWidgetDefinition()); });

  it('are pruned and filled in', () => {
    const { code, body } = create(aWidget('one', { colour: 'red', colr: 1, raw: { any: { thing: 1 } } }, { status: { replicas: 9 }, extra: true }));
    expect(code).toBe(201);
    expect(body).toMatchObject({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one', namespace: 'shop', generation: 1 } });
    expect(body.spec).toEqual({ colour: 'red', replicas: 1, raw: { any: { thing: 1 } } });
    expect(body).not.toHaveProperty('status');
    expect(body).not.toHaveProperty('extra');
  });

  it.each([
    [{ colour: 'red', replicas: 'many' }, 'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    [{ colour: 'green' }, 'spec.colour: Unsupported value: "green": supported values: "red", "blue"'],
    [{}, 'spec.colour: Required value'],
    [{ colour: 'red', replicas: 11 }, 'spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10'],
    [{ colour: 'red', replicas: -1 }, 'spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0'],
    [{ colour: 'red', name: 'UP' }, "spec.name: Invalid value: \"UP\": spec.name in body should match '^[a-z]+$'"],
    [{ colour: 'red', name: 'toolong' }, 'spec.name: Too long: may not be more than 5 bytes'],
    [{ colour: 'red', port: 1.5 }, 'spec.port: Invalid value: "number": spec.port in body must be of type integer,string: "number"'],
    [{ colour: 'red', tags: ['a', 'b', 'a'] }, 'spec.tags[2]: Duplicate value: "a"'],
    [{ colour: 'red', parts: [{ name: 'a' }, { name: 'a', size: 1 }] }, 'spec.parts[1]: Duplicate value: map[string]interface {}{"name":"a"}'],
    [{ colour: 'blue', replicas: 4 }, 'spec: Invalid value: "object": blue ones come in threes'],
  ])('%j is refused', (spec, problem) => {
    const { code, body } = create(aWidget('one', spec));
    expect({ code, message: body.message }).toEqual({ code: 422, message: `Widget.example.com "one" is invalid: ${problem}` });
  });

  it('are held to rules about what they replace', () => {
    create(aWidget('one', { colour: 'red', name: 'ada' }));
    expect(rest.patch(`${WIDGETS}/one`, 'json', [{ op: 'remove', path: '/spec/name' }]).body.message).toBe('Widget.example.com "one" is invalid: spec: Invalid value: "object": the name ada may not go');
  });

  it('have a status and a scale with doors of their own', () => {
    create(aWidget('one'));
    expect(rest.patch(`${WIDGETS}/one/status`, 'merge', { status: { replicas: 2, selector: 'app=one' } }).body).toMatchObject({ metadata: { generation: 1 }, status: { replicas: 2 } });
    expect(rest.patch(`${WIDGETS}/one`, 'merge', { status: { replicas: 5 }, spec: { colour: 'blue' } }).body).toMatchObject({ metadata: { generation: 2 }, status: { replicas: 2 }, spec: { colour: 'blue' } });
    expect(rest.get(`${WIDGETS}/one/scale`).body).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 2, selector: 'app=one' } });
    expect(rest.patch(`${WIDGETS}/one/scale`, 'merge', { spec: { replicas: 3 } }).body.spec).toEqual({ replicas: 3 });
    expect(rest.patch(`${WIDGETS}/one/status`, 'merge', { status: { replicas: 'x' } }).body.message).toContain('status.replicas in body must be of type integer');
  });

  it('print in the columns of their definition', () => {
    create(aWidget('one'));
    rest.patch(`${WIDGETS}/one/status`, 'merge', { status: { conditions: [{ type: 'Other', status: 'False' }, { type: 'Ready', status: 'True' }] } });
    const { body } = rest.get(WIDGETS, TABLE);
    expect(body.columnDefinitions.map(({ name, type, priority }: { name: string; type: string; priority: number }) => `${name} ${type} ${priority}`)).toEqual(['Name string 0', 'Replicas integer 0', 'Ready string 0', 'Colour string 1', 'Age date 0']);
    expect(body.rows[0].cells).toEqual(['one', 1, 'True', 'red', '0s']);
    expect(body.rows[0].object.metadata.name).toBe('one');
  });

  it('can be watched, selected by label and by the fields of their definition, and are taken along with their owner and namespace', () => {
    const stream = rest.stream(`${WIDGETS}?watch=true&fieldSelector=spec.colour=blue`);
    create(aWidget('one'));
    const owner = create(aWidget('two', { colour: 'blue' }, { metadata: { name: 'two', labels: { app: 'x' } } })).body;
    expect(stream.told).toEqual(['ADDED two']);
    expect(stream.events[0]?.object).toMatchObject({ kind: 'Widget', apiVersion: 'example.com/v1' });
    expect(rest.get(`${WIDGETS}?labelSelector=app=x`).body).toMatchObject({ kind: 'WidgetList', items: [{ metadata: { name: 'two' } }] });
    expect(rest.get(`${WIDGETS}?fieldSelector=spec.name=x`).body.message).toContain('spec.name');
    create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'two', uid: owner.metadata.uid }] } }, '/api/v1/namespaces/shop/configmaps');
    rest.ask('DELETE', `${WIDGETS}/two`);
    rest.cluster.wait('1s');
    expect(rest.get('/api/v1/namespaces/shop/configmaps/owned').code).toBe(404);
    rest.ask('DELETE', '/api/v1/namespaces/shop');
    rest.cluster.wait('2m');
    expect(rest.get('/apis/example.com/v1/widgets').body.items).toEqual([]);
  });

  it('are validated strictly, or with a warning, as the client asks', () => {
    expect(create(aWidget('one', { colour: 'red', colr: 1 }), `${WIDGETS}?fieldValidation=Strict`).body.message).toBe('Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.colr"');
    expect(create(aWidget('one', { colour: 'red', colr: 1 }), `${WIDGETS}?fieldValidation=Warn`).headers['warning']).toBe('299 - "unknown field \\"spec.colr\\""');
  });

  // test/e2e/apimachinery/field_validation.go: "should detect unknown metadata fields of a CR", "should detect duplicates in a CR when preserving unknown fields [Conformance]"
  it('may have no metadata that nobody knows, and no field twice', () => {
    const strange = { ...aWidget('one'), metadata: { name: 'one', unknownMeta: 'foo' } };
    expect(create(strange, `${WIDGETS}?fieldValidation=Strict`).body.message).toBe('Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "metadata.unknownMeta"');
    const twice = '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"one"},"spec":{"colour":"red","colour":"blue"}}';
    expect(rest.ask('POST', `${WIDGETS}?fieldValidation=Strict`, { type: 'application/json', body: twice }).body.message).toContain('strict decoding error: duplicate field "spec.colour"');
  });

  it('may hold a field that is called ok', () => {
    rest.patch(`${DEFINITIONS}/widgets.example.com`, 'json', [{ op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/ok', value: { type: 'boolean' } }]);
    rest.cluster.wait('1s');
    expect(create(aWidget('one', { colour: 'red' }, { ok: true })).body).toMatchObject({ ok: true, metadata: { name: 'one' } });
    expect(rest.patch(`${WIDGETS}/one`, 'merge', { ok: false }).body.ok).toBe(false);
    expect(rest.get(`${WIDGETS}/one`).body.ok).toBe(false);
  });

  it('take no strategic merge patch, for they have no merge keys', () => {
    create(aWidget('one'));
    expect(rest.patch(`${WIDGETS}/one`, 'strategic', { spec: { colour: 'blue' } }).code).toBe(415);
  });

  it('are explained', () => {
    const { paths } = rest.get('/openapi/v3').body;
    const { components } = rest.get(paths['apis/example.com/v1'].serverRelativeURL.split('?')[0]).body;
    const schema = components.schemas['com.example.v1.Widget'];
    expect(schema['x-kubernetes-group-version-kind']).toEqual([{ group: 'example.com', kind: 'Widget', version: 'v1' }]);
    expect(schema.properties.spec.properties.colour.description).toBe('Its colour.');
  });
});

/** After test/e2e/apimachinery/crd_publish_openapi.go and crd_watch.go, in what they check of versions. */
describe('a custom kind in several versions', () => {
  const old = aWidgetVersion({ name: 'v1beta1', storage: false, deprecated: true });

  it('is served in each, converted by name, with a warning where it is deprecated', () => {
    define(aWidgetDefinition({ versions: [aWidgetVersion(), old] }));
    create(aWidget('one'));
    const read = rest.get('/apis/example.com/v1beta1/namespaces/shop/widgets/one');
    expect(read.body).toMatchObject({ apiVersion: 'example.com/v1beta1', kind: 'Widget', spec: { colour: 'red' } });
    expect(read.headers['warning']).toBe('299 - "example.com/v1beta1 Widget is deprecated"');
    const listed = rest.get('/apis/example.com/v1beta1/namespaces/shop/widgets').body;
    expect([listed.apiVersion, listed.items[0].apiVersion]).toEqual(['example.com/v1beta1', 'example.com/v1beta1']);
    rest.patch('/apis/example.com/v1beta1/namespaces/shop/widgets/one', 'merge', { apiVersion: 'example.com/v1beta1', spec: { colour: 'blue' } });
    expect(rest.get(`${WIDGETS}/one`).body).toMatchObject({ apiVersion: 'example.com/v1', spec: { colour: 'blue' } });
  });

  // test/e2e/apimachinery/crd_conversion_webhook.go, with its webhook down.
  it('cannot be read or written in other versions than the stored one while its conversion webhook is down', () => {
    const conversion = { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'converter', path: '/crdconvert' } } } };
    define(aWidgetDefinition({ versions: [aWidgetVersion(), old], spec: { conversion } }));
    expect(create(aWidget('one')).code).toBe(201);
    expect(rest.get(`${WIDGETS}/one`).code).toBe(200);
    const { code, body } = rest.get('/apis/example.com/v1beta1/namespaces/shop/widgets');
    expect([code, body.message]).toEqual([500, 'conversion webhook for example.com/v1, Kind=Widget failed: Post "https://converter.shop.svc:443/crdconvert?timeout=30s": service "converter" not found']);
    expect(create({ ...aWidget('two'), apiVersion: 'example.com/v1beta1' }, '/apis/example.com/v1beta1/namespaces/shop/widgets').body.message).toContain('conversion webhook for example.com/v1beta1, Kind=Widget failed');
  });

  it('is no longer served in one that is switched off', () => {
    define(aWidgetDefinition({ versions: [aWidgetVersion(), { ...old, served: false }] }));
    expect(rest.get('/apis/example.com/v1beta1/namespaces/shop/widgets').code).toBe(404);
  });
});

describe('a definition that is wrong', () => {
  it.each([
    [aWidgetDefinition({ spec: { group: 'other.com' } }), 'metadata.name: Invalid value: "widgets.example.com": must be spec.names.plural+"."+spec.group'],
    [aWidgetDefinition({ versions: [aWidgetVersion({ schema: { type: 'object', properties: { spec: {} } } })] }), 'spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields'],
    [aWidgetDefinition({ versions: [aWidgetVersion({ schema: { properties: {} } })] }), 'spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root'],
    [aWidgetDefinition({ versions: [{ name: 'v1', served: true, storage: true }] }), 'spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
    [aWidgetDefinition({ scope: 'Wide' }), 'spec.scope: Unsupported value: "Wide": supported values: "Cluster", "Namespaced"'],
    [aWidgetDefinition({ versions: [aWidgetVersion({ schema: { ...WIDGET_SCHEMA, properties: { spec: { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.a ==' }] } } } })] }), 'x-kubernetes-validations[0].rule: Invalid value: apiextensions.ValidationRule{Rule:"self.a =="'],
    [aWidgetDefinition({ versions: [aWidgetVersion({ schema: { type: 'object', properties: { a: { type: 'integer', default: 'x' } } } })] }), 'spec.validation.openAPIV3Schema.properties[a].default: Invalid value: "string": default in body must be of type integer: "string"'],
    [aWidgetDefinition({ versions: [aWidgetVersion({ storage: false })] }), 'must have exactly one version marked as storage version'],
    [aWidgetDefinition({ group: 'x.k8s.io' }), 'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'],
  ])('is refused: %#', (definition, problem) => {
    const { code, body } = rest.ask('POST', DEFINITIONS, { body: definition });
    expect(code).toBe(422);
    expect(body.message).toContain(problem);
  });

  it('is not established while its names belong to another', () => {
    define(aWidgetDefinition());
    const other = aWidgetDefinition({ names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', shortNames: ['wd'] } }) as { metadata: { name: string } };
    define({ ...other, metadata: { name: 'gadgets.example.com' } });
    const { conditions } = rest.get(`${DEFINITIONS}/gadgets.example.com`).body.status;
    expect(conditions[0]).toMatchObject({ type: 'NamesAccepted', status: 'False', reason: 'ShortNamesConflict', message: '"wd" is already in use' });
    expect(conditions[1]).toMatchObject({ type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' });
  });

  it('is answered, whatever its schema says, and so are its objects', () => {
    const words = fc.constantFrom('type', 'properties', 'items', 'enum', 'required', 'default', 'pattern', 'allOf', 'not', 'nullable', 'additionalProperties', 'x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'maximum', 'format');
    const anything = fc.letrec((tie) => ({ any: fc.oneof({ maxDepth: 4 }, fc.constantFrom('object', 'array', 'string', 'integer', 'map', true, null, 3), fc.array(tie('any'), { maxLength: 2 }), fc.dictionary(words, tie('any'), { maxKeys: 3 })) })).any;
    fc.assert(fc.property(anything, fc.jsonValue(), (spec, value) => {
      const body = aWidgetDefinition({ versions: [aWidgetVersion({ schema: { type: 'object', properties: { spec } }, additionalPrinterColumns: [] })] });
      const { code } = rest.ask('POST', DEFINITIONS, { body });
      expect([201, 400, 422]).toContain(code);
      if (code !== 201) return;
      rest.cluster.wait('1s');
      expect([201, 400, 422]).toContain(create({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' }, spec: value }).code);
      expect(rest.get(WIDGETS).code).toBe(200);
      rest.ask('DELETE', `${DEFINITIONS}/widgets.example.com`);
      rest.cluster.wait('1s');
    }), { numRuns: 150 });
  });

  it('may not change what its objects are stored by', () => {
    define(aWidgetDefinition());
    expect(rest.patch(`${DEFINITIONS}/widgets.example.com`, 'merge', { spec: { scope: 'Cluster' } }).body.message).toContain('spec.scope: Invalid value: "Cluster": field is immutable');
  });
});
