import type { KubeObject } from '../../src/cluster/objects.ts';
import type { CallSpec, ClusterSpec, LoadSpec, ProgramSpec, Step } from '../../src/cluster/spec.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { DAY_MS, MINUTE_MS } from '../../src/time/sim-time.ts';

export const BIG = { services: 50, pods: 1_000, requestsPerS: 10_000 } as const;

/** How many services each layer has; whoever is in one calls the next one down. Databases and caches are beside them. */
const LAYERS = [4, 8, 12, 18];
const DATABASES = 4;
const CACHES = 4;
const PODS_OF_CACHE = 3;
const NODES = 40;
const SPACE = 'big';
const REGISTRY = 'registry.big.example';
const ROUTES = ['list', 'view', 'change'];

/**
 * A cluster as a large shop runs one: 50 Services in layers, 1,000 pods, 10,000 requests of users a second, which become
 * more than twenty times as many between Services; connection pools, locks, caches, retries, two parties outside. The work
 * is spread evenly, and the cluster is healthy: nobody waits long, and next to nothing fails.
 */
function bigCluster(): ClusterSpec {
  const layers = LAYERS.map((count, layer) => Array.from({ length: count }, (_, nth) => `s${layer}-${nth}`));
  const services = layers.flat();
  const stores = [...databases(), ...caches()];
  const podsLeft = BIG.pods - DATABASES - CACHES * PODS_OF_CACHE;
  const podsOf = (at: number): number => Math.floor(podsLeft / services.length) + (at < podsLeft % services.length ? 1 : 0);
  const programs = layers.flatMap((names, layer) => names.map((name, nth) => [`${REGISTRY}/${name}`, program(layer, nth, layers[layer + 1] ?? [])] as const));
  return {
    name: 'big',
    objects: [
      ...Array.from({ length: NODES }, (_, nth) => node(`node-${nth}`)),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SPACE } },
      ...stores.flatMap(({ name, replicas }) => [workload('StatefulSet', name, replicas), service(name)]),
      ...services.flatMap((name, at) => [workload('Deployment', name, podsOf(at)), service(name)]),
    ],
    traffic: {
      load: (layers[0] ?? []).flatMap((name) => ROUTES.map((route) => load(name, route))),
      programs: Object.fromEntries([...programs, ...stores.map(({ name, spec }) => [`${REGISTRY}/${name}`, spec] as const)]),
      externals: {
        cards: { host: 'cards.example', latencyMs: 240, errors: 0.001 },
        media: { host: 'media.example', latencyMs: 60, errors: 0.001 },
      },
      alerts: (layers[0] ?? []).map((name) => ({
        name: `${name}-slow`, service: `${SPACE}/${name}`, metric: 'p95-ms', above: 5_000, forMs: MINUTE_MS, severity: 'page', text: `${name} is slow`,
      })),
    },
  };
}

/** 45 minutes of the big cluster in which nothing goes wrong. */
export function bigScenario(): Scenario {
  const nothing = { type: 'compound', initial: 'calm', history: 'shallow', target: null, entry: [], exit: [], on: {}, after: [], always: [], onDone: [] } as const;
  return {
    title: 'A calm night of a big shop', kind: 'dojo', timeboxMs: 45 * MINUTE_MS, startsAtMs: Date.UTC(2026, 1, 10, 3, 8),
    synopsis: 'Nothing happens.', secret: 'Nothing.', sources: [], skills: {}, cluster: bigCluster(),
    slo: { service: `${SPACE}/s0-0`, objective: 0.995, latencyMs: 2_000, windowMs: 30 * DAY_MS },
    changes: [], faults: {}, pages: {}, injects: [], hints: [],
    stages: { ...nothing, states: { calm: { ...nothing, type: 'atomic', initial: null, states: {} } } },
    verdict: { mitigated: [{ if: 'slo.burn < 1.0', forMs: 0 }], resolved: [], never: [], keeps: [] },
    diagnosis: ['nothing'], decoys: [], solutions: {},
  };
}

function load(name: string, route: string): LoadSpec {
  const ratePerS = BIG.requestsPerS / ((LAYERS[0] as number) * ROUTES.length);
  return { service: `${SPACE}/${name}`, route, ratePerS, noise: 0.05, patienceMs: 30_000, retries: 1 };
}

