import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCluster } from '../../src/commands/read-cluster.ts';
import { SandboxWorld } from '../../src/commands/sandbox-world.ts';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { accepted, aDeployment, SmallCluster } from '../support/small-cluster.ts';
import { askFromHere, client, nowMs, type Outcome } from './api-bench-client.ts';
import { aBenchPod, bareServer, servedWith, type Served } from './api-bench-server.ts';
import type { BenchRow } from './bench-row.ts';
import { cpuMs, median } from './rounds.ts';

const PODS = '/api/v1/namespaces/shop/pods';
const CREATED = 3_000;
const BARE = 'peer: node:https that answers every request with the same bytes, same client';

/** The Kubernetes API: reading, writing, watching, over TLS as clients do, each against what node itself can do with the same payload. */
export async function benchApi(): Promise<BenchRow[]> {
  const served = await servedWith(1_000, CREATED);
  const name = served.cluster.pods()[0]?.metadata.name ?? '';
  const rows = [
    await reads('GET one pod', served, `${PODS}/${name}`, 2_000, null),
    await reads('LIST 1,000 pods', served, PODS, 150, 50),
    ...naiveList(served),
    await fanOut(served),
    await mutations(served),
    await creations(served),
  ];
  await served.close();
  return [...rows, await toRunning(), rollOut()];
}

/** 10,000 pods: what they take, and reading them all. A process of its own starts with an empty heap; the clients, which live in it, come after it was measured. */
export async function benchManyPods(): Promise<BenchRow[]> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const served = await servedWith(10_000);
  served.api.answer(LIST_PODS);
  globalThis.gc?.();
  const usedMb = (process.memoryUsage().rss - before) / 1_048_576;
  const row = await reads('LIST 10,000 pods', served, PODS, 10, null);
  await served.close();
  return [row, { name: 'memory of 10,000 running pods, listed once', ours: usedMb, peer: null, unit: 'MB', ratio: null, goal: '≤ 300', met: usedMb <= 300 }];
}

/** From the call of the sandbox to its line that says ready; the peer is a Node that does nothing. */
export async function benchReady(): Promise<BenchRow[]> {
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < 9; round++) {
    peer.push(await untilSaid(['-e', 'console.log(1)']));
    ours.push(await untilSaid([resolve('dist/gameday.mjs'), 'sandbox', resolve('scenarios/clusters/webshop'), '--json', '--for', '10s']));
  }
  const [mine, bare] = [median(ours), median(peer)];
  return [{ name: 'sandbox: ready after its start', ours: mine, peer: bare, unit: 'ms', ratio: mine / bare, goal: '≤ 150', met: mine <= 150, note: 'peer: node -e; wall time to the first line' }, readyInProcess()];
}

/** The same without a process of its own: for tests of other programs. */
function readyInProcess(): BenchRow {
  const folder = 'scenarios/clusters/webshop';
  const [objects, traffic] = ['objects.yaml', 'traffic.yaml'].map((name) => readFileSync(`${folder}/${name}`, 'utf8')) as [string, string];
  const spec = readCluster(folder, objects, traffic);
  if ('complaints' in spec) throw new Error(`bench: ${spec.complaints[0]}`);
  const [first, ...others] = Array.from({ length: 10 }, (_, nth) => cpuMs(() => new RestApi(new SandboxWorld({ spec, seed: nth, speed: 1, wallMs: Date.now() }).served)));
  const ms = median(others);
  return { name: 'sandbox: ready in process', ours: ms, peer: first as number, unit: 'ms CPU', ratio: ms / (first as number), goal: '≤ 50', met: ms <= 50, note: 'peer: the first of a process, whose code is cold' };
}

async function reads(name: string, served: Served, path: string, times: number, mostP99Ms: number | null): Promise<BenchRow> {
  const errand = { do: 'ask', method: 'GET', path, bodies: [], times, abreast: 1 } as const;
  const answer = served.api.answer({ method: 'GET', path, query: new URLSearchParams(), headers: {}, body: new Uint8Array(), user: { name: 'bench', groups: ['system:masters'] } });
  const bare = await bareServer(answer.kind === 'whole' ? answer.body : '', served.certificates);
  const peer = perSecond(await client({ port: bare.port, ca: served.certificates.ca }, errand));
  await bare.close();
  const outcome = await client(addressOf(served), errand);
  const p99Ms = p99(outcome.ms);
  return {
    name: `${name}, p99 ${p99Ms.toFixed(1)} ms`, ours: perSecond(outcome), peer, unit: '/s', ratio: perSecond(outcome) / peer, note: BARE,
    goal: mostP99Ms === null ? '' : `p99 ≤ ${mostP99Ms} ms`, met: mostP99Ms === null ? null : p99Ms <= mostP99Ms,
  };
}

const LIST_PODS = { method: 'GET', path: PODS, query: new URLSearchParams(), headers: {}, body: new Uint8Array(), user: { name: 'bench', groups: ['system:masters'] } };

/** In process, where one pod changes between two lists: the cached bytes of the others are what helps. */
function naiveList({ api, cluster }: Served): BenchRow[] {
  const rounds = (list: () => unknown): number => 60_000 / cpuMs(() => {
    for (let nth = 0; nth < 60; nth++) {
      touch(cluster, nth);
      list();
    }
  });
  const naive = (): unknown => JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: cluster.pods() });
  const ours = rounds(() => api.answer(LIST_PODS));
  const peer = rounds(naive);
  return [{ name: 'LIST 1,000 pods, one changed before each', ours, peer, unit: '/CPU-s', ratio: ours / peer, goal: '≥ 3×', met: ours / peer >= 3, note: 'peer: JSON.stringify of the same objects, in process' }];
}

