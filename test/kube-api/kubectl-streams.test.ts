import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AServedCluster } from './a-served-cluster.ts';

/** Which kubectl: `KUBECTL=/path/to/kubectl` tries another one. Before 1.30 it speaks SPDY, since then WebSockets; ports are forwarded over both inside of each other since 1.31. */
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';

function isThere(): boolean {
  try {
    execFileSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!isThere())('kubectl, connected', { timeout: 60_000 }, () => {
  let served: AServedCluster;
  let pod: string;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    served = await AServedCluster.start();
    pod = served.cluster.pods('checkout')[0]?.metadata.name ?? '';
  });
  afterAll(async () => {
    for (const child of children) child.kill();
    await served.stop();
  });

  const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '', HOME: served.folder, KUBECONFIG: served.kubeconfig });

  interface Ran {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }

  const run = (words: readonly string[], input = ''): Promise<Ran> => new Promise((resolve) => {
    const child = execFile(KUBECTL, [...words], { env: environment(), encoding: 'latin1', timeout: 20_000, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }));
    child.stdin?.end(Buffer.from(input, 'latin1'));
  });

  /** Forwards a free port of this machine until the test is over. */
  const forward = async (target: string, port: number): Promise<{ readonly port: number; readonly said: () => string }> => {
    const free = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port: found } = server.address() as AddressInfo;
        server.close(() => resolve(found));
      });
    });
    const child = spawn(KUBECTL, ['port-forward', target, `${free}:${port}`], { env: environment() });
    children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    await expect.poll(() => said, { timeout: 10_000 }).toContain('Forwarding from');
    return { port: free, said: () => said };
  };

  const ask = (port: number, path: string, body = ''): Promise<string> => new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method: 'POST', headers: { 'content-length': Buffer.byteLength(body) }, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); }).on('end', () => resolve(`${response.statusCode} ${text}`));
    });
    call.on('error', reject).end(body);
  });

  test('runs a command, hears both of its outputs and how it ended', async () => {
    expect(await run(['exec', pod, '--', 'echo', 'hello', 'world'])).toEqual({ code: 0, out: 'hello world\n', err: '' });
    expect(await run(['exec', `deploy/checkout`, '-c', 'app', '--', 'fail', '3'])).toEqual({ code: 3, out: '', err: 'it went wrong\ncommand terminated with exit code 3\n' });
    const none = await run(['exec', pod, '--', 'bash']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('error: Internal error occurred: error executing command in container: ') as string });
    expect((await run(['exec', pod, '-c', 'nope', '--', 'echo'])).err).toBe(`Error from server (BadRequest): container nope is not valid for pod ${pod}\n`);
    expect((await run(['exec', 'nope', '--', 'echo'])).err).toBe('Error from server (NotFound): pods "nope" not found\n');
  });

  test('pipes what is large through a container, either way', async () => {
    const bytes = Array.from({ length: 300_000 }, (_, nth) => String.fromCharCode((nth * 31) % 256)).join('');
    expect((await run(['exec', '-i', pod, '--', 'cat'], bytes)).out === bytes).toBe(true);
    expect((await run(['exec', pod, '--', 'flood', '3000000'])).out).toHaveLength(3_000_000);
  });

  test('joins the process of a container', async () => {
    expect(await run(['attach', '-i', pod, '-c', 'app'], 'to the process itself')).toMatchObject({ code: 0, out: expect.stringContaining('to the process itself') as string });
  });

  test('forwards ports to pods and, by itself, of Services', async () => {
    const { port } = await forward(`pod/${pod}`, 8080);
    expect(await ask(port, '/echo?a=b', 'a body')).toBe('200 POST /echo?a=b a body\n');
    expect(await ask(port, '/nothing')).toBe('404 there is nothing\n');
    expect((await Promise.all(Array.from({ length: 8 }, (_, nth) => ask(port, `/echo?${nth}`))))).toHaveLength(8);
    const service = await forward('svc/checkout', 80);
    expect(await ask(service.port, '/echo')).toBe('200 POST /echo \n');
    const closed = await forward(`pod/${pod}`, 9999);
    await expect(ask(closed.port, '/')).rejects.toThrow();
    await expect.poll(closed.said).toMatch(/an error occurred forwarding \d+ -> 9999: error forwarding port 9999 to pod [0-9a-f]{64}, uid : .*connect: connection refused/);
  });

  test('reaches what is behind Services, pods and nodes through the API server', async () => {
    expect((await run(['get', '--raw', '/api/v1/namespaces/shop/services/checkout:http/proxy/echo'])).out).toBe('GET /echo \n');
    expect((await run(['get', '--raw', `/api/v1/namespaces/shop/pods/${pod}:81/proxy/`])).err).toMatch(/^Error from server \(ServiceUnavailable\): error trying to reach service: dial tcp/);
    expect((await run(['get', '--raw', '/api/v1/namespaces/shop/services/checkout/proxy/'])).err).toBe('Error from server (ServiceUnavailable): no endpoints available for service "checkout"\n');
    expect((await run(['get', '--raw', '/api/v1/nodes/node-1/proxy/healthz'])).out).toBe('ok');
  });

  test('adds a debugger to a pod, beside a copy of it, and on a node', async () => {
    expect(await run(['debug', pod, '--image=busybox:1.36', '--target=app', '-c', 'looker'])).toMatchObject({ code: 0 });
    expect((await run(['get', 'pod', pod, '-o', 'jsonpath={.spec.ephemeralContainers[*].name}'])).out).toBe('looker');
    expect((await run(['describe', 'pod', pod])).out).toMatch(/Ephemeral Containers:\n +looker:/);
    expect((await run(['debug', pod, '--image=busybox:1.36', '--target=nope', '-c', 'other'])).err).toContain('targetContainerName: Not found: "nope"');
    expect(await run(['debug', pod, '--image=busybox:1.36', '--copy-to=copy', '-c', 'beside'])).toMatchObject({ code: 0 });
    expect((await run(['get', 'pod', 'copy', '-o', 'jsonpath={.spec.containers[*].name}'])).out).toBe('app beside');
    expect(await run(['debug', 'node/node-1', '--image=busybox:1.36'])).toMatchObject({ code: 0, err: expect.anything() as string });
  });

  test('reads logs in every way', async () => {
    const lines = (await run(['logs', pod, '--tail=3'])).out;
    expect(lines).toMatch(/^(?:line \d+\n){3}$/);
    expect((await run(['logs', pod, '--limit-bytes=4'])).out).toBe('line');
    expect((await run(['logs', '-l', 'app=checkout', '--prefix', '--tail=1'])).out).toMatch(/^(?:\[pod\/checkout-\S+\/app\] line \d+\n){3}$/);
    expect((await run(['logs', pod, '--all-containers', '--since=25s'])).out).toMatch(/^(?:line \d+\n){2,4}$/);
    expect((await run(['logs', pod, '-c', 'nope'])).err).toContain(`container nope is not valid for pod ${pod}`);
    expect((await run(['logs', pod, '--previous'])).err).toContain(`previous terminated container "app" in pod "${pod}" not found`);
  });

  test('behaves as on a terminal where there is one', async () => {
    // `script` gives a terminal to what it runs.
    const child = spawn('script', ['-qefc', `${KUBECTL} exec -it ${pod} -- screen`, '/dev/null'], { env: { ...environment(), SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'pipe'] });
    const missing = await new Promise<boolean>((resolve) => { child.on('error', () => resolve(true)).on('spawn', () => resolve(false)); });
    if (missing) return;
    children.push(child);
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => { heard += chunk.toString(); });
    const said = (): string => heard;
    await expect.poll(said, { timeout: 10_000 }).toContain('ready\r\n');
    child.stdin.write('typed');
    await expect.poll(said).toContain('typed');
    child.stdin.write('\u0003');
    expect(await new Promise((resolve) => { child.on('close', resolve); })).toBe(130);
    expect(said()).toContain('command terminated with exit code 130');
  });
});
