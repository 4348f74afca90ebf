import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';

/*
 * A real Prometheus scrapes a sandbox at the pace of real life, by service discovery and through the Kubernetes API with its CA
 * and a token. Takes two minutes: `npm run prometheus:real`. Skipped where the machine has no prometheus and promtool.
 */

const wanted = process.env['MODE'] === 'prometheus' && ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version']).status === 0);
/** Scrapes of so long are looked back on. */
const SCRAPED_MS = 100_000;

describe.runIf(wanted)('a real Prometheus beside a sandbox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gameday-prometheus-'));
  const children: ChildProcess[] = [];
  let ours = '';
  let theirs = '';

  beforeAll(async () => {
    const kubeconfig = join(folder, 'kubeconfig.yaml');
    const sandbox = run('node', ['dist/gameday.mjs', 'sandbox', 'scenarios/clusters/webshop', '--kubeconfig', kubeconfig, '--prometheus', '--for', '10m', '--json']);
    const told = JSON.parse(await firstLine(sandbox)) as { readonly server: string; readonly prometheus: string };
    ours = told.prometheus;
    writeFileSync(join(folder, 'prometheus.yml'), await configuration(told.server, kubeconfig));
    const port = await freePort();
    theirs = `http://127.0.0.1:${port}`;
    run('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'tsdb')}`, `--web.listen-address=127.0.0.1:${port}`]);
    await sleep(SCRAPED_MS);
  }, SCRAPED_MS + 60_000);

  afterAll(() => {
    for (const child of children) child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  test('finds every target up, and reads rates as the sandbox has them', async () => {
    expect(await ask(theirs, 'count(up == 0) or vector(0)')).toEqual(new Map([['', 0]]));
    // The model's truth of a window that both have seen.
    const atS = Math.floor(Date.now() / 1000) - 15;
    const query = 'sum by (service) (rate(http_requests_total{job!="through-the-api"}[1m]))';
    const [truth, scraped] = [await ask(ours, query, atS), await ask(theirs, query, atS)];
    expect(scraped.size).toBe(11);
    for (const [service, rate] of truth) expect(Math.abs((scraped.get(service) as number) - rate), service).toBeLessThan(Math.max(0.02 * rate, 3 / 60));
    const through = await ask(theirs, 'sum(rate(http_requests_total{job="through-the-api"}[1m]))', atS);
    const direct = await ask(theirs, 'sum(rate(http_requests_total{job!="through-the-api"}[1m]))', atS);
    expect((through.get('') as number) / (direct.get('') as number)).toBeCloseTo(1, 1);
  });

  test.each(['sum(kube_deployment_status_replicas_available)', 'count(kube_pod_status_phase{phase="Running"} == 1)', 'sum(pg_settings_max_connections)', 'count by (__name__) ({__name__=~"kube_.+"})'])('%s is the same on both sides', async (query) => {
    expect(await ask(ours, query)).toEqual(await ask(theirs, query));
  });

  test('promtool reads the pages, the rules and the query API', async () => {
    for (const target of ['kube-state-metrics', 'cadvisor/worker-1']) {
      const text = await (await fetch(`${ours}/metrics?target=${encodeURIComponent(target)}`)).text();
      expect(spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' }), target).toMatchObject({ status: 0 });
    }
    expect(spawnSync('promtool', ['check', 'rules', 'scenarios/clusters/webshop/rules.yaml']).status).toBe(0);
    const said = spawnSync('promtool', ['query', 'instant', ours, 'count(up)'], { encoding: 'utf8' });
    expect(said.stdout).toMatch(/^\{\} => \d+ @/);
    expect(spawnSync('promtool', ['query', 'instant', ours, 'sum('], { encoding: 'utf8' }).stderr).toContain('1:5: parse error: unclosed left parenthesis');
    const nowS = Math.floor(Date.now() / 1000);
    expect(spawnSync('promtool', ['query', 'range', `--start=${nowS - 60}`, `--end=${nowS}`, '--step=15s', ours, 'sum(up)'], { encoding: 'utf8' }).stdout.trim().split('\n').length).toBeGreaterThan(3);
  });

  function run(program: string, args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    return child;
  }

  /** Targets by discovery from the sandbox, and again through the Kubernetes API's proxies. */
  async function configuration(server: string, kubeconfig: string): Promise<string> {
    const { clusters, users } = parseYaml(readFileSync(kubeconfig, 'utf8')) as { clusters: [{ cluster: { 'certificate-authority-data': string } }]; users: [{ user: { token: string } }] };
    writeFileSync(join(folder, 'ca.crt'), Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64'));
    writeFileSync(join(folder, 'token'), users[0].user.token);
    const { data: { activeTargets } } = (await (await fetch(`${ours}/api/v1/targets`)).json()) as { data: { activeTargets: readonly { labels: Record<string, string> }[] } };
    const proxied = activeTargets.filter(({ labels }) => labels['pod'] !== undefined && !['postgres', 'redis'].includes(labels['job'] ?? '')).map(({ labels }) => ({ targets: [server.replace('https://', '')], labels: { pod: labels['pod'], __metrics_path__: `/api/v1/namespaces/shop/pods/${labels['pod']}:${labels['instance']?.split(':')[1]}/proxy/metrics` } }));
    writeFileSync(join(folder, 'pods.json'), JSON.stringify(proxied));
    return JSON.stringify({
      global: { scrape_interval: '5s' },
      scrape_configs: [
        { job_name: 'discovered', http_sd_configs: [{ url: `${ours}/service-discovery.json` }] },
        { job_name: 'through-the-api', scheme: 'https', tls_config: { ca_file: join(folder, 'ca.crt') }, authorization: { credentials_file: join(folder, 'token') }, file_sd_configs: [{ files: [join(folder, 'pods.json')] }] },
      ],
    });
  }
});

/** Values of an instant query by what tells its elements apart. */
async function ask(base: string, query: string, atS?: number): Promise<Map<string, number>> {
  const time = atS === undefined ? '' : `&time=${atS}`;
  const { data } = (await (await fetch(`${base}/api/v1/query?query=${encodeURIComponent(query)}${time}`)).json()) as { data: { result: readonly { metric: Record<string, string>; value: [number, string] }[] } };
  const entries = data.result.map(({ metric, value }) => [Object.values(metric).join(), Number(value[1])] as const);
  return new Map(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

async function firstLine(child: ChildProcess): Promise<string> {
  return await new Promise((resolve) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
}

async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