async function fanOut(served: Served): Promise<BenchRow> {
  const [watchers, events] = [1_000, 5];
  const sentMs: number[] = [];
  const outcome = await client(addressOf(served), { do: 'watch', path: `${PODS}?watch=1&resourceVersion=${served.cluster.plane.store.resourceVersion}`, watchers, events }, () => {
    const beat = setInterval(() => {
      if (sentMs.length === events) return clearInterval(beat);
      sentMs.push(nowMs());
      touch(served.cluster, sentMs.length);
    }, 400);
  });
  const waits = outcome.ms.map((heardMs, nth) => heardMs - (sentMs[Math.floor(nth / watchers)] as number));
  const p99Ms = p99(waits);
  return { name: 'one event to 1,000 watchers, p99', ours: p99Ms, peer: null, unit: 'ms', ratio: null, goal: '≤ 50', met: p99Ms <= 50, note: 'from the write until the client, which is one thread, has read it' };
}

async function mutations(served: Served): Promise<BenchRow> {
  const name = served.cluster.pods()[0]?.metadata.name ?? '';
  const bodies = Array.from({ length: 400 }, (_, nth) => JSON.stringify({ metadata: { annotations: { nth: String(nth) } } }));
  const outcome = await client(addressOf(served), { do: 'ask', method: 'PATCH', path: `${PODS}/${name}`, bodies, times: 600, abreast: 8, perS: 200, type: 'application/merge-patch+json' });
  const p99Ms = p99(outcome.ms);
  return { name: 'PATCH at 200/s among 1,000 pods, p99', ours: p99Ms, peer: null, unit: 'ms', ratio: null, goal: '≤ 20', met: p99Ms <= 20 };
}

async function creations(served: Served): Promise<BenchRow> {
  const bodies = Array.from({ length: CREATED }, (_, nth) => JSON.stringify(aBenchPod(nth)));
  const errand = { do: 'ask', method: 'POST', path: PODS, bodies, times: bodies.length, abreast: 8 } as const;
  const bare = await bareServer(bodies[0] ?? '', served.certificates);
  const peer = perSecond(await client({ port: bare.port, ca: served.certificates.ca }, errand));
  await bare.close();
  const ours = perSecond(await client(addressOf(served), errand));
  return { name: 'pods created', ours, peer, unit: '/s', ratio: ours / peer, goal: '≥ 2,000', met: ours >= 2_000, note: BARE };
}

/** Created by one client, seen Running by another: at full speed the pod's simulated seconds take no time of their own. */
async function toRunning(): Promise<BenchRow> {
  const served = await servedWith(10);
  let sentMs = 0;
  const outcome = await client(addressOf(served), { do: 'watch', path: `${PODS}?watch=1&fieldSelector=metadata.name%3Dpod-1,status.phase%3DRunning&resourceVersion=${served.cluster.plane.store.resourceVersion}`, watchers: 1, events: 1 }, () => {
    sentMs = nowMs();
    void askFromHere(addressOf(served), { do: 'ask', method: 'POST', path: PODS, bodies: [JSON.stringify(aBenchPod(1))], times: 1, abreast: 1 }).then(() => served.cluster.wait('30s'));
  });
  await served.close();
  const tookMs = Math.max(...outcome.ms) - sentMs;
  return { name: 'created to Running seen on a watch', ours: tookMs, peer: null, unit: 'ms', ratio: null, goal: '≤ 100', met: tookMs <= 100 };
}

function rollOut(): BenchRow {
  const took = [1, 2, 3].map(() => {
    const cluster = new SmallCluster({ nodes: 25, cpu: '64' });
    cluster.apply(aDeployment('big', { replicas: 1_000, cpu: '10m' }));
    cluster.wait('10m');
    return cpuMs(() => {
      cluster.setImage('big', 'registry.example/big:2.0');
      cluster.wait('60m');
      if (cluster.get('Deployment', 'big').status?.updatedReplicas !== 1_000 || cluster.readyPods('big').length !== 1_000) throw new Error('bench: the roll-out did not end');
    });
  });
  const ms = median(took);
  return { name: 'roll-out of 1,000 replicas', ours: ms, peer: null, unit: 'ms CPU', ratio: null, goal: '≤ 500', met: ms <= 500 };
}

function touch(cluster: SmallCluster, nth: number): void {
  const pod = cluster.pods()[nth % 10];
  accepted(cluster.plane.api.patch({ kind: 'Pod', namespace: 'shop', name: pod?.metadata.name ?? '' }, { type: 'merge', body: { metadata: { annotations: { touched: String(nowMs()) } } } }));
}

function addressOf({ listener, certificates }: Served): { readonly port: number; readonly ca: string } {
  return { port: listener.port, ca: certificates.ca };
}

function perSecond({ tookMs, ms }: Outcome): number {
  return (ms.length * 1000) / tookMs;
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}

function untilSaid(words: readonly string[]): Promise<number> {
  const startMs = nowMs();
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolved, reject) => {
    child.stdout.once('data', () => {
      const tookMs = nowMs() - startMs;
      child.once('close', () => resolved(tookMs));
      child.kill('SIGKILL');
    });
    child.once('error', reject);
  });
}
