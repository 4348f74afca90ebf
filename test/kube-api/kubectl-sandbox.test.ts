import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Which kubectl: `KUBECTL=/path/to/kubectl` tries another one. */
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';
const WEBSHOP = new URL('../../scenarios/clusters/webshop', import.meta.url).pathname;

function isThere(): boolean {
  try {
    execFileSync(KUBECTL, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A whole sandbox: the webshop, its programs, and the containers that people start beside them. */
describe.skipIf(!isThere())('kubectl in a sandbox', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-kubectl-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let child: ChildProcess;
  let pod: string;

  const run = (words: readonly string[], input = ''): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => new Promise((resolve) => {
    const started = execFile(KUBECTL, [...words], { env: { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: kubeconfig }, encoding: 'utf8', timeout: 30_000 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }));
    started.stdin?.end(input);
  });

  beforeAll(async () => {
    child = spawn(process.execPath, [new URL('sandbox-child.ts', import.meta.url).pathname, WEBSHOP, '--kubeconfig', kubeconfig, '--speed', '5'], { env: { ...process.env, XDG_STATE_HOME: folder } });
    await new Promise((resolve) => { child.stdout?.once('data', resolve); });
    pod = (await run(['get', 'pods', '-l', 'app=checkout', '-o', 'jsonpath={.items[0].metadata.name}'])).out;
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => { child.on('close', resolve); });
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });

  test('copies a folder into a container, and out again the same', async () => {
    const from = join(folder, 'from');
    mkdirSync(join(from, 'deep'), { recursive: true });
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, nth) => (nth * 31) % 256));
    writeFileSync(join(from, 'deep', 'bytes'), bytes);
    writeFileSync(join(from, 'words'), 'some words\n');
    expect(await run(['cp', from, `${pod}:/tmp/copied`])).toMatchObject({ code: 0 });
    expect((await run(['exec', pod, '--', 'cat', '/tmp/copied/words'])).out).toBe('some words\n');
    expect(await run(['cp', `${pod}:/tmp/copied`, join(folder, 'back')])).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'back', 'deep', 'bytes')).equals(bytes)).toBe(true);
    // What tar says of it comes out with the other output: kubectl has it so.
    expect(await run(['cp', `${pod}:/no/such`, join(folder, 'none')])).toMatchObject({ code: 1, out: expect.stringContaining('/no/such: No such file or directory') as string });
  });

  test('runs a command in a shell, with its input, and in a pod of its own that goes afterwards', async () => {
    expect(await run(['exec', '-i', pod, '--', 'sh'], 'echo $HOSTNAME | tr a-z A-Z\nexit 7\n')).toMatchObject({ code: 7, out: `${pod.toUpperCase()}\n` });
    const own = await run(['run', 'once', '--rm', '-i', '--restart=Never', '--image=busybox', '--', 'sh'], 'read word; echo "heard $word"\n4711\nexit 3\n');
    expect(own.out).toContain('heard 4711');
    expect(own.code).toBe(3);
    expect((await run(['get', 'pod', 'once'])).err).toContain('NotFound');
  });

  test('puts a debugger beside a program, and reads the logs of either', async () => {
    expect(await run(['debug', pod, '--image=busybox', '-c', 'looker', '--', 'sh', '-c', 'echo looking; sleep 1000'])).toMatchObject({ code: 0 });
    await expect.poll(async () => (await run(['logs', pod, '-c', 'looker'])).out, { timeout: 20_000 }).toBe('looking\n');
    expect((await run(['exec', pod, '-c', 'looker', '--', 'ps'])).out).toContain('sleep 1000');
    expect((await run(['logs', pod, '--tail=1'])).out).not.toContain('looking');
  });

  test('reaches a Service through the API server', async () => {
    expect((await run(['get', '--raw', '/api/v1/namespaces/shop/services/checkout:80/proxy/'])).out).toContain('"status":"ok"');
  });
});
