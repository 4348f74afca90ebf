import { describe, expect, test } from 'vitest';
import { RESOURCES } from '../../src/cluster/objects.ts';
import { ARestApi, TABLE } from './a-rest-api.ts';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly type: string; readonly format: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: { readonly metadata: { readonly name: string } } }[];
}

function created(api: ARestApi, path: string, body: object): Table {
  const apiVersion = path.startsWith('/apis/') ? path.split('/').slice(2, 4).join('/') : 'v1';
  expect(api.ask('POST', path, { body: { apiVersion, ...body } })).toMatchObject({ code: 201 });
  return api.get(path, TABLE).body as Table;
}

const row = ({ rows }: Table, name: string): readonly unknown[] => rows.find((one) => one.object.metadata.name === name)?.cells ?? [];

describe('tables that the server makes', () => {
  test('should return pod details [Conformance: Servers with support for Table transformation]', () => {
    const api = new ARestApi();
    created(api, '/api/v1/namespaces/shop/pods', { kind: 'Pod', metadata: { name: 'one' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } });
    const table = api.get('/api/v1/namespaces/shop/pods/one', TABLE).body as Table;
    expect(table.columnDefinitions.length).toBeGreaterThan(2);
    expect(table.columnDefinitions[0]).toMatchObject({ name: 'Name', type: 'string', format: 'name', priority: 0 });
    expect(table.rows).toHaveLength(1);
    expect(table.rows[0]).toMatchObject({ cells: { length: table.columnDefinitions.length, 0: 'one' }, object: { kind: 'PartialObjectMetadata', metadata: { name: 'one', namespace: 'shop' } } });
  });

  test('should return chunks of table results for list calls', () => {
    const api = new ARestApi();
    const path = '/api/v1/namespaces/shop/podtemplates';
    for (let nth = 0; nth < 20; nth++) {
      created(api, path, { kind: 'PodTemplate', metadata: { name: `template-${String(nth).padStart(4, '0')}` }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'test', image: 'test2' }] } } });
    }
    const first = api.get(`${path}?limit=2`, TABLE).body as Table & { metadata: { continue: string; remainingItemCount: number } };
    expect(first.rows.map(({ cells }) => cells)).toEqual([['template-0000', 'test', 'test2', 'a=b'], ['template-0001', 'test', 'test2', 'a=b']]);
    expect(first.metadata.remainingItemCount).toBe(18);
    const rest = api.get(`${path}?continue=${first.metadata.continue}`, TABLE).body as Table & { metadata: { continue?: string } };
    expect(rest.rows).toHaveLength(18);
    expect(rest.metadata.continue).toBeUndefined();
  });

  test('should return generic metadata details across all namespaces for nodes', () => {
    const { columnDefinitions, rows } = new ARestApi().get('/api/v1/nodes?includeObject=Metadata', TABLE).body as Table;
    expect(columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Status', 'Roles', 'Age', 'Version', 'Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime']);
    for (const { cells } of rows) expect(cells).toHaveLength(columnDefinitions.length);
  });

  test('should return a 406 for a backend which does not implement metadata', () => {
    const asked = new ARestApi().ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io', body: { spec: {} } });
    expect(asked).toMatchObject({ code: 406, body: { reason: 'NotAcceptable' } });
  });

  test('say numbers as numbers and falsehoods as falsehoods', () => {
    const api = new ARestApi();
    const controller = created(api, '/api/v1/namespaces/shop/replicationcontrollers', {
      kind: 'ReplicationController', metadata: { name: 'web' }, spec: { replicas: 0, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
    });
    expect(row(controller, 'web')).toEqual(['web', 0, 0, 0, '0s', 'c', 'nginx', 'app=web']);
    expect(controller.columnDefinitions.slice(1, 4).map(({ type }) => type)).toEqual(['integer', 'integer', 'integer']);
    const drivers = created(api, '/apis/storage.k8s.io/v1/csidrivers', { kind: 'CSIDriver', metadata: { name: 'disk.example.com' }, spec: { attachRequired: false } });
    expect(row(drivers, 'disk.example.com')).toEqual(['disk.example.com', false, false, false, '<unset>', false, 'Persistent', '0s']);
  });

  test('show what is special to the kinds of the platform', () => {
    const api = new ARestApi();
    const policies = created(api, '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
      kind: 'ValidatingAdmissionPolicy', metadata: { name: 'p' }, spec: { validations: [{ expression: 'true' }], paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] } },
    });
    expect(row(policies, 'p')).toEqual(['p', 1, 'v1/ConfigMap', '0s']);
    const levels = created(api, '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', { kind: 'PriorityLevelConfiguration', metadata: { name: 'mine' }, spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue' } } } });
    expect(row(levels, 'mine')).toEqual(['mine', 'Limited', '30', '64', '8', '50', '0s']);
    const quotas = created(api, '/api/v1/namespaces/shop/resourcequotas', { kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '9', 'limits.cpu': '2' } } });
    expect(quotas.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'Request', 'Limit', 'Age']);
  });

  test('print a time of creation where a kind has no printer, on the clock of whoever reads', () => {
    const api = new ARestApi();
    api.api.projection.offsetMs = 3_600_000;
    const table = created(api, '/apis/rbac.authorization.k8s.io/v1/clusterroles', { kind: 'ClusterRole', metadata: { name: 'r' }, rules: [] });
    expect(table.columnDefinitions[1]).toMatchObject({ name: 'Created At', type: 'date' });
    expect(row(table, 'r')[1]).toBe(api.get('/apis/rbac.authorization.k8s.io/v1/clusterroles/r').body.metadata.creationTimestamp);
  });

  test('have a cell for each column, whatever the kind', () => {
    const api = new ARestApi();
    for (const { apiVersion, plural } of Object.values(RESOURCES)) {
      const { columnDefinitions, rows } = api.get(`/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}/${plural}`, TABLE).body as Table;
      expect(columnDefinitions[0]?.name, plural).toMatch(/^(?:Name|Last Seen)$/);
      for (const { cells } of rows) expect(cells, plural).toHaveLength(columnDefinitions.length);
    }
  });
});

test('a cluster says which groups it serves and who waits for whom', () => {
  const api = new ARestApi();
  const services = api.get('/apis/apiregistration.k8s.io/v1/apiservices', TABLE).body as Table;
  expect(row(services, 'v1.apps')).toEqual(['v1.apps', 'Local', 'True', expect.any(String)]);
  expect(row(services, 'v1beta1.metrics.k8s.io')).toEqual(['v1beta1.metrics.k8s.io', 'kube-system/metrics-server', 'True', expect.any(String)]);
  const schemas = api.get('/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas', TABLE).body as Table;
  expect(schemas.rows).toHaveLength(13);
  expect(row(schemas, 'global-default').slice(0, 4)).toEqual(['global-default', 'global-default', '9900', 'ByUser']);
  expect(row(schemas, 'global-default').at(-1)).toBe('False');
  const levels = api.get('/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations', TABLE).body as Table;
  expect(row(levels, 'catch-all').slice(0, 6)).toEqual(['catch-all', 'Limited', '5', '<none>', '<none>', '<none>']);
  expect(row(levels, 'exempt').slice(0, 3)).toEqual(['exempt', 'Exempt', '0']);
});
