import type { AgendaEntry } from '../../src/cluster/agenda-entry.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Kind, KindMap, KubeObject } from '../../src/cluster/objects.ts';
import type { DeclaredImage } from '../../src/cluster/spec.ts';
import { Agenda } from '../../src/time/agenda.ts';
import { parseDurationMs } from '../../src/time/sim-time.ts';
import { accepted, aNode } from './small-cluster.ts';

type Spec = NonNullable<KindMap['Pod']['spec']>;

/** What a command in a container came to. */
export interface Ran {
  readonly out: string;
  readonly err: string;
  /** Null while it still runs. */
  readonly code: number | null;
  readonly refusal: string | null;
}

/** A cluster whose containers run, without traffic, in the namespace `default`. Time 0 is 2026-02-10T03:10:00Z. */
export class ContainerCluster {
  readonly agenda = new Agenda<AgendaEntry>(-400_000);
  readonly cluster: Cluster;

  constructor({ images = {} }: { readonly images?: Readonly<Record<string, DeclaredImage>> } = {}) {
    this.cluster = new Cluster({
      agenda: this.agenda, seed: 7, epochMs: Date.parse('2026-02-10T03:10:00Z'),
      spec: { name: 'containers', objects: [aNode('node-1'), aNode('node-2')], traffic: { load: [], programs: {}, externals: { partner: { host: 'api.partner.example', latencyMs: 120, errors: 0 } }, alerts: [], images } },
      tooSlowMs: () => Infinity, onAlert: () => undefined,
    });
    this.#run(0);
  }

  apply(...objects: readonly KubeObject[]): void {
    for (const object of objects as readonly KindMap[Kind][]) accepted(this.cluster.api.create(object));
  }

  /** Runs a pod with one container `app` in it. */
  pod(name: string, container: Partial<Spec['containers'][number]>, spec: Partial<Spec> = {}): void {
    this.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: name } }, spec: { containers: [{ name: 'app', ...container }], ...spec } } as KubeObject);
  }

  wait(duration: string): void {
    this.#run(this.agenda.nowMs + (parseDurationMs(duration) as number));
  }

  /** The status of a pod's first container. */
  status(pod: string): NonNullable<NonNullable<KindMap['Pod']['status']>['containerStatuses']>[number] | undefined {
    return this.get(pod).status?.containerStatuses?.[0];
  }

  get(pod: string): KindMap['Pod'] {
    const found = this.cluster.plane.store.get('Pod', 'default', pod);
    if (found === undefined) throw new Error(`no pod ${pod}`);
    return found;
  }

  logs(pod: string, container = 'app', previous = false): string[] {
    return this.cluster.podLogs('default', pod, previous, container).map(({ text }) => text);
  }

  /** `Reason: message` of the events about a pod. */
  events(pod: string): string[] {
    return this.cluster.plane.store.list('Event', 'default').filter(({ involvedObject }) => involvedObject.name === pod).map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** Executes a command in a pod's container and lets twenty seconds pass; what runs still is killed then. */
  exec(pod: string, ...command: readonly string[]): Ran {
    const ran = { out: '', err: '', code: null as number | null, refusal: null as string | null };
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    const started = this.cluster.processes.exec({ namespace: 'default', pod, container: 'app' }, command, { stdin: false, tty: false }, {
      stdout: (bytes) => { ran.out += text(bytes); },
      stderr: (bytes) => { ran.err += text(bytes); },
      exited: (code) => { ran.code = code; },
    });
    if (!started.ok) ran.refusal = started.message;
    this.wait('20s');
    const now = { ...ran };
    if (started.ok) started.process.hangUp();
    return now;
  }

  /** What a script in a shell of busybox writes. */
  script(source: string): Ran {
    if (this.cluster.plane.store.get('Pod', 'default', 'box') === undefined) {
      this.pod('box', { image: 'busybox:1.36', command: ['sleep', 'infinity'] });
      this.wait('10s');
    }
    return this.exec('box', 'sh', '-c', source);
  }

  #run(untilMs: number): void {
    for (let entry = this.agenda.take(untilMs); entry !== null; entry = this.agenda.take(untilMs)) entry.due(this.agenda.nowMs);
    this.agenda.moveTo(untilMs);
  }
}
