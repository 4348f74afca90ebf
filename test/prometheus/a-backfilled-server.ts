import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real Prometheus over blocks that `promtool` made of an OpenMetrics text. It scrapes nothing. */
export class ABackfilledServer {
  readonly url: string;
  readonly folder: string;
  readonly #child: ChildProcess;

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.#child = child;
  }

  /** Throws what promtool says where it refuses the text. */
  static async start(openMetrics: string, rules: string | null = null): Promise<ABackfilledServer> {
    const folder = mkdtempSync(join(tmpdir(), 'backfilled-'));
    const text = join(folder, 'export.txt');
    writeFileSync(text, openMetrics);
    const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, join(folder, 'data')], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    writeFileSync(join(folder, 'prometheus.yml'), rules === null ? '{}' : JSON.stringify({ global: { scrape_interval: '15s', evaluation_interval: '15s' }, rule_files: [rules] }));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = spawn('prometheus', [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--storage.tsdb.retention.time=50y', '--enable-feature=promql-at-modifier,promql-negative-offset', `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
    for (let waited = 0; waited < 200; waited++) {
      await sleep(100);
      const ready = await fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false);
      if (ready) return new ABackfilledServer(url, folder, child);
    }
    child.kill('SIGKILL');
    throw new Error('prometheus does not come up');
  }

  stop(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
