import { DeclaredWebhooks } from '../../src/cluster/admission/declared-webhooks.ts';
import type { AgendaEntry } from '../../src/cluster/agenda-entry.ts';
import type { ApiResult } from '../../src/cluster/api.ts';
import { ControlPlane } from '../../src/cluster/control-plane.ts';
import { resourceOf } from '../../src/cluster/custom-kind.ts';
import type { Kind, KindMap, KubeObject } from '../../src/cluster/objects.ts';
import { isReady } from '../../src/cluster/pods.ts';
import type { WebhookSpec } from '../../src/cluster/spec.ts';
import { Agenda } from '../../src/time/agenda.ts';
import { parseDurationMs } from '../../src/time/sim-time.ts';
import { PlainRuntime } from './plain-runtime.ts';

/** A cluster with a namespace `shop`, for tests that read like an incident. Time 0 is 2026-02-10T03:10:00Z. */
export class SmallCluster {
  readonly agenda: Agenda<AgendaEntry>;
  readonly runtime = new PlainRuntime();
  readonly plane: ControlPlane;
  /** By the app's label: what each of its pods uses of the CPU, in thousandths. */
  readonly cpuMilli = new Map<string, number>();

  /** `webhooks`: what images answer the API server, by their name without a tag. */
  constructor({ nodes = 3, cpu = '8', seed = 7, webhooks = {} }: { nodes?: number; cpu?: string; seed?: number; webhooks?: Readonly<Record<string, WebhookSpec>> } = {}) {
    this.agenda = new Agenda<AgendaEntry>(0);
    this.plane = new ControlPlane({ agenda: this.agenda, seed, epochMs: Date.parse('2026-02-10T03:10:00Z'), runtime: this.runtime, metrics: { podUsage: (pod) => this.#usage(pod) }, webhooks: new DeclaredWebhooks(webhooks, () => this.plane.store) });
    const ground: KubeObject[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }];
    for (let nth = 1; nth <= nodes; nth++) ground.push(aNode(`node-${nth}`, cpu));
    this.plane.boot(ground);
  }

  #usage({ metadata }: KindMap['Pod']): { cpuMilli: number; memoryBytes: number } | null {
    const cpuMilli = this.cpuMilli.get(metadata.labels?.['app'] ?? '');
    return cpuMilli === undefined ? null : { cpuMilli, memoryBytes: 64 * 1_048_576 };
  }

  /** Creates objects; throws what the API refuses. */
  apply(...objects: readonly KubeObject[]): void {
    for (const object of objects as readonly KindMap[Kind][]) accepted(this.plane.api.create(object));
  }

  wait(duration: string): void {
    const untilMs = this.agenda.nowMs + (parseDurationMs(duration) as number);
    this.runUntil(untilMs);
  }

  /** Runs until nothing more would happen; fails where that takes over a day. */
  settle(): void {
    this.runUntil(this.agenda.nowMs + 86_400_000, true);
    if (this.agenda.length > 0) throw new Error(`not settled: ${this.agenda.length} entries are left`);
  }

  runUntil(untilMs: number, stay = false): void {
    for (let entry = this.agenda.take(untilMs); entry !== null; entry = this.agenda.take(untilMs)) entry.due(this.agenda.nowMs);
    if (!stay) this.agenda.moveTo(untilMs);
  }

  get<K extends Kind>(kind: K, name: string): KindMap[K] {
    const object = this.plane.store.get(kind, resourceOf(kind).namespaced ? 'shop' : '', name);
    if (object === undefined) throw new Error(`no ${kind} ${name}`);
    return object;
  }

  pods(app?: string): readonly KindMap['Pod'][] {
    return this.plane.store.list('Pod', 'shop').filter(({ metadata }) => app === undefined || metadata.labels?.['app'] === app);
  }

  readyPods(app?: string): readonly KindMap['Pod'][] {
    return this.pods(app).filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  }

  sets(deployment: string): readonly KindMap['ReplicaSet'][] {
    return this.plane.store.list('ReplicaSet', 'shop').filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === deployment);
  }

  /** `Reason: message` of the events about an object, oldest first. */
  events(name: string): string[] {
    const about = this.plane.store.list('Event', null).filter(({ involvedObject }) => involvedObject.name === name);
    return [...about].sort((left, right) => Number(left.metadata.resourceVersion) - Number(right.metadata.resourceVersion)).map(({ reason, message }) => `${reason}: ${message}`);
  }

  setImage(deployment: string, image: string): void {
    const body = { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } };
    accepted(this.plane.api.patch({ kind: 'Deployment', namespace: 'shop', name: deployment }, { type: 'strategic', body }));
  }

  scale(deployment: string, replicas: number): void {
    accepted(this.plane.api.patch({ kind: 'Deployment', namespace: 'shop', name: deployment }, { type: 'merge', body: { spec: { replicas } } }));
  }

  delete(kind: Kind, name: string, options: Parameters<ControlPlane['api']['delete']>[1] = {}): void {
    accepted(this.plane.api.delete({ kind, namespace: resourceOf(kind).namespaced ? 'shop' : '', name }, options));
  }
}

/** The object of an answer; throws the refusal. */
export function accepted<T>(result: ApiResult<T>): T {
  if (!result.ok) throw new Error(result.status.message);
  return result.object;
}

export function aNode(name: string, cpu = '8'): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { capacity: { cpu, memory: '32Gi', pods: '110' } } } as KubeObject;
}

export function aDeployment(name: string, { replicas = 3, image = `registry.example/${name}:1.0`, cpu = '100m', probe = true, ...spec }: DeploymentTraits = {}): KindMap['Deployment'] {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [aContainer(image, cpu, probe)] } },
      ...spec,
    },
  };
}

type DeploymentTraits = { replicas?: number; image?: string; cpu?: string; probe?: boolean } & Partial<NonNullable<KindMap['Deployment']['spec']>>;

export function aContainer(image: string, cpu = '100m', probe = true): NonNullable<KindMap['Pod']['spec']>['containers'][number] {
  return {
    name: 'app',
    image,
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu, memory: '64Mi' } },
    ...(probe ? { readinessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 5 } } : {}),
  };
}

export function aService(name: string): KindMap['Service'] {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } };
}
