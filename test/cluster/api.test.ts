import { describe, expect, test } from 'vitest';
import type { ApiResult, Patch } from '../../src/cluster/api.ts';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aDeployment, aService, SmallCluster } from '../support/small-cluster.ts';

const WEB = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;

function refusalOf(result: ApiResult<unknown>): string {
  return result.ok ? 'accepted' : `${result.status.code} ${result.status.reason}: ${result.status.message}`;
}

function aShop(): SmallCluster {
  const cluster = new SmallCluster();
  cluster.apply(aDeployment('web'));
  return cluster;
}

/** The first container of `web` after a strategic merge patch of it. */
function containerAfter(cluster: SmallCluster, container: Record<string, unknown>): NonNullable<KindMap['Pod']['spec']>['containers'][number] | undefined {
  const body = { spec: { template: { spec: { containers: [{ name: 'app', ...container }] } } } };
  return accepted(cluster.plane.api.patch(WEB, { type: 'strategic', body })).spec?.template.spec?.containers[0];
}

/** `new`, a Deployment that is right but for the change. */
function withSpec(change: object): KindMap['Deployment'] {
  const sound = aDeployment('new');
  return { ...sound, spec: { ...sound.spec, ...change } as NonNullable<KindMap['Deployment']['spec']> };
}

describe('the API refuses in its own words', () => {
  const { plane: { api } } = aShop();
  const web = accepted(api.get('Deployment', 'shop', 'web'));
  const patched = (body: Record<string, unknown>): string => refusalOf(api.patch(WEB, { type: 'merge', body }));

  test.each<[string, () => string, string]>([
    ['a missing Deployment', () => refusalOf(api.get('Deployment', 'shop', 'wbe')), '404 NotFound: deployments.apps "wbe" not found'],
    ['a missing pod', () => refusalOf(api.delete({ kind: 'Pod', namespace: 'shop', name: 'x' })), '404 NotFound: pods "x" not found'],
    ['a missing namespace', () => refusalOf(api.create({ ...aService('web'), metadata: { name: 'web', namespace: 'nowhere' } })), '404 NotFound: namespaces "nowhere" not found'],
    ['a name that is taken', () => refusalOf(api.create(aDeployment('web'))), '409 AlreadyExists: deployments.apps "web" already exists'],
    ['negative replicas', () => patched({ spec: { replicas: -1 } }), '422 Invalid: Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ['replicas in words', () => patched({ spec: { replicas: 'two' } }), '400 BadRequest: Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['another selector', () => patched({ spec: { selector: { matchLabels: { app: 'x' } }, template: { metadata: { labels: { app: 'x' } } } } }), '422 Invalid: Deployment.apps "web" is invalid: spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"x"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable'],
    ['a template the selector misses', () => refusalOf(api.create(withSpec({ selector: { matchLabels: { app: 'other' } } }))), '422 Invalid: Deployment.apps "new" is invalid: spec.template.metadata.labels: Invalid value: map[string]string{"app":"new"}: `selector` does not match template `labels`'],
    ['two mistakes at once', () => refusalOf(api.create(withSpec({ replicas: -2, minReadySeconds: -3 }))), '422 Invalid: Deployment.apps "new" is invalid: [spec.replicas: Invalid value: -2: must be greater than or equal to 0, spec.minReadySeconds: Invalid value: -3: must be greater than or equal to 0]'],
    ['no containers', () => refusalOf(api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'shop' }, spec: { containers: [] } })), '422 Invalid: Pod "x" is invalid: spec.containers: Required value'],
    ['an odd quantity', () => refusalOf(api.create(aDeployment('new', { cpu: 'lots' }))), "400 BadRequest: Deployment in version \"v1\" cannot be handled as a Deployment: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['an update on an old revision', () => refusalOf(api.update({ ...web, metadata: { ...web.metadata, resourceVersion: '1' } })), '409 Conflict: Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again'],
    ['another cluster address', () => { accepted(api.create(aService('svc'))); return refusalOf(api.patch({ kind: 'Service', namespace: 'shop', name: 'svc' }, { type: 'merge', body: { spec: { clusterIP: '10.1.1.1' } } })); }, '422 Invalid: Service "svc" is invalid: spec.clusterIPs[0]: Invalid value: []string{"10.1.1.1"}: may not change once set'],
    ['the deletion of kube-system', () => refusalOf(api.delete({ kind: 'Namespace', namespace: '', name: 'kube-system' })), '403 Forbidden: namespaces "kube-system" is forbidden: this namespace may not be deleted'],
  ])('%s', (_what, ask, refusal) => {
    expect(ask()).toBe(refusal);
  });
});

