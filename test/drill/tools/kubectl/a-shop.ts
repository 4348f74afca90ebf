import { ControlPlane } from '../../../../src/cluster/control-plane.ts';
import type { AgendaEntry } from '../../../../src/cluster/agenda-entry.ts';
import type { KubeObject } from '../../../../src/cluster/objects.ts';
import type { ContainerRuntime } from '../../../../src/cluster/runtime.ts';
import type { KubectlContext, KubectlResult, LogLine } from '../../../../src/drill/tools/kubectl/context.ts';
import { runKubectl } from '../../../../src/drill/tools/kubectl/kubectl.ts';
import { splitLine } from '../../../../src/drill/tools/words.ts';
import { Agenda } from '../../../../src/time/agenda.ts';
import { HOUR_MS, parseDurationMs } from '../../../../src/time/sim-time.ts';

/** Tuesday, 10 February 2026, 03:10 UTC. */
const EPOCH_MS = Date.UTC(2026, 1, 10, 3, 10);

/** A small shop on two nodes, two hours old, with its responders' kubectl: storefront 3, checkout 2, a database. */
export class AShop {
  readonly #agenda = new Agenda<AgendaEntry>(-5 * HOUR_MS);
  readonly plane: ControlPlane;
  /** Lines by `pod/container`. */
  readonly logLines = new Map<string, readonly LogLine[]>();
  /** Images that exit right after their start. */
  readonly crashing = new Set<string>();
  /** Images that the registry does not have. */
  readonly missing = new Set<string>();

  constructor() {
    const runtime: ContainerRuntime = {
      pull: (image) => (this.missing.has(image) ? { ok: false, message: `failed to resolve reference "${image}": not found` } : { ok: true, tookMs: 900 }),
      start: (pod, container) => {
        const image = pod.spec?.containers.find(({ name }) => name === container)?.image ?? '';
        return this.crashing.has(image) ? { outcome: 'exits', afterMs: 2000, exitCode: 1, reason: 'Error' } : { outcome: 'runs', readyAfterMs: 3000 };
      },
      probe: (_pod, _container, _probe, answer) => answer({ ok: true, output: null, steady: true }),
      runHook: () => false,
      terminate: () => false,
      stopped: () => {},
      removed: () => {},
      runsAsRoot: () => null,
    };
    this.plane = new ControlPlane({ agenda: this.#agenda, seed: 7, epochMs: EPOCH_MS, runtime });
    this.plane.boot(OBJECTS);
    this.#runUntil(0);
  }

  /** Lets simulated time pass. */
  wait(duration: string): void {
    this.#runUntil(this.#agenda.nowMs + (parseDurationMs(duration) ?? 0));
  }

  #runUntil(atMs: number): void {
    for (let entry = this.#agenda.take(atMs); entry !== null; entry = this.#agenda.take(atMs)) entry.due(this.#agenda.nowMs);
    this.#agenda.moveTo(atMs);
  }

  context(changes: Partial<KubectlContext> = {}): KubectlContext {
    return {
      api: this.plane.api,
      nowMs: this.#agenda.nowMs,
      epochMs: EPOCH_MS,
      defaultNamespace: 'shop',
      logs: (_namespace, pod, container, { tail }) => (this.logLines.get(`${pod}/${container}`) ?? []).slice(tail === null ? 0 : -tail),
      execute: ({ pod }, command) => ({ out: `${pod}: ${command.join(' ')}\n`, error: '', code: command[0] === 'false' ? 1 : 0, refusal: null }),
      usage: (kind, _namespace, name) => (kind === 'node' ? { cpuMilli: 400, memoryMiB: 2048 } : { cpuMilli: name.length, memoryMiB: 300 - name.length }),
      ...changes,
    };
  }

  /** Gives a line to kubectl; `kubectl` in front is optional. */
  run(line: string): KubectlResult {
    const split = splitLine(line);
    if ('refusal' in split) throw new Error(split.refusal);
    return runKubectl(split.stages[0] ?? [], this.context());
  }

  /** What kubectl shows, as one text. */
  show(line: string): string {
    return this.run(line).text.join('\n');
  }

  /** Names of the pods of one app, in order. */
  pods(app: string): readonly string[] {
    return this.plane.api.list('Pod', 'shop', [{ key: 'app', operator: 'In', values: [app] }]).map(({ metadata }) => metadata.name);
  }
}

function workload(kind: 'Deployment' | 'StatefulSet', name: string, replicas: number, image: string, env: readonly { name: string; value: string }[]): KubeObject {
  const more = kind === 'StatefulSet' ? { serviceName: name } : {};
  return {
    apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'shop', labels: { app: name } },
    spec: {
      ...more, replicas, selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{
          name, image, env, ports: [{ containerPort: 8080, name: 'http' }], resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
        }] },
      },
    },
  } as KubeObject;
}

function service(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop', labels: { app: name } }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } } as KubeObject;
}

function node(name: string, ip: string): KubeObject {
  return {
    apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, 'node-role.kubernetes.io/worker': '' } },
    status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' }, capacity: { cpu: '4', memory: '16Gi', pods: '110' }, addresses: [{ type: 'InternalIP', address: ip }] },
  } as unknown as KubeObject;
}

const OBJECTS: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  node('node-1', '10.0.0.11'),
  node('node-2', '10.0.0.12'),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'flags', namespace: 'shop' }, data: { ADDRESS_CHECK: 'on', 'banner.txt': 'hello\nshop' } } as KubeObject,
  workload('StatefulSet', 'postgres', 1, 'registry.shop/postgres:15.4', []),
  service('postgres'),
  workload('Deployment', 'storefront', 3, 'registry.shop/storefront:4.2.0', [{ name: 'THREADS', value: '16' }]),
  service('storefront'),
  workload('Deployment', 'checkout', 2, 'registry.shop/checkout:2.8.1', [{ name: 'POOL_SIZE', value: '10' }, { name: 'ADDRESS_CHECK', value: 'on' }]),
  service('checkout'),
];
