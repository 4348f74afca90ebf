import type { CallSpec, ClusterSpec, LoadSpec, ProgramSpec, Setting, Step } from '../../src/cluster/spec.ts';
import type { KubeObject } from '../../src/cluster/objects.ts';
import { Die } from '../../src/time/dice.ts';

const LAYERS = 3;

/**
 * A shop of a seed: a few services in layers, each with its own threads, cores and replicas, that call those below, a cache
 * and a database; in a troubled one, calls have time-outs that bite and retries, parties fail, and users ask two things.
 */
export function aRandomShop(seed: number, ratePerS: number, troubled = false): ClusterSpec {
  const die = new Die(seed, 'random-shop');
  const trouble = troubled ? new Die(seed, 'random-shop/trouble') : null;
  const services = Array.from({ length: LAYERS }, (_, layer) => Array.from({ length: layer === 0 ? 1 : 1 + die.roll(3) }, (_unused, nth) => `s${layer}${nth}`));
  const objects: KubeObject[] = [node(1), node(2), node(3), ...workload('db', 1, 4 + die.roll(5)), ...workload('store', 1, 2)];
  const programs: Record<string, ProgramSpec> = { 'example/db': program('database', 64, {}), 'example/store': program('cache', 256, { default: [{ do: 'cpu', ms: 0.2 }] }) };
  services.forEach((layer, depth) => {
    for (const name of layer) {
      objects.push(...workload(name, 1 + die.roll(4), 1 + die.roll(3)));
      programs[`example/${name}`] = program('service', 8 + die.roll(57), routesOf(die, trouble, services[depth + 1] ?? [], depth));
    }
  });
  return {
    name: `random-${seed}`, objects,
    traffic: {
      load: trouble === null ? [load('default', ratePerS)] : [load('default', ratePerS * 0.7), load('brief', ratePerS * 0.3)],
      programs, externals: { partner: { latencyMs: 20 + die.roll(200), errors: trouble === null ? 0 : trouble.roll(6) / 100, host: 'partner.example' } }, alerts: [],
    },
  };
}

function load(route: string, ratePerS: number): LoadSpec {
  return { service: 'default/s00', route, ratePerS, noise: 0, patienceMs: 60_000, retries: 0 };
}

function routesOf(die: Die, trouble: Die | null, below: readonly string[], depth: number): ProgramSpec['routes'] {
  const all = steps(die, below);
  if (trouble === null) return { default: all };
  const troubled = all.map((step): Step => (step.do === 'call' ? { do: 'call', call: { ...step.call, ...lessPatient(trouble, depth === 0 || step.call.to.startsWith('external/')) } } : step));
  return depth === 0 ? { default: troubled, brief: troubled.slice(0, 2) } : { default: troubled };
}

/**
 * Time-outs that bite now and then, retries, and calls that a request can do without. Only the front and who calls the party
 * outside try again: where every layer does, chance alone tips a shop into a storm, and no mean means anything.
 */
function lessPatient(trouble: Die, retries: boolean): Pick<CallSpec, 'timeoutMs' | 'retries' | 'onFailure'> {
  return { timeoutMs: plain(150 + trouble.roll(1_500)), retries: plain(retries ? trouble.roll(2) : 0), onFailure: trouble.roll(2) === 0 ? 'fail' : 'degrade' };
}

function steps(die: Die, below: readonly string[]): Step[] {
  const all: Step[] = [{ do: 'cpu', ms: 2 + die.roll(20) }];
  for (const name of below) if (die.roll(4) > 0) all.push(call(name, die.roll(5) === 0 ? 0.5 : 1 + die.roll(2)));
  if (die.roll(4) === 0) all.push(call('external/partner', 0.3));
  const transaction: Step = { do: 'transaction', on: 'db', pool: plain(4 + die.roll(17)), acquireTimeoutMs: plain(5_000), steps: [{ do: 'query', ms: 1 + die.roll(6), lock: null }, ...(die.roll(2) === 0 ? [{ do: 'query', ms: 1 + die.roll(4), lock: null } as const] : [])] };
  switch (die.roll(4)) {
    case 0:
      return all;
    case 1:
      return [...all, { do: 'cached', on: 'store', hit: 0.5 + die.fraction() * 0.45, ms: 1, miss: [transaction] }];
    default:
      return [...all, transaction];
  }
}

function call(to: string, times: number): Step {
  return { do: 'call', call: { to, route: 'default', times, timeoutMs: plain(10_000), retries: plain(0), onFailure: 'fail' } };
}

export function program(kind: ProgramSpec['kind'], threads: number, routes: ProgramSpec['routes']): ProgramSpec {
  return { tags: ['1'], kind, startMs: 1_000, threads: plain(threads), needs: [], flags: null, maxConnections: kind === 'database' ? plain(1_000) : null, cold: null, routes, versions: {}, logs: [] };
}

export function plain(value: number): Setting {
  return { default: value, env: null };
}

export function workload(name: string, replicas: number, cores: number): KubeObject[] {
  const labels = { app: name };
  return [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name, image: `example/${name}:1`, resources: { limits: { cpu: String(cores) }, requests: { cpu: '10m' } } }] } } } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { selector: labels, ports: [{ port: 80 }] } },
  ] as unknown as KubeObject[];
}

export function node(nth: number): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${nth}` }, status: { capacity: { cpu: '64', memory: '64Gi', pods: '110' } } } as KubeObject;
}