function program(layer: number, nth: number, below: readonly string[]): ProgramSpec {
  const routes = Object.fromEntries(ROUTES.map((route, at) => [route, steps(layer, nth, at, below)]));
  return { ...PLAIN, kind: 'service', startMs: 10_000, threads: { default: 64, env: 'THREADS' }, routes };
}

/** Every route asks two services of the layer below; in the lower layers its cache too, and for what that lacks a database. */
function steps(layer: number, nth: number, at: number, below: readonly string[]): Step[] {
  const change = ROUTES[at] === 'change';
  const work: Step[] = [{ do: 'cpu', ms: change ? 2 : 1 }];
  // The nth of 2 · 3 calls of the program goes to the next one in the row below: all get the same share.
  for (let calls = 0; calls < 2 && below.length > 0; calls++) {
    const to = nth * 2 * ROUTES.length + at * 2 + calls;
    work.push({ do: 'call', call: call(below[to % below.length] as string, ROUTES[(to + at) % ROUTES.length] as string) });
  }
  if (layer === 0) work.push({ do: 'call', call: { ...call('external/media', 'default'), onFailure: 'degrade' } });
  if (layer === 1 && change) work.push({ do: 'call', call: { ...call('external/cards', 'default'), times: 0.2 } });
  if (layer < 2) return work;
  const ask: Step = {
    do: 'transaction', on: `database-${(nth + (change ? 1 : 0)) % DATABASES}`, pool: { default: 4, env: 'DB_POOL' }, acquireTimeoutMs: { default: 3_000, env: null },
    steps: [{ do: 'query', ms: 1, lock: change ? `rows-${nth}` : null }],
  };
  return [...work, { do: 'cached', on: `cache-${nth % CACHES}`, hit: 0.97, ms: 1, miss: [ask] }];
}

function call(to: string, route: string): CallSpec {
  return { to, route, times: 1, timeoutMs: { default: 3_000, env: 'CALL_TIMEOUT' }, retries: { default: 1, env: 'CALL_RETRIES' }, onFailure: 'fail' };
}

const PLAIN = { tags: ['1.0'], needs: [], flags: null, maxConnections: null, cold: null, versions: {}, logs: [] } as const;

function databases(): { readonly name: string; readonly replicas: number; readonly spec: ProgramSpec }[] {
  const spec: ProgramSpec = { ...PLAIN, kind: 'database', startMs: 30_000, threads: { default: 256, env: null }, maxConnections: { default: 2_000, env: null }, cold: { factor: 4, requests: 50_000 }, routes: { default: [{ do: 'cpu', ms: 1 }] } };
  return Array.from({ length: DATABASES }, (_, nth) => ({ name: `database-${nth}`, replicas: 1, spec }));
}

function caches(): { readonly name: string; readonly replicas: number; readonly spec: ProgramSpec }[] {
  const spec: ProgramSpec = { ...PLAIN, kind: 'cache', startMs: 3_000, threads: { default: 512, env: null }, cold: { factor: 2, requests: 100_000 }, routes: { default: [{ do: 'cpu', ms: 1 }] } };
  return Array.from({ length: CACHES }, (_, nth) => ({ name: `cache-${nth}`, replicas: PODS_OF_CACHE, spec }));
}

function node(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { capacity: { cpu: '32', memory: '128Gi', pods: '110' } } } as KubeObject;
}

function service(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: SPACE }, spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] } } as KubeObject;
}

function workload(kind: 'Deployment' | 'StatefulSet', name: string, replicas: number): KubeObject {
  const cpu = kind === 'StatefulSet' ? '16' : '1';
  const container = {
    name, image: `${REGISTRY}/${name}:1.0`, ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: kind === 'StatefulSet' ? '8' : '500m', memory: '256Mi' }, limits: { cpu, memory: '1Gi' } },
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 10 },
  };
  return {
    apiVersion: 'apps/v1', kind, metadata: { name, namespace: SPACE, labels: { app: name } },
    spec: {
      replicas, selector: { matchLabels: { app: name } }, ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
    },
  } as KubeObject;
}
