import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'gameday-sandbox-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WEBSHOP = new URL('../../scenarios/clusters/webshop', import.meta.url).pathname;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  /** The first line that it prints. */
  readonly ready: Promise<string>;
  readonly ended: Promise<Ended>;
}

function sandbox(...words: readonly string[]): Running {
  const child = spawn(process.execPath, [new URL('sandbox-child.ts', import.meta.url).pathname, ...words], { env: { ...process.env, XDG_STATE_HOME: folder } });
  let [out, err] = ['', ''];
  const ended = new Promise<Ended>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString(); });
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }));
  });
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')));
    });
    void ended.then(() => resolve(out));
  });
  return { child, ready, ended };
}

interface Config {
  readonly 'current-context': string;
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
  readonly contexts: readonly [{ readonly context: { readonly namespace: string } }];
}

/** GET as a client does that knows nothing but the kubeconfig. */
function get(path: string, kubeconfig: string): Promise<{ readonly code: number; readonly text: string }> {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Config;
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${config.users[0].user.token}` };
    request(`${server}${path}`, { ca: Buffer.from(ca, 'base64'), headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); }).on('end', () => resolve({ code: response.statusCode ?? 0, text })).on('error', reject);
    }).on('error', reject).end();
  });
}

describe('gameday sandbox', () => {
  test('says where it is, serves the cluster of a folder, and goes without a trace on Ctrl-C', async () => {
    const { child, ready, ended } = sandbox(WEBSHOP, '--json', '--speed', '10');
    const { kubeconfig, server, context } = JSON.parse(await ready) as { kubeconfig: string; server: string; context: string };
    expect(context).toBe('gameday-webshop');
    const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Config;
    expect(config).toMatchObject({ 'current-context': context, clusters: [{ cluster: { server } }], contexts: [{ context: { namespace: 'shop' } }] });
    const pods = await get('/api/v1/namespaces/shop/pods', kubeconfig);
    expect(pods.code).toBe(200);
    expect((JSON.parse(pods.text) as { items: unknown[] }).items.length).toBeGreaterThan(10);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, err: '' });
    expect(existsSync(kubeconfig)).toBe(false);
  });

  test('stops when its time is up, though somebody still watches', async () => {
    const kubeconfig = join(folder, 'mine.yaml');
    const { ready, ended } = sandbox(WEBSHOP, '--kubeconfig', kubeconfig, '--for', '1s');
    expect(await ready).toMatch(/^The cluster is ready at https:\/\/127\.0\.0\.1:\d+$/);
    const watch = get('/api/v1/pods?watch=true', kubeconfig).catch(() => 'cut off');
    expect(await ended).toMatchObject({ code: 0, err: '' });
    await watch;
    expect(existsSync(kubeconfig)).toBe(true);
  });

  test('serves the cluster of a scenario as its changes left it, with what there was before to go back to', async () => {
    const { child, ready, ended } = sandbox(new URL('../../scenarios/slow-site.yaml', import.meta.url).pathname, '--json');
    const { kubeconfig } = JSON.parse(await ready) as { kubeconfig: string };
    const { text } = await get('/apis/apps/v1/namespaces/shop/replicasets?labelSelector=app%3Dsearch', kubeconfig);
    const sets = (JSON.parse(text) as { items: { spec: { replicas: number; template: { spec: { containers: { image: string }[] } } } }[] }).items;
    const images = sets.map(({ spec }) => [spec.template.spec.containers[0]?.image.split(':')[1], spec.replicas]);
    expect(images).toHaveLength(2);
    expect(images).toEqual(expect.arrayContaining([['2.8.0', 0], ['2.8.1', 2]]));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ err: '' });
  });

  test('gives each seat a kubeconfig of its own, with its role', async () => {
    const kubeconfig = join(folder, 'seats.yaml');
    const { child, ready, ended } = sandbox(WEBSHOP, '--json', '--kubeconfig', kubeconfig, '--role', 'view', '--seat', 'ana=shop/edit', '--seat', 'ben');
    const { seats } = JSON.parse(await ready) as { seats: { name: string; role: string; context: string; kubeconfig: string }[] };
    expect(seats).toEqual([
      { name: 'ana', role: 'shop/edit', context: 'gameday-webshop-ana', kubeconfig: join(folder, 'seats.ana.yaml') },
      { name: 'ben', role: 'view', context: 'gameday-webshop-ben', kubeconfig: join(folder, 'seats.ben.yaml') },
    ]);
    const codes = async (path: string): Promise<number[]> => Promise.all(seats.map(async (seat) => (await get(path, seat.kubeconfig)).code));
    expect(await codes('/api/v1/namespaces/shop/secrets')).toEqual([200, 403]);
    expect(await codes('/api/v1/namespaces/shop/pods')).toEqual([200, 200]);
    expect(await codes('/api/v1/pods')).toEqual([403, 200]);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, err: '' });
  });

  test('serves the bare API, with nothing behind it', async () => {
    const { child, ready, ended } = sandbox('--bare', '--json');
    const { kubeconfig, context } = JSON.parse(await ready) as { kubeconfig: string; context: string };
    expect(context).toBe('gameday-bare');
    const names = async (path: string): Promise<string[]> => (JSON.parse((await get(path, kubeconfig)).text) as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    expect(await names('/api/v1/namespaces')).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect([await names('/api/v1/nodes'), await names('/api/v1/pods')]).toEqual([[], []]);
    expect(await names('/api/v1/namespaces/default/serviceaccounts')).toEqual(['default']);
    child.kill('SIGTERM');
    await ended;
  });

  test('says in a sentence why it cannot', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
    const { port } = taken.address() as AddressInfo;
    const refusals: readonly (readonly [words: readonly string[], sentence: RegExp])[] = [
      [[join(folder, 'nothing.yaml')], /There is no file/],
      [[folder], /A cluster is a folder with objects\.yaml and traffic\.yaml\./],
      [[WEBSHOP, '--role', 'viewer'], /^There is no ClusterRole "viewer"\. There are: admin, cluster-admin, edit, view\.\n$/],
      [[WEBSHOP, '--seat', 'ana=nowhere/view'], /^There is no namespace "nowhere" for the role nowhere\/view\.\n$/],
      [[], /give --bare/],
      [[WEBSHOP, '--port', String(port)], new RegExp(`^Port ${port} is taken\\. Give another with --port, or none for any free one\\.\n$`)],
    ];
    // At once: most of what each takes is its start.
    const ended = await Promise.all(refusals.map(async ([words]) => sandbox(...words).ended));
    for (const [at, [, sentence]] of refusals.entries()) expect(ended[at]).toMatchObject({ code: 2, out: '', err: expect.stringMatching(sentence) as string });
    taken.close();
  });
});