describe('a write', () => {
  test('to the spec raises the generation, to labels does not, and one that changes nothing is none', () => {
    const { plane: { api, store } } = aShop();
    const scaled = accepted(api.patch(WEB, { type: 'merge', body: { spec: { replicas: 5 } } }));
    expect(scaled.metadata.generation).toBe(2);
    const labelled = accepted(api.patch(WEB, { type: 'merge', body: { metadata: { labels: { team: 'shop' } } } }));
    expect(labelled.metadata.generation).toBe(2);
    const before = store.resourceVersion;
    expect(accepted(api.patch(WEB, { type: 'merge', body: { spec: { replicas: 5 } } }))).toBe(labelled);
    expect(store.resourceVersion).toBe(before);
  });

  test('that is a dry run answers as if, and stores nothing', () => {
    const { plane: { api, store } } = aShop();
    const before = store.resourceVersion;
    expect(accepted(api.patch(WEB, { type: 'merge', body: { spec: { replicas: 9 } } }, { dryRun: true })).spec?.replicas).toBe(9);
    accepted(api.create(aDeployment('other'), { dryRun: true }));
    accepted(api.delete(WEB, { dryRun: true }));
    expect(store.resourceVersion).toBe(before);
    expect(accepted(api.get('Deployment', 'shop', 'web')).spec?.replicas).toBe(3);
  });

  test('cannot touch status, identity or times', () => {
    const { plane: { api } } = aShop();
    const before = accepted(api.get('Deployment', 'shop', 'web'));
    const after = accepted(api.patch(WEB, { type: 'merge', body: { status: { replicas: 99 }, metadata: { creationTimestamp: '1999-01-01T00:00:00Z', labels: { a: 'b' } } } }));
    expect(after.status).toBe(before.status);
    expect(after.metadata).toMatchObject({ uid: before.metadata.uid, creationTimestamp: before.metadata.creationTimestamp });
  });

  test('with generateName is named by the server', () => {
    const { plane: { api } } = aShop();
    const made = accepted(api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'flags-', namespace: 'shop' } as KindMap['ConfigMap']['metadata'], data: { a: '1' } }));
    expect(made.metadata.name).toMatch(/^flags-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test.each<Patch>([
    { type: 'merge', body: JSON.parse('{"metadata":{"labels":{"__proto__":{"polluted":"yes"}}}}') },
    { type: 'strategic', body: JSON.parse('{"__proto__":{"polluted":"yes"}}') },
    { type: 'json', body: [{ op: 'add', path: '/__proto__', value: { polluted: 'yes' } }] },
    { type: 'json', body: [{ op: 'add', path: '/metadata/__proto__/polluted', value: 'yes' }] },
    { type: 'json', body: [{ op: 'add', path: '/constructor/prototype/polluted', value: 'yes' }] },
  ])('reaches no prototype: $type', (patch) => {
    const { plane: { api } } = aShop();
    expect(api.patch(WEB, patch).ok).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a strategic merge', () => {
  test('merges env by name, and null or $patch: delete takes an entry out', () => {
    const cluster = aShop();
    containerAfter(cluster, { env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] });
    expect(containerAfter(cluster, { env: [{ name: 'B', value: '3' }, { name: 'C', value: '4' }] })?.env).toEqual([{ name: 'A', value: '1' }, { name: 'B', value: '3' }, { name: 'C', value: '4' }]);
    expect(containerAfter(cluster, { env: [{ name: 'A', $patch: 'delete' }] })?.env).toEqual([{ name: 'B', value: '3' }, { name: 'C', value: '4' }]);
    expect(containerAfter(cluster, { env: null })?.env).toBeUndefined();
  });

  test('keeps what the patch does not name: other containers, the image, the ports by their number', () => {
    const cluster = aShop();
    const body = { spec: { template: { spec: { containers: [{ name: 'proxy', image: 'registry.example/proxy:1' }] } } } };
    // What is new comes first, as in the example of https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/.
    const containers = accepted(cluster.plane.api.patch(WEB, { type: 'strategic', body })).spec?.template.spec?.containers;
    expect(containers?.map(({ name, image }) => `${name} ${image}`)).toEqual(['proxy registry.example/proxy:1', 'app registry.example/web:1.0']);
    expect(containerAfter(aShop(), { ports: [{ containerPort: 9090, name: 'metrics' }] })?.ports?.map(({ containerPort }) => containerPort)).toEqual([9090, 8080]);
  });

  test('follows $setElementOrder and $patch: replace', () => {
    const cluster = aShop();
    containerAfter(cluster, { env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] });
    expect(containerAfter(cluster, { env: [{ name: 'C', value: '3' }], '$setElementOrder/env': [{ name: 'C' }, { name: 'B' }, { name: 'A' }] })?.env?.map(({ name }) => name)).toEqual(['C', 'B', 'A']);
    expect(containerAfter(cluster, { env: [{ $patch: 'replace' }, { name: 'Z', value: '9' }] })?.env).toEqual([{ name: 'Z', value: '9' }]);
  });

  test('replaces lists that have no key', () => {
    const cluster = aShop();
    containerAfter(cluster, { args: ['--one', '--two'] });
    expect(containerAfter(cluster, { args: ['--three'] })?.args).toEqual(['--three']);
  });
});

describe('a JSON patch', () => {
  test('is applied whole or not at all', () => {
    const { plane: { api } } = aShop();
    const failed = api.patch(WEB, { type: 'json', body: [{ op: 'replace', path: '/spec/replicas', value: 7 }, { op: 'test', path: '/spec/paused', value: true }] });
    expect(failed.ok).toBe(false);
    expect(accepted(api.get('Deployment', 'shop', 'web')).spec?.replicas).toBe(3);
  });

  test('adds, moves, copies and removes, with escaped keys', () => {
    const { plane: { api } } = aShop();
    const web = accepted(api.patch(WEB, {
      type: 'json',
      body: [
        { op: 'add', path: '/metadata/annotations', value: { 'a/b': 'slash', 'c~d': 'tilde' } },
        { op: 'copy', from: '/metadata/annotations/a~1b', path: '/metadata/annotations/copied' },
        { op: 'move', from: '/metadata/annotations/c~0d', path: '/metadata/annotations/moved' },
        { op: 'remove', path: '/metadata/annotations/a~1b' },
        { op: 'add', path: '/spec/template/spec/containers/0/env', value: [{ name: 'B', value: '2' }] },
        { op: 'add', path: '/spec/template/spec/containers/0/env/0', value: { name: 'A', value: '1' } },
        { op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'C', value: '3' } },
      ],
    }));
    expect(web.metadata.annotations).toEqual({ copied: 'slash', moved: 'tilde' });
    expect(web.spec?.template.spec?.containers[0]?.env?.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  });
});
