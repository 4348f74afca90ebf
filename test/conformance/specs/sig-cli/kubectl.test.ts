import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AKubectl, kubectlMinor } from '../../a-kubectl.ts';
import { AGNHOST, aPod, BUSYBOX, HTTPD, PAUSE } from '../an-e2e-cluster.ts';

const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';
const MINOR = kubectlMinor(KUBECTL);
const CLUSTER = new URL('../../../../scenarios/clusters/webshop', import.meta.url).pathname;

/** After test/e2e/kubectl/kubectl.go and logs.go, with the real kubectl. */
describe.skipIf(MINOR === null)('[sig-cli]', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-specs-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const k = new AKubectl(KUBECTL, MINOR ?? 0, kubeconfig);
  let child: ChildProcess;
  let nth = 0;
  let ns = '';

  beforeAll(async () => {
    child = spawn(process.execPath, [new URL('../../../kube-api/sandbox-child.ts', import.meta.url).pathname, CLUSTER, '--kubeconfig', kubeconfig, '--speed', '10'], { env: { ...process.env, XDG_STATE_HOME: folder } });
    await new Promise((resolve) => { child.stdout?.once('data', resolve); });
  });
  beforeEach(async () => {
    ns = `kubectl-${++nth}`;
    await k.ok(`create namespace ${ns}`);
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => { child.on('close', resolve); });
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  const primary = { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'agnhost-primary', labels: { app: 'agnhost', role: 'primary' } }, spec: { replicas: 1, selector: { app: 'agnhost', role: 'primary' }, template: { metadata: { labels: { app: 'agnhost', role: 'primary' } }, spec: { containers: [{ name: 'agnhost-primary', image: AGNHOST, args: ['guestbook', '--http-port', '6379'], ports: [{ name: 'agnhost-server', containerPort: 6379 }] }] } } } };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'agnhost-primary', labels: { app: 'agnhost', role: 'primary' } }, spec: { ports: [{ port: 6379, targetPort: 'agnhost-server' }], selector: { app: 'agnhost', role: 'primary' } } };
  const until = (line: string, out: string | RegExp): Promise<void> => expect.poll(async () => (await k.run(line)).out, { timeout: 30_000 }).toMatch(out);
  const created = async (...objects: readonly object[]): Promise<void> => {
    for (const object of objects) await k.ok(`create -n ${ns} -f -`, { stdin: JSON.stringify(object) });
  };
  const primaryPod = async (): Promise<string> => {
    await until(`get pods -n ${ns} -l app=agnhost -o 'jsonpath={.items[*].status.phase}'`, /^Running$/);
    return k.ok(`get pods -n ${ns} -l app=agnhost -o 'jsonpath={.items[0].metadata.name}'`);
  };

  it('Kubectl client Kubectl api-versions should check if v1 is in available api versions [Conformance]', async () => {
    expect((await k.ok('api-versions')).split('\n')).toContain('v1');
  });

  it('Kubectl client Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info [Conformance]', async () => {
    for (const word of ['Kubernetes control plane', 'is running at']) expect(await k.ok('cluster-info')).toContain(word);
  });

  it('Kubectl client Kubectl describe should check if kubectl describe prints relevant information for rc and pods [Conformance]', async () => {
    await created(primary, service);
    const pod = await primaryPod();
    const said = await k.ok(`describe pod ${pod} -n ${ns}`);
    for (const word of [/^Name: +agnhost-primary-/m, /^Namespace: /m, /^Node: /m, /^Labels: +app=agnhost/m, /role=primary/, /^Annotations:/m, /^Status: +Running/m, /^IP: /m, /^Controlled By: +ReplicationController\/agnhost-primary/m, /^ +Image: /m, /^ +State: +Running/m, /^QoS Class: +BestEffort/m]) expect(said).toMatch(word);
    for (const word of [/^Name: +agnhost-primary/m, /^Selector: +app=agnhost,role=primary/m, /^Replicas: +1 current \/ 1 desired/m, /^Pods Status: +1 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed/m, /^Pod Template:/m, /^Events:/m]) expect(await k.ok(`describe rc agnhost-primary -n ${ns}`)).toMatch(word);
    for (const word of [/^Type: +ClusterIP/m, /^IP: /m, /^Port: +<unset> +6379\/TCP/m, /^Endpoints: /m, /^Session Affinity: +None/m]) expect(await k.ok(`describe service agnhost-primary -n ${ns}`)).toMatch(word);
    for (const word of [/^Name: +worker-1/m, /^Labels:/m, /^Annotations:/m, /^CreationTimestamp:/m, /^Conditions:/m, /^Addresses:/m, /^Capacity:/m, /Kubelet Version/, /Kernel Version:/, /OS Image:/, /Container Runtime Version:/, /^Non-terminated Pods:/m]) expect(await k.ok('describe node worker-1')).toMatch(word);
    for (const word of [new RegExp(`^Name: +${ns}`, 'm'), /^Labels:/m, /^Status: +Active/m, /^No resource quota/m, /^No LimitRange resource/m]) expect(await k.ok(`describe namespace ${ns}`)).toMatch(word);
  });

  it('Kubectl client Kubectl diff should check if kubectl diff finds a difference for Deployments [Conformance]', async () => {
    const deployment = (image: string): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'httpd-deployment' }, spec: { replicas: 2, selector: { matchLabels: { app: 'httpd' } }, template: { metadata: { labels: { app: 'httpd' } }, spec: { containers: [{ name: 'httpd', image, ports: [{ containerPort: 80 }] }] } } } });
    await created(deployment(HTTPD));
    const { code, out } = await k.run(`diff -n ${ns} -f -`, { stdin: JSON.stringify(deployment(BUSYBOX)) });
    expect([code, out.includes(`-        image: ${HTTPD}`) || out.includes(`image: ${HTTPD}`), out.includes(`image: ${BUSYBOX}`)]).toEqual([1, true, true]);
  });

  it('Kubectl client Kubectl expose should create services for rc [Conformance]', async () => {
    await created(primary);
    await primaryPod();
    await k.ok(`expose rc agnhost-primary --name=rm2 --port=1234 --target-port=6379 -n ${ns}`);
    await k.ok(`expose service rm2 --name=rm3 --port=2345 --target-port=6379 -n ${ns}`);
    for (const [name, port] of [['rm2', 1234], ['rm3', 2345]] as const) {
      expect(await k.ok(`get service ${name} -n ${ns} -o 'jsonpath={.spec.ports[0].port} {.spec.ports[0].targetPort}'`)).toBe(`${port} 6379`);
      await until(`get endpoints ${name} -n ${ns} -o 'jsonpath={.subsets[0].ports[0].port}'`, /^6379$/);
    }
  });

  it('Kubectl client Kubectl label should update the label on a resource [Conformance]', async () => {
    await created(aPod('pause', { labels: { name: 'pause' }, container: { name: 'pause', image: PAUSE } }));
    await until(`get pod pause -n ${ns} -o 'jsonpath={.status.phase}'`, /^Running$/);
    await k.ok(`label pods pause testing-label=testing-label-value -n ${ns}`);
    expect(await k.ok(`get pod pause -L testing-label -n ${ns}`)).toContain('testing-label-value');
    await k.ok(`label pods pause testing-label- -n ${ns}`);
    expect(await k.ok(`get pod pause -L testing-label -n ${ns}`)).not.toContain('testing-label-value');
  });

  it('Kubectl client Kubectl patch should add annotations for pods in rc [Conformance]', async () => {
    await created(primary);
    const pod = await primaryPod();
    await k.ok(`patch pod ${pod} -n ${ns} -p '{"metadata":{"annotations":{"x":"y"}}}'`);
    expect(await k.ok(`get pod ${pod} -n ${ns} -o 'jsonpath={.metadata.annotations.x}'`)).toBe('y');
  });

  it("Kubectl client Kubectl replace should update a single-container pod's image [Conformance]", async () => {
    await k.ok(`run e2e-test-httpd-pod --image=${HTTPD} --labels=run=e2e-test-httpd-pod -n ${ns}`);
    await until(`get pod e2e-test-httpd-pod -n ${ns} -o 'jsonpath={.status.phase}'`, /^Running$/);
    const pod = await k.ok(`get pod e2e-test-httpd-pod -n ${ns} -o json`);
    await k.ok(`replace -f - -n ${ns}`, { stdin: pod.replaceAll(`"image": "${HTTPD}"`, `"image": "${BUSYBOX}"`) });
    expect(await k.ok(`get pod e2e-test-httpd-pod -n ${ns} -o 'jsonpath={.spec.containers[0].image}'`)).toBe(BUSYBOX);
  });

  it('Kubectl client Kubectl run pod should create a pod from an image when restart is Never [Conformance]', async () => {
    await k.ok(`run e2e-test-httpd-pod --restart=Never --image=${HTTPD} -n ${ns}`);
    expect(await k.ok(`get pod e2e-test-httpd-pod -n ${ns} -o 'jsonpath={.spec.containers[0].image} {.spec.restartPolicy}'`)).toBe(`${HTTPD} Never`);
  });

  it('Kubectl client Kubectl server-side dry-run should check if kubectl can dry-run update Pods [Conformance]', async () => {
    await k.ok(`run e2e-test-httpd-pod --image=${HTTPD} --labels=run=e2e-test-httpd-pod -n ${ns}`);
    await k.ok(`patch pod e2e-test-httpd-pod -n ${ns} --dry-run=server -p '{"spec":{"containers":[{"name":"e2e-test-httpd-pod","image":"${BUSYBOX}"}]}}'`);
    expect(await k.ok(`get pod e2e-test-httpd-pod -n ${ns} -o 'jsonpath={.spec.containers[0].image}'`)).toBe(HTTPD);
  });

  it('Kubectl client Kubectl version should check is all data is printed [Conformance]', async () => {
    for (const word of ['Client Version: ', 'Server Version: ']) expect(await k.ok('version')).toContain(word);
  });

  it('Kubectl client Proxy server should support proxy with --port 0 [Conformance]', async () => {
    const versions = await k.during('proxy -p 0', async (said) => (await fetch(`http://127.0.0.1:${/127\.0\.0\.1:(\d+)/.exec(said)?.[1]}/api/`)).json() as Promise<{ versions: string[] }>);
    expect(versions.versions).toContain('v1');
  });

  it('Kubectl client Proxy server should support --unix-socket=/path [Conformance]', async () => {
    const socketPath = join(folder, 'proxy.sock');
    const text = await k.during(`proxy --unix-socket=${socketPath}`, async () => {
      await expect.poll(() => existsSync(socketPath)).toBe(true);
      return new Promise<string>((resolve, reject) => {
        request({ socketPath, path: '/api/', headers: { host: 'localhost' } }, (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => resolve(body));
        }).on('error', reject).end();
      });
    });
    expect((JSON.parse(text) as { versions: string[] }).versions).toContain('v1');
  });

  for (const title of ['Update Demo should create and stop a replication controller [Conformance]', 'Update Demo should scale a replication controller [Conformance]']) {
    it(`Kubectl client ${title}`, async () => {
      const labels = { name: 'update-demo', version: 'nautilus' };
      await created({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'update-demo-nautilus' }, spec: { replicas: 2, selector: labels, template: { metadata: { labels }, spec: { containers: [{ image: 'registry.k8s.io/e2e-test-images/nautilus:1.7', name: 'update-demo', ports: [{ containerPort: 80, protocol: 'TCP' }] }] } } } });
      const running = (count: number): Promise<void> => until(`get pods -n ${ns} -l name=update-demo -o 'go-template={{range .items}}{{if (exists . "status" "containerStatuses")}}{{range .status.containerStatuses}}{{if (and (eq .name "update-demo") (exists . "state" "running"))}}true {{end}}{{end}}{{end}}{{end}}'`, new RegExp(`^(?:true ){${count}}$`));
      await running(2);
      if (title.includes('scale')) {
        for (const replicas of [1, 2]) {
          await k.ok(`scale rc update-demo-nautilus --replicas=${replicas} --timeout=5m -n ${ns}`);
          await running(replicas);
        }
      }
      await k.ok(`delete --grace-period=0 --force rc update-demo-nautilus -n ${ns}`);
      await until(`get pods -n ${ns} -l name=update-demo --no-headers --ignore-not-found`, /^$/);
    });
  }

  it('Kubectl logs logs should be able to retrieve and filter logs [Conformance]', async () => {
    await k.ok(`run logs-generator --image=${AGNHOST} --restart=Never -n ${ns} -- logs-generator --log-lines-total 100 --run-duration 20s`);
    await until(`get pod logs-generator -n ${ns} -o 'jsonpath={.status.phase}'`, /^(?:Running|Succeeded)$/);
    await until(`logs logs-generator logs-generator -n ${ns}`, /\/api\/v1\/namespaces/);
    expect(await k.ok(`logs logs-generator logs-generator --tail=1 -n ${ns}`)).toMatch(/^[^\n]+\/api\/v1\/namespaces[^\n]+\n$/);
    expect(await k.ok(`logs logs-generator logs-generator --limit-bytes=1 -n ${ns}`)).toHaveLength(1);
    expect(await k.ok(`logs logs-generator logs-generator --tail=1 --timestamps -n ${ns}`)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d) /);
    const all = (await k.ok(`logs logs-generator logs-generator --since=24h -n ${ns}`)).split('\n').length;
    expect((await k.ok(`logs logs-generator logs-generator --since=1s -n ${ns}`)).split('\n').length).toBeLessThanOrEqual(all);
  });
});

