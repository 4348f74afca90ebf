import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { User } from '../../src/kube-api/answer.ts';
import { seatUser } from '../../src/kube-api/authorization/seats.ts';
import type { RequestRecord } from '../../src/kube-api/request-record.ts';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { ApiListener } from '../../src/outside/api-listener.ts';
import { writeKubeconfig } from '../../src/outside/kubeconfig.ts';
import { TokenKey } from '../../src/outside/token-key.ts';
import { loopbackCertificates, type LoopbackCertificates } from '../../src/outside/loopback-certificates.ts';
import { SmallProcesses } from './small-processes.ts';
import { aDeployment, aService, SmallCluster } from '../support/small-cluster.ts';

function seat(plane: SmallCluster['plane'], name: string, role: string): User {
  const made = seatUser(plane, name, role);
  if ('problem' in made) throw new Error(made.problem);
  return made.user;
}

export interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * A small cluster that real clients can reach. Its time runs as fast as it can: before each request, and at every step
 * of `beat`, ten simulated seconds pass.
 */
export class AServedCluster {
  readonly token = 'a-token-for-ana';
  readonly cluster: SmallCluster;
  readonly certificates: LoopbackCertificates;
  readonly folder = mkdtempSync(join(tmpdir(), 'gameday-api-'));
  readonly kubeconfig = join(this.folder, 'kubeconfig');
  /** Of vera, who may only look. */
  readonly viewOnly = join(this.folder, 'view-only');
  readonly listener: ApiListener;
  readonly processes: SmallProcesses;
  /** Every request about a resource so far. */
  readonly records: readonly RequestRecord[];
  readonly #beat: NodeJS.Timeout;

  private constructor(listener: ApiListener, made: { cluster: SmallCluster; step: () => void; certificates: LoopbackCertificates; records: readonly RequestRecord[]; processes: SmallProcesses }) {
    this.listener = listener;
    this.cluster = made.cluster;
    this.certificates = made.certificates;
    this.records = made.records;
    this.processes = made.processes;
    writeKubeconfig(this.kubeconfig, { name: 'drill', server: listener.url, ca: made.certificates.ca, token: this.token, namespace: 'shop' });
    writeKubeconfig(this.viewOnly, { name: 'drill', server: listener.url, ca: made.certificates.ca, token: 'a-token-for-vera', namespace: 'shop' });
    this.#beat = setInterval(() => { made.step(); listener.poll(); }, 25);
  }

  static async start(): Promise<AServedCluster> {
    const cluster = new SmallCluster();
    const { plane } = cluster;
    const lines = (): { atMs: number; text: string }[] => Array.from({ length: Math.floor(cluster.agenda.nowMs / 10_000) }, (_, nth) => ({ atMs: nth * 10_000, text: `line ${nth + 1}` }));
    const processes = new SmallProcesses();
    const api = new RestApi({ api: plane.api, store: plane.store, clock: plane.clock, processes, podLogs: lines, usage: () => ({ cpuMilli: 12, memoryMiB: 90 }) }, undefined, new TokenKey());
    const step = (): void => {
      cluster.wait('10s');
      api.projection.offsetMs = Date.now() - Date.parse(plane.clock.now());
    };
    cluster.apply(aDeployment('checkout'), aService('checkout'));
    for (let nth = 0; nth < 6; nth++) step();
    const certificates = loopbackCertificates(Date.now());
    const records: RequestRecord[] = [];
    const users = new Map([['a-token-for-ana', seat(plane, 'ana', 'cluster-admin')], ['a-token-for-vera', seat(plane, 'vera', 'view')]]);
    const listener = await ApiListener.start({ api, certificates, users, port: 0, catchUp: step, onRequest: (record) => records.push(record) });
    return new AServedCluster(listener, { cluster, step, certificates, records, processes });
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat);
    await this.listener.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `headers` may take away what is sent otherwise by being undefined. */
  ask(method: string, path: string, { headers = {}, body }: { readonly headers?: Readonly<Record<string, string | undefined>>; readonly body?: string | Buffer } = {}): Promise<Reply> {
    const all = { authorization: `Bearer ${this.token}`, ...headers };
    const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port: this.listener.port, ca: this.certificates.ca, method, path, headers: sent, agent: false, servername: 'localhost' }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ code: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
        response.on('error', reject);
      });
      call.on('error', reject);
      call.end(body);
    });
  }
}
