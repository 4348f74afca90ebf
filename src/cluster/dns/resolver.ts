import type { Agenda } from '../../time/agenda.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { KindMap } from '../objects.ts';
import { isReady } from '../pods.ts';
import type { ObjectStore } from '../store.ts';
import type { Conditions } from '../traffic/conditions.ts';
import { resolverAnswers } from '../traffic/reach.ts';
import { type Corefile, readCorefile, ruled } from './corefile.ts';

/** How the cluster's resolver answers for a name: what it takes the name for, or why it has no answer. */
export type Resolution = { readonly name: string } | { readonly trouble: 'NXDOMAIN' | 'SERVFAIL' | 'silence' };

/**
 * The resolver of a cluster, CoreDNS in `kube-system`, as it runs: its Corefile as it was read last. It reads a changed one
 * again after a while where its `reload` plugin is on, else at its next start. What its rules do to the names of Services
 * moves the levers of the traffic. A cluster that declares none has one that nothing is wrong with.
 */
export class Resolver {
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #store: ObjectStore;
  readonly #conditions: Conditions;
  #loaded: Corefile | null = null;
  #text: string | undefined;
  #ticket: number | null = null;
  #lifts: (() => void)[] = [];
  /** The Services whose names its rules deny. */
  #denied: string[] = [];
  #asked = 0;
  /** Told when it has read a changed Corefile again. */
  onReload: (corefile: string) => void = () => undefined;

  constructor(agenda: Agenda<AgendaEntry>, store: ObjectStore, conditions: Conditions) {
    this.#agenda = agenda;
    this.#store = store;
    this.#conditions = conditions;
    store.watchKind('ConfigMap', (_type, { metadata }) => {
      if (metadata.name === 'coredns' && metadata.namespace === 'kube-system') this.#changed();
    });
    store.watchKind('Pod', (_type, pod, before) => {
      if (pod.metadata.namespace === 'kube-system' && pod.metadata.labels?.['k8s-app'] === 'kube-dns' && isReady(pod) && (before === null || !isReady(before))) this.#load();
    });
  }

  /** What it says of a whole name, without a dot at its end. */
  resolve(name: string, type = 'A'): Resolution {
    if (!resolverAnswers(this.#store)) return { trouble: 'silence' };
    const errors = this.#conditions.share('dns-errors', 'cluster');
    const nth = this.#asked++;
    if (errors > 0 && Math.floor((nth + 1) * errors) > Math.floor(nth * errors)) return { trouble: 'SERVFAIL' };
    if (this.#loaded === null) return { name };
    const { name: asked, rcode } = ruled(this.#loaded, name, type);
    if (rcode !== null) return { trouble: rcode === 'NXDOMAIN' ? 'NXDOMAIN' : 'SERVFAIL' };
    if (!this.#loaded.cluster && asked.endsWith('.cluster.local')) return { trouble: 'NXDOMAIN' };
    const [service, namespace] = asked.split('.');
    return this.#conditions.sum('dns-missing', `${namespace ?? ''}/${service ?? ''}`) > 0 && asked === name && this.#foreign(`${namespace ?? ''}/${service ?? ''}`) ? { trouble: 'NXDOMAIN' } : { name: asked };
  }

  /** How much later it answers than it should, in ms. */
  get lateMs(): number {
    return this.#conditions.sum('dns-latency', 'cluster');
  }

  /** Whether somebody else than its own rules denies a Service's name. */
  #foreign(key: string): boolean {
    return this.#conditions.sum('dns-missing', key) > this.#denied.filter((one) => one === key).length;
  }

  #changed(): void {
    if (this.#loaded === null) return this.#load();
    if (!this.#loaded.reloads || this.#ticket !== null) return;
    this.#ticket = this.#agenda.addAfter(RELOAD_MS, {
      due: () => {
        this.#ticket = null;
        const before = this.#text;
        this.#load();
        if (this.#text !== undefined && this.#text !== before) this.onReload(this.#text);
      },
    });
  }

  #load(): void {
    const text = this.#store.get('ConfigMap', 'kube-system', 'coredns')?.data?.['Corefile'];
    if (text === this.#text) return;
    this.#text = text;
    this.#loaded = text === undefined ? null : readCorefile(text);
    for (const lift of this.#lifts.splice(0)) lift();
    this.#denied = [];
    if (this.#loaded === null) return;
    if (!this.#loaded.cluster) return this.#deny('cluster');
    if (this.#loaded.rewrites.length + this.#loaded.templates.length === 0) return;
    for (const service of this.#store.list('Service', null)) this.#judge(this.#loaded, service);
    const every = ruled(this.#loaded, 'any.name.svc.cluster.local', 'A').rcode;
    if (every === 'NXDOMAIN') this.#deny('cluster');
    else if (every !== null) this.#lifts.push(this.#conditions.adjust('dns-errors', 'cluster', 1));
  }

  /** What the rules do to the name of one Service. */
  #judge(loaded: Corefile, { metadata }: KindMap['Service']): void {
    const name = `${metadata.name}.${metadata.namespace ?? ''}.svc.cluster.local`;
    const { name: asked, rcode } = ruled(loaded, name, 'A');
    const [service = '', namespace = ''] = asked.split('.');
    const lost = asked !== name && this.#store.get('Service', namespace, service) === undefined;
    if (rcode === 'NXDOMAIN' || lost) this.#deny(`${metadata.namespace ?? ''}/${metadata.name}`);
  }

  #deny(target: string): void {
    this.#denied.push(target);
    this.#lifts.push(this.#conditions.adjust('dns-missing', target, 1));
  }
}

/** A mounted ConfigMap follows after up to a minute, and the plugin looks every thirty seconds. */
const RELOAD_MS = 45_000;
