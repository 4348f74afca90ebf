import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AKubectl, kubectlMinor } from '../conformance/a-kubectl.ts';
import { aDeployment } from '../support/small-cluster.ts';
import { AServedCluster } from './a-served-cluster.ts';

/** Which kubectl: `KUBECTL=/path/to/kubectl` tries another one. */
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';
const minor = kubectlMinor(KUBECTL);

const map = (name: string, data: Readonly<Record<string, string>>): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { part: 'of-it' } }, data });
const web = (replicas: number): object => ({ ...aDeployment('web'), metadata: { name: 'web' }, spec: { ...aDeployment('web').spec, replicas } });

describe.skipIf(minor === null)(`kubectl 1.${minor ?? '?'} applies`, { timeout: 60_000 }, () => {
  let served: AServedCluster;
  let kubectl: AKubectl;
  beforeAll(async () => {
    served = await AServedCluster.start();
    kubectl = new AKubectl(KUBECTL, minor ?? 0, served.kubeconfig);
  });
  afterAll(async () => { await served.stop(); });

  const file = (name: string, ...objects: readonly object[]): void => {
    writeFileSync(join(kubectl.folder, name), objects.map((object) => `${objects.length > 1 ? '---\n' : ''}${JSON.stringify(object)}\n`).join(''));
  };
  const managers = (what: string): Promise<string> => kubectl.ok(`get ${what} --show-managed-fields -o 'jsonpath={range .metadata.managedFields[*]}{.manager}/{.operation}/{.subresource} {end}'`);

  test('from its side: creates, leaves alone, changes, takes away what is given no more', async () => {
    file('one.yaml', web(2), map('m', { a: '1', b: '2' }));
    expect(await kubectl.ok('apply -f one.yaml')).toBe('deployment.apps/web created\nconfigmap/m created\n');
    expect(await kubectl.ok('apply -f one.yaml')).toBe('deployment.apps/web unchanged\nconfigmap/m unchanged\n');
    file('two.yaml', web(3), map('m', { a: '1', c: '3' }));
    const { code, out } = await kubectl.run('diff -f two.yaml');
    expect([code, out]).toEqual([1, expect.stringMatching(/^-  replicas: 2\n\+  replicas: 3$/m)]);
    expect(await kubectl.ok('apply -f two.yaml --dry-run=server')).toContain('configmap/m configured (server dry run)');
    expect(await kubectl.ok('apply -f two.yaml')).toBe('deployment.apps/web configured\nconfigmap/m configured\n');
    expect(await kubectl.ok("get cm m -o 'jsonpath={.data}'")).toBe('{"a":"1","c":"3"}');
    expect(await kubectl.ok('apply view-last-applied cm/m -o json')).toContain('"c": "3"');
    expect(await managers('cm m')).toBe('kubectl-client-side-apply/Update/ ');
  });

  test('on the server: takes over its own, is stopped by others, and may force', async () => {
    file('three.yaml', web(4));
    expect(await kubectl.ok('apply --server-side -f two.yaml')).toContain('configmap/m serverside-applied');
    await kubectl.ok('scale deploy/web --replicas=5');
    // `scale` says no manager, so that it counts by its program's name.
    expect(await kubectl.refused('apply --server-side -f three.yaml')).toMatch(/Apply failed with 1 conflict: conflict with "kubectl[.\d]*" with subresource "scale" using apps\/v1: \.spec\.replicas/);
    expect(await kubectl.ok('apply --server-side --force-conflicts -f three.yaml')).toBe('deployment.apps/web serverside-applied\n');
    expect(await kubectl.ok("get deploy web -o 'jsonpath={.spec.replicas}'")).toBe('4');
    expect(await managers('deploy web')).toContain('kubectl/Apply/ ');
    expect(await kubectl.ok('apply --server-side --field-manager=other -f three.yaml')).toContain('serverside-applied');
    expect(await managers('deploy web')).toContain('other/Apply/ ');
    expect(await kubectl.ok('get deploy web -o yaml')).not.toContain('managedFields');
  });

  test('a folder, and prunes what is no longer in it', async () => {
    mkdirSync(join(kubectl.folder, 'folder', 'inner'), { recursive: true });
    file('folder/a.json', map('p1', {}));
    file('folder/inner/b.json', { apiVersion: 'v1', kind: 'List', items: [map('p2', {}), map('p3', {})] });
    expect(await kubectl.ok('apply -R -f folder')).toBe('configmap/p1 created\nconfigmap/p2 created\nconfigmap/p3 created\n');
    const pruned = await kubectl.ok('apply --prune -l part=of-it --prune-allowlist=core/v1/ConfigMap -f folder/a.json');
    expect(pruned).toMatch(/configmap\/p2 pruned\nconfigmap\/p3 pruned/);
    expect(await kubectl.ok('get cm -l part=of-it -o name')).toBe('configmap/p1\n');
  });

  test('and edits, patches and replaces in the real words', async () => {
    expect(await kubectl.ok('create -f folder/a.json --save-config --dry-run=client')).toContain('created (dry run)');
    const edited = await kubectl.run('edit deploy web', { env: { KUBE_EDITOR: 'sed -i s/replicas:.*/replicas:\\ -5/' } });
    expect([edited.code, edited.err]).toEqual([1, expect.stringContaining('error: deployments.apps "web" is invalid')]);
    expect(await kubectl.refused(`patch deploy web --type=json -p '[{"op":"test","path":"/spec/paused","value":true}]'`)).toBe('The request is invalid: the server rejected our request due to an error in our request\n');
    expect(await kubectl.refused(`patch deploy web -p '{"spec":{"replicas":"x"}}'`)).toBe('The request is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32\n');
    expect(await kubectl.refused('annotate deploy web n=1 --resource-version=1')).toContain('the object has been modified; please apply your changes to the latest version and try again');
    expect(await kubectl.ok('replace --force -f folder/a.json')).toBe(`configmap "p1" deleted${(minor ?? 0) >= 35 ? ' from shop namespace' : ''}\nconfigmap/p1 replaced\n`);
  });
});
