import { execFile, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDeployment } from '../support/small-cluster.ts';
import { AServedCluster } from './a-served-cluster.ts';

/** Which kubectl: `KUBECTL=/path/to/kubectl` tries another one. */
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';

/** Its version, or null where there is none on this machine. */
function kubectlVersion(): string | null {
  try {
    return (JSON.parse(execFileSync(KUBECTL, ['version', '--client', '--output=json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
  } catch {
    return null;
  }
}

const version = kubectlVersion();

describe.skipIf(version === null)(`a real kubectl (${version ?? 'skipped: there is none on this machine'})`, { timeout: 60_000 }, () => {
  let served: AServedCluster;
  beforeAll(async () => { served = await AServedCluster.start(); });
  afterAll(async () => { await served.stop(); });

  interface Ran {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }

  /** Words as on a command line; `'…'` keeps spaces together. */
  const run = (line: string, env: Record<string, string> = {}): Promise<Ran> => {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const environment = { PATH: process.env['PATH'] ?? '', HOME: served.folder, KUBECONFIG: served.kubeconfig, ...env };
    return new Promise((resolve) => {
      execFile(KUBECTL, words, { env: environment, encoding: 'utf8', timeout: 20_000 }, (error, out, err) => resolve({ code: error === null ? 0 : 1, out, err }));
    });
  };

  /** What a command prints; fails where it fails. */
  const ok = async (line: string, env: Record<string, string> = {}): Promise<string> => {
    const { code, out, err } = await run(line, env);
    if (code !== 0) throw new Error(`kubectl ${line}\n${out}${err}`);
    return out;
  };

  /** Runs a command that goes on by itself: acts once it has begun to print, and stops it when it has printed `until`. */
  const following = (line: string, act: () => Promise<unknown>, until: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(KUBECTL, line.split(' '), { env: { PATH: process.env['PATH'] ?? '', HOME: served.folder, KUBECONFIG: served.kubeconfig }, stdio: ['ignore', 'pipe', 'inherit'] });
      let out = '';
      let acted = false;
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (!acted) {
          acted = true;
          act().catch(reject);
        }
        if (until.test(out)) child.kill('SIGINT');
      });
      child.on('error', reject).on('close', () => resolve(out));
    });

  const file = (name: string, content: unknown): string => {
    const path = join(served.folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  test('looks around', async () => {
    expect(await ok('version')).toMatch(/Server Version: .*v1\.32\.3/);
    expect(await ok('cluster-info')).toContain(served.listener.url);
    expect(await ok('config current-context')).toBe('drill\n');
    expect(await ok('api-resources')).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m);
    expect(await ok('api-versions')).toContain('metrics.k8s.io/v1beta1');
    expect(await ok('get --raw /readyz')).toBe('ok');
    // Those before 1.28 ask a version of this API that no server of 1.32 has.
    if (!/^v1\.2[0-7]\./.test(version ?? '')) expect(await ok('auth whoami')).toContain('ana');
    expect(await ok('auth can-i delete pods')).toBe('yes\n');
    expect(await ok('explain deployment.spec.replicas')).toContain('FIELD: replicas <integer>');
  });

  test('reads objects in every form', async () => {
    expect(await ok('get pods')).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\n(?:checkout-\S+ +1\/1 +Running +0 +\S+\n){3}$/);
    expect(await ok('get pods -o wide')).toMatch(/ NODE +NOMINATED NODE +READINESS GATES\n/);
    expect(await ok('get deploy,svc -A')).toMatch(/^shop +deployment\.apps\/checkout +3\/3/m);
    expect(await ok("get pods -o 'jsonpath={.items[*].status.phase}'")).toBe('Running Running Running');
    expect(await ok('get deploy checkout -o yaml')).toContain('\nkind: Deployment\n');
    expect(JSON.parse(await ok('get node node-1 -o json'))).toMatchObject({ kind: 'Node', metadata: { name: 'node-1' } });
    expect(await ok('get pods -l app=checkout --field-selector status.phase=Running --sort-by=.metadata.name --no-headers')).toMatch(/^(?:checkout-\S+ .*\n){3}$/);
    expect(await ok('get pods --chunk-size=1 --no-headers')).toMatch(/^(?:checkout-\S+ .*\n){3}$/);
    expect(await run('get pod nope')).toMatchObject({ code: 1, err: 'Error from server (NotFound): pods "nope" not found\n' });
    expect(await run('get deploy nope')).toMatchObject({ err: 'Error from server (NotFound): deployments.apps "nope" not found\n' });
  });

  test('describes, measures and reads logs and events', async () => {
    expect(await ok('describe deploy checkout')).toMatch(/Replicas: +3 desired \| 3 updated \| 3 total \| 3 available/);
    expect(await ok('describe node node-1')).toContain('Non-terminated Pods:');
    expect(await ok('describe pod -l app=checkout')).toContain('Successfully assigned shop/checkout-');
    expect(await ok('describe svc checkout')).toContain('TargetPort:');
    expect(await ok('top pods')).toMatch(/checkout-\S+ +12m +90Mi/);
    expect(await ok('top nodes')).toMatch(/node-1 +12m/);
    expect(await ok('logs deploy/checkout --tail=2')).toMatch(/^line \d+\nline \d+\n$/);
    expect(await ok('logs deploy/checkout --tail=1 --timestamps')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z line \d+\n$/);
    expect((await run('logs deploy/checkout --previous')).err).toContain('previous terminated container "app" in pod');
    expect(await ok('get events')).toContain('Started container app');
    expect(await ok('events')).not.toContain('<invalid>');
  });

  test('watches and follows until it is stopped', async () => {
    const out = await following('get pods -w', async () => {
      await ok('run shortly --image=registry.example/web:1 --restart=Never');
      await ok('wait --for=condition=Ready pod/shortly --timeout=10s');
      await ok('delete pod shortly --timeout=10s');
    }, /Terminating/);
    expect(out).toMatch(/^shortly +0\/1 +Pending/m);
    expect(out).toMatch(/^shortly +1\/1 +Running/m);
    expect(out).toMatch(/^shortly +1\/1 +Terminating/m);
    expect(await following('logs -f deploy/checkout --tail=1', () => Promise.resolve(), /(?:line \d+\n){5}/)).toMatch(/^(?:line \d+\n){5}/);
  });

  test('rolls out, back, again, and waits for it', async () => {
    expect(await ok('set image deploy/checkout app=registry.example/checkout:2.0')).toBe('deployment.apps/checkout image updated\n');
    expect(await ok('rollout status deploy/checkout --timeout=15s')).toContain('successfully rolled out');
    expect(await ok('rollout history deploy/checkout')).toMatch(/^2 +<none>$/m);
    expect(await ok('rollout undo deploy/checkout')).toContain('rolled back');
    expect(await ok("get deploy checkout -o 'jsonpath={.spec.template.spec.containers[0].image}'")).toBe('registry.example/checkout:1.0');
    expect(await ok('rollout pause deploy/checkout')).toContain('paused');
    expect(await ok('rollout resume deploy/checkout')).toContain('resumed');
    expect(await ok('rollout restart deploy/checkout')).toContain('restarted');
    expect(await ok('set env deploy/checkout MODE=safe')).toContain('env updated');
    expect(await ok('set resources deploy/checkout --limits=cpu=500m')).toContain('resource requirements updated');
    expect(await ok('scale deploy/checkout --replicas=2')).toBe('deployment.apps/checkout scaled\n');
    expect(await ok('rollout status deploy/checkout --timeout=15s')).toContain('successfully rolled out');
  });

  test('applies, compares, edits, replaces, patches, labels', async () => {
    const first = file('cart.json', { ...aDeployment('cart', { replicas: 1 }) });
    expect(await ok(`apply -f ${first}`)).toBe('deployment.apps/cart created\n');
    expect(await ok(`apply -f ${first}`)).toBe('deployment.apps/cart unchanged\n');
    const second = file('cart-2.json', aDeployment('cart', { replicas: 2 }));
    const compared = await run(`diff -f ${second}`);
    expect(compared).toMatchObject({ code: 1, err: '' });
    expect(compared.out).toMatch(/^-\s+replicas: 1$/m);
    expect(compared.out).toMatch(/^\+\s+replicas: 2$/m);
    expect(await ok(`apply --dry-run=server -f ${second}`)).toBe('deployment.apps/cart configured (server dry run)\n');
    expect(await ok(`apply -f ${second}`)).toBe('deployment.apps/cart configured\n');
    expect(await ok(`apply --server-side -f ${first}`)).toBe('deployment.apps/cart serverside-applied\n');
    expect(await ok(`replace -f ${second}`)).toBe('deployment.apps/cart replaced\n');
    expect(await ok('edit deploy cart', { KUBE_EDITOR: 'sed -i s/cart:1.0/cart:1.1/' })).toBe('deployment.apps/cart edited\n');
    expect(await ok("get deploy cart -o 'jsonpath={.spec.template.spec.containers[0].image}'")).toBe('registry.example/cart:1.1');
    expect(await ok(`patch deploy cart --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'`)).toContain('patched');
    expect(await ok('label deploy cart tier=web')).toContain('labeled');
    expect(await ok('annotate deploy cart note=x')).toMatch(/^deployment\.apps\/cart annotated?\n$/);
    const { spec, ...rest } = aDeployment('cart');
    const wrong = file('wrong.json', { ...rest, spec: { ...spec, replcias: 3 } });
    expect((await run(`apply -f ${wrong}`)).err).toContain('strict decoding error: unknown field "spec.replcias"');
    expect((await run(`patch deploy cart -p '{"spec":{"replicas":-1}}'`)).err).toBe('The Deployment "cart" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n');
    expect(await ok(`apply -f ${second} --prune -l tier=none-has-it --dry-run=client`).catch((error: Error) => error.message)).toContain('no objects passed to apply');
    expect(await ok('cluster-info dump --namespaces shop')).toContain('"kind": "ReplicationControllerList"');
    expect(await ok('delete deploy cart --cascade=foreground --timeout=15s')).toContain('deleted');
    expect((await run('get pods -l app=cart')).err).toContain('No resources found');
  });

  test('creates what it knows how to create, in protobuf where it does', async () => {
    for (const [words, made] of [
      ['configmap settings --from-literal=a=b', 'configmap/settings'], ['deployment web --image=registry.example/web:1 --replicas=1', 'deployment.apps/web'], ['namespace staging', 'namespace/staging'],
      ['service clusterip web --tcp=80:8080', 'service/web'], ['secret generic key --from-literal=p=q', 'secret/key'],
    ] as const) expect(await ok(`create ${words}`)).toBe(`${made} created\n`);
    expect(await ok("get cm settings -o 'jsonpath={.data.a}'")).toBe('b');
    expect(await ok("get secret key -o 'jsonpath={.data.p}'")).toBe('cQ==');
    expect(await ok("get svc web -o 'jsonpath={.spec.ports[0].targetPort}'")).toBe('8080');
    expect(await ok('expose deploy web --port=80 --name=web-too')).toBe('service/web-too exposed\n');
    expect(await ok('delete ns staging --timeout=15s')).toContain('deleted');
    const unknown = file('widget.json', { apiVersion: 'x.example/v1', kind: 'Widget', metadata: { name: 'a' } });
    expect((await run(`create -f ${unknown}`)).err).toContain('no matches for kind "Widget" in version "x.example/v1"');
    expect(await ok('get deploy web --subresource=scale')).toMatch(/^NAME +DESIRED +AVAILABLE +AGE\nweb +1 /);
    expect(await ok('autoscale deploy web --min=1 --max=3 --cpu-percent=80')).toContain('autoscaled');
    expect((await run('create configmap settings')).err).toBe('error: failed to create configmap: configmaps "settings" already exists\n');
  });

  test('empties a node and takes it back', async () => {
    expect(await ok('cordon node-2')).toBe('node/node-2 cordoned\n');
    expect(await ok('drain node-2 --force --timeout=20s')).toContain('node/node-2 drained');
    expect(await ok('get pods --field-selector spec.nodeName=node-2 --no-headers')).toBe('');
    expect(await ok('taint node node-2 a=b:NoSchedule')).toContain('tainted');
    expect(await ok('uncordon node-2')).toBe('node/node-2 uncordoned\n');
  });
});
