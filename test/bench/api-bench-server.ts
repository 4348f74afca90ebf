import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { ApiListener } from '../../src/outside/api-listener.ts';
import { loopbackCertificates, type LoopbackCertificates } from '../../src/outside/loopback-certificates.ts';
import { SmallProcesses } from '../kube-api/small-processes.ts';
import { aContainer, aDeployment, SmallCluster } from '../support/small-cluster.ts';

/** Simulated time that passes with each request. */
const A_REQUEST_MS = 30;

/** Pods a node takes; a few are left for what else runs. */
const PODS_PER_NODE = 100;

export interface Served {
  readonly cluster: SmallCluster;
  readonly api: RestApi;
  readonly listener: ApiListener;
  readonly certificates: LoopbackCertificates;
  close(): Promise<void>;
}

export const BENCH_TOKEN = 'a-token-of-the-bench';

/** A cluster of `pods` running pods, with room for `more`, behind the real listener. Its time moves before every request, as it would at speed 60 and 2,000 requests a second. */
export async function servedWith(pods: number, more = 0): Promise<Served> {
  const cluster = new SmallCluster({ nodes: Math.ceil((pods + more) / PODS_PER_NODE) + 2, cpu: '64' });
  for (let left = pods, nth = 0; left > 0; left -= 1_000, nth++) cluster.apply(aDeployment(`app-${nth}`, { replicas: Math.min(1_000, left), cpu: '10m' }));
  cluster.wait('5m');
  const running = cluster.readyPods().length;
  if (running !== pods) throw new Error(`bench: ${running} of ${pods} pods run`);
  const { api: kube, store, clock } = cluster.plane;
  const api = new RestApi({ api: kube, store, clock, processes: new SmallProcesses(), podLogs: () => [], usage: () => null });
  const certificates = loopbackCertificates(Date.now());
  const users = new Map([[BENCH_TOKEN, { name: 'bench', groups: ['system:masters', 'system:authenticated'] }]]);
  const listener = await ApiListener.start({ api, certificates, users, port: 0, catchUp: () => cluster.runUntil(cluster.agenda.nowMs + A_REQUEST_MS) });
  return { cluster, api, listener, certificates, close: () => listener.close() };
}

/** Answers everything with the same bytes: what node itself can do. */
export async function bareServer(body: string, { cert, key }: LoopbackCertificates): Promise<{ readonly port: number; close(): Promise<void> }> {
  const bytes = Buffer.from(body);
  const server: Server = createServer({ cert, key }, (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

export function aBenchPod(nth: number): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${nth}`, namespace: 'shop', labels: { app: 'bench' } }, spec: { containers: [aContainer('registry.example/bench:1.0', '1m')] } };
}
