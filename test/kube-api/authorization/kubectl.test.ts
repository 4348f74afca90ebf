import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AServedCluster } from '../a-served-cluster.ts';

/** Which kubectl: `KUBECTL=/path/to/kubectl` tries another one. */
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';

let served: AServedCluster;
beforeAll(async () => { served = await AServedCluster.start(); });
afterAll(async () => { await served.stop(); });

function isThere(): boolean {
  try {
    execFileSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!isThere())('a real kubectl', { timeout: 60_000 }, () => {
  const run = (line: string, kubeconfig: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
    new Promise((resolve) => {
      execFile(KUBECTL, line.split(' '), { env: { PATH: process.env['PATH'] ?? '', HOME: served.folder, KUBECONFIG: kubeconfig }, encoding: 'utf8', timeout: 20_000 }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
  const vera = (line: string): ReturnType<typeof run> => run(line, served.viewOnly);
  const ana = (line: string): ReturnType<typeof run> => run(line, served.kubeconfig);

  test('of a seat that may only look gets, and is refused to change', async () => {
    expect(await vera('get pods')).toMatchObject({ code: 0, out: expect.stringContaining('checkout-') as string });
    expect(await vera('delete deployment checkout')).toEqual({ code: 1, out: '', err: 'Error from server (Forbidden): deployments.apps "checkout" is forbidden: User "vera" cannot delete resource "deployments" in API group "apps" in the namespace "shop"\n' });
    expect(await vera('scale deployment checkout --replicas=0')).toMatchObject({ code: 1, err: 'Error from server (Forbidden): deployments.apps "checkout" is forbidden: User "vera" cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"\n' });
    expect(await vera('get secrets')).toMatchObject({ code: 1, err: expect.stringContaining('secrets is forbidden: User "vera" cannot list resource "secrets"') as string });
    expect((await ana('get deployment checkout -o jsonpath={.spec.replicas}')).out).toBe('3');
  });

  test('asks what it may', async () => {
    expect(await vera('auth can-i list pods')).toMatchObject({ code: 0, out: 'yes\n' });
    expect(await vera('auth can-i delete pods')).toMatchObject({ code: 1, out: 'no\n' });
    expect(await vera('auth can-i get pods --subresource=log')).toMatchObject({ code: 0, out: 'yes\n' });
    expect(await vera('auth can-i get /logs')).toMatchObject({ code: 1, out: 'no\n' });
    expect(await vera('auth can-i get pods --all-namespaces -q')).toMatchObject({ code: 0, out: '' });
    expect(await ana('auth can-i * * --as vera')).toMatchObject({ code: 1, out: 'no\n' });
    expect((await vera('auth can-i --list')).out).toMatch(/^pods\/log +\[\] +\[\] +\[get list watch\]$/m);
    expect((await vera('auth whoami')).out).toMatch(/^Username +vera$/m);
  });

  test('speaks for another, where it may', async () => {
    expect(await ana('get pods --as vera')).toMatchObject({ code: 0 });
    expect(await ana('delete pods --all --as vera --as-group ops')).toMatchObject({ code: 1, err: expect.stringContaining('is forbidden: User "vera" cannot delete resource "pods"') as string });
    expect(await vera('get pods --as ana')).toEqual({ code: 1, out: '', err: 'Error from server (Forbidden): users "ana" is forbidden: User "vera" cannot impersonate resource "users" in API group "" at the cluster scope\n' });
  });

  test('gives a robot an account, a role and a token, and the robot works with it', async () => {
    expect(await ana('create serviceaccount robot')).toMatchObject({ code: 0 });
    const manifest = join(served.folder, 'role.json');
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'robot', namespace: 'shop' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] };
    const bound = { apiVersion: role.apiVersion, kind: 'RoleBinding', metadata: role.metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'robot' }, subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'shop' }] };
    writeFileSync(manifest, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [role, bound] }));
    expect(await ana(`auth reconcile -f ${manifest}`)).toMatchObject({ code: 0, out: expect.stringContaining('role.rbac.authorization.k8s.io/robot reconciled') as string });
    const { out: token } = await ana('create token robot --duration=10m');
    const robot = (line: string): ReturnType<typeof run> => run(`--token=${token.trim()} --server=${served.listener.url} --certificate-authority=${served.folder}/ca.crt ${line}`, '/dev/null');
    writeFileSync(join(served.folder, 'ca.crt'), served.certificates.ca);
    expect(await robot('get pods -n shop')).toMatchObject({ code: 0 });
    expect(await robot('get services -n shop')).toMatchObject({ code: 1, err: expect.stringContaining('services is forbidden: User "system:serviceaccount:shop:robot" cannot list resource "services" in API group "" in the namespace "shop"') as string });
    await ana('delete serviceaccount robot');
    expect(await robot('get pods -n shop')).toMatchObject({ code: 1, err: 'error: You must be logged in to the server (Unauthorized)\n' });
    expect(await ana('create token robot')).toMatchObject({ code: 1, err: 'error: failed to create token: serviceaccounts "robot" not found\n' });
    expect(await ana('create token default --duration=1m')).toMatchObject({ code: 1, err: expect.stringContaining('may not specify a duration less than 10 minutes') as string });
  });
});
