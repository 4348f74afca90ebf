import type { Resolver } from '../dns/resolver.ts';
import type { Certificate } from '../certificates/certificate.ts';
import type { KindMap } from '../objects.ts';
import type { PodRequest } from '../processes.ts';
import type { DataServers } from '../data/data-servers.ts';
import type { ObjectStore } from '../store.ts';
import type { ExternalFlow, PodFlow } from '../traffic/graph.ts';
import { isIngressController } from '../signals/entrance.ts';
import { ingressTarget } from '../traffic/ingresses.ts';
import { type Behind, proxied } from './entrance-server.ts';
import { type Answer, type Listener, text } from './servers.ts';
import type { TrafficDoor } from './traffic-door.ts';

type Pod = KindMap['Pod'];
type Service = KindMap['Service'];

/** Where a connection leads. Times are those of a round trip, in ms. */
export type Destination =
  | { readonly to: 'nowhere' }
  | { readonly to: 'refused'; readonly ip: string; readonly tookMs: number }
  | { readonly to: 'silence'; readonly ip: string; readonly tookMs: number }
  | { readonly to: 'listener'; readonly ip: string; readonly tookMs: number; readonly speaks: Listener['speaks']; readonly pod: Pod | null; readonly service: string | null; /** It is accepted, and cut at the first word. */ readonly resets?: boolean; /** Where it speaks TLS. */ readonly certificate?: Certificate; ask(request: PodRequest): Answer };

/** The cluster's network, as whoever is in a container finds it: its name server, its Services, its pods, the world outside. */
export class Network {
  readonly #store: ObjectStore;
  readonly #door: TrafficDoor;
  readonly #listenerOf: (pod: Pod, port: number) => Listener | null;
  readonly #names: () => Resolver;
  readonly #kept = new Map<string, Map<string, string>>();
  #turn = 0;
  #connections = 0;
  /** What databases, caches and brokers hold. */
  readonly data: DataServers;

  constructor(store: ObjectStore, door: TrafficDoor, listenerOf: (pod: Pod, port: number) => Listener | null, data: DataServers, names: () => Resolver) {
    this.#store = store;
    this.#names = names;
    this.data = data;
    this.#door = door;
    this.#listenerOf = listenerOf;
  }

  /** What the name server says of a name, with the search domains of the pod's namespace; null where there is no such name. */
  lookUp(name: string, namespace: string): { readonly name: string; readonly ips: readonly string[] } | null {
    const bare = name.replace(/\.$/, '').toLowerCase();
    if (/^\d+(?:\.\d+){3}$/.test(bare)) return { name: bare, ips: [bare] };
    if (bare === 'localhost') return { name: bare, ips: ['127.0.0.1'] };
    for (const full of candidates(bare, namespace)) {
      const said = this.#names().resolve(full);
      if ('trouble' in said && said.trouble !== 'NXDOMAIN') return null;
      const ips = 'name' in said ? this.#inCluster(said.name) : null;
      if (ips !== null) return { name: full, ips };
    }
    return this.lookUpOutside(bare);
  }

  /** What the resolvers of the network beyond the cluster say. */
  lookUpOutside(name: string): { readonly name: string; readonly ips: readonly string[] } | null {
    const bare = name.replace(/\.$/, '').toLowerCase();
    if (bare === 'localhost') return { name: bare, ips: ['127.0.0.1'] };
    if (/^\d+(?:\.\d+){3}$/.test(bare)) return { name: bare, ips: [bare] };
    const external = this.#door.external(bare);
    if (external !== undefined) return { name: bare, ips: [outsideIp(bare)] };
    return PUBLIC_NAMES.test(bare) ? { name: bare, ips: [outsideIp(bare)] } : null;
  }

  /** Why the name server of the cluster gives nobody an answer, if it does not. */
  nameTrouble(name: string): 'SERVFAIL' | 'silence' | null {
    const said = this.#names().resolve(name.replace(/\.$/, '').toLowerCase());
    return 'trouble' in said && said.trouble !== 'NXDOMAIN' ? said.trouble : null;
  }

  /** How long the name server of the cluster takes longer than it should, in ms. */
  get namesLateMs(): number {
    return this.#names().lateMs;
  }

  /** Opens a connection from a container of a pod, or from a node. */
  connect(from: { readonly pod: Pod | null; lookUp(name: string): { readonly name: string; readonly ips: readonly string[] } | null }, host: string, port: number): Destination {
    const to = this.#lead(from, host, port);
    return from.pod === null ? to : this.#onTheWay(from.pod, to);
  }

  /** What lies between a pod and where its connection leads: lost packets, time, and what a mesh says to it. */
  #onTheWay(from: Pod, to: Destination): Destination {
    if (to.to !== 'listener' || to.pod === null || to.pod.metadata.uid === from.metadata.uid) return to;
    const { pod, service } = to;
    const { ms, loss } = this.#door.between(from, pod, service);
    const nth = this.#connections++;
    if (loss > 0 && Math.floor((nth + 1) * loss) > Math.floor(nth * loss)) return { to: 'silence', ip: to.ip, tookMs: Infinity };
    const resets = this.#door.refusal(from, pod, service, '/')?.includes('reset by peer') === true;
    return {
      ...to, tookMs: to.tookMs + ms, ...(resets ? { resets } : {}),
      ask: (request) => {
        const why = this.#door.refusal(from, pod, service, request.path);
        if (why !== null) return text(why.includes(' 403') ? 403 : 503, why.replace(/^unexpected status \d+: /, ''), { server: 'envoy' });
        const answer = to.ask(request);
        return { ...answer, tookMs: answer.tookMs + ms };
      },
    };
  }

  #lead(from: Parameters<Network['connect']>[0], host: string, port: number): Destination {
    const found = from.lookUp(host);
    const ip = found?.ips[0];
    if (found === null || ip === undefined) return { to: 'nowhere' };
    if (ip.startsWith('127.') && from.pod !== null) return this.#toPod(from.pod, port, ip, null);
    const service = this.#store.list('Service', null).find(({ spec }) => spec?.clusterIP === ip || spec?.clusterIPs?.includes(ip) === true);
    if (service !== undefined) return this.#toService(service, port, ip);
    const pod = this.#store.list('Pod', null).find(({ status, spec }) => status?.podIP === ip && spec?.hostNetwork !== true && status.phase === 'Running');
    if (pod !== undefined) return this.#toPod(pod, port, ip, found.name.endsWith('.svc.cluster.local') ? serviceOf(found.name) : null);
    const node = this.#store.list('Node', null).find(({ status }) => status?.addresses?.some(({ address }) => address === ip) === true);
    if (node !== undefined) return this.#toNode(port, ip);
    const external = this.#door.external(found.name);
    if (external !== undefined) return this.#outside(ip, external);
    if (PUBLIC_NAMES.test(found.name)) return { to: 'listener', ip, tookMs: 24, speaks: 'http', pod: null, service: null, ask: () => text(200, '<!doctype html><html><head><title>Example Domain</title></head><body></body></html>\n', { 'content-type': 'text/html' }, 48) };
    return { to: 'silence', ip, tookMs: Infinity };
  }

  /** What a pod's port leads to, for who is already there. */
  toPod(pod: Pod, port: number): Destination {
    return this.#toPod(pod, port, pod.status?.podIP ?? '', null);
  }

  shared(key: string): Map<string, string> {
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = new Map();
      this.#kept.set(key, kept);
    }
    return kept;
  }

  /** A pod in the traffic's model; undefined where it runs none of its programs. */
  flowOf(pod: Pod): PodFlow | undefined {
    return this.#door.pod(pod.metadata.uid ?? '');
  }

  #inCluster(full: string): readonly string[] | null {
    const [, first = '', second, namespace = ''] = /^(?:([a-z0-9-]+)\.)?([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local$/.exec(full) ?? [];
    if (second === undefined) return null;
    const service = this.#store.get('Service', namespace, second);
    if (service === undefined) return null;
    if (service.spec?.type === 'ExternalName') return this.lookUp(service.spec.externalName ?? '', namespace)?.ips ?? null;
    const headless = service.spec?.clusterIP === 'None';
    if (first !== '') {
      const pod = headless ? this.#backends(service, true).find(({ spec, metadata }) => (spec?.hostname ?? metadata.name) === first) : undefined;
      return pod?.status?.podIP === undefined ? null : [pod.status.podIP];
    }
    if (!headless) return [service.spec?.clusterIP ?? ''];
    const ips = this.#backends(service, service.spec?.publishNotReadyAddresses === true).flatMap(({ status }) => status?.podIP ?? []);
    return ips.length === 0 ? null : ips;
  }

  /** The pods behind a Service. */
  #backends(service: Service, unready: boolean): Pod[] {
    const namespace = service.metadata.namespace ?? '';
    return this.#store
      .list('EndpointSlice', namespace)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
      .flatMap(({ endpoints }) => endpoints)
      .flatMap(({ targetRef, conditions }) => (targetRef?.kind === 'Pod' && (unready || conditions?.ready === true) ? (this.#store.get('Pod', namespace, targetRef.name ?? '') ?? []) : []));
  }

  #toService(service: Service, port: number, ip: string): Destination {
    const chosen = service.spec?.ports?.find((candidate) => candidate.port === port);
    const key = `${service.metadata.namespace ?? ''}/${service.metadata.name}`;
    if (key === 'default/kubernetes' && port === 443) return { to: 'listener', ip, tookMs: 1, speaks: 'http', pod: null, service: key, ask: () => text(403, '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden: User \\"system:anonymous\\" cannot get path \\"/\\"","reason":"Forbidden","details":{},"code":403}\n', { 'content-type': 'application/json' }) };
    // Nobody answers at the address of a Service for a port that it does not have.
    if (chosen === undefined) return { to: 'silence', ip, tookMs: Infinity };
    const pods = this.#backends(service, service.spec?.publishNotReadyAddresses === true);
    const pod = pods[this.#turn++ % Math.max(1, pods.length)];
    if (pod === undefined) return { to: 'refused', ip, tookMs: 1 };
    return this.#toPod(pod, targetPort(pod, chosen.targetPort ?? port), ip, key);
  }

  #toPod(pod: Pod, port: number, ip: string, service: string | null): Destination {
    const flow = this.#door.pod(pod.metadata.uid ?? '');
    const extraMs = service === null ? 0 : (this.#door.service(service)?.extraMs ?? 0);
    const tookMs = Math.round(1 + extraMs);
    const shared = { to: 'listener', ip, tookMs, pod, service } as const;
    if (flow !== undefined && (pod.spec?.containers[0]?.ports ?? [{ containerPort: port }]).some(({ containerPort }) => containerPort === port)) {
      const { kind } = flow.variant.program;
      if (kind === 'database' || kind === 'cache') return { ...shared, speaks: kind === 'database' ? 'postgres' : 'redis', ask: () => text(400, '') };
      return { ...shared, speaks: 'http', ...(flow.certificate === null ? {} : { certificate: flow.certificate }), ask: (request) => this.#door.ask(flow, service, request) };
    }
    const listener = this.#listenerOf(pod, port);
    if (listener === null) return { to: 'refused', ip, tookMs };
    if (listener.speaks === 'http' && isIngressController(pod)) return { ...shared, speaks: 'http', ask: (request) => proxied(this.#behind, request, this.#turn++) };
    const from = pod.status?.podIP ?? ip;
    return { ...shared, speaks: listener.speaks, ask: (request) => (listener.speaks === 'http' ? listener.answer(request, from) : text(400, '')) };
  }

  /** Whom the Ingresses lead to. */
  get #behind(): Behind {
    return { target: (host, path) => ingressTarget(this.#store, host, path), service: (key) => this.#door.service(key), ask: (pod, service, request) => this.#door.ask(pod, service, request) };
  }

  #toNode(port: number, ip: string): Destination {
    for (const service of this.#store.list('Service', null)) {
      const found = service.spec?.ports?.find(({ nodePort }) => nodePort === port);
      if (found !== undefined) return this.#toService(service, found.port, ip);
    }
    const pod = this.#store.list('Pod', null).find(({ status, spec }) => status?.hostIP === ip && status.phase === 'Running' && (spec?.containers ?? []).some(({ ports = [] }) => ports.some(({ hostPort, containerPort }) => hostPort === port || (spec?.hostNetwork === true && containerPort === port))));
    const hosted = pod?.spec?.containers.flatMap(({ ports = [] }) => ports).find(({ hostPort }) => hostPort === port);
    return pod === undefined ? { to: 'refused', ip, tookMs: 1 } : this.#toPod(pod, hosted?.containerPort ?? port, ip, null);
  }

  #outside(ip: string, external: ExternalFlow): Destination {
    return { to: 'listener', ip, tookMs: 18, speaks: 'http', pod: null, service: null, ask: () => this.#door.askOutside(external) };
  }
}

/** Names that resolve anywhere. */
const PUBLIC_NAMES = /^(?:[a-z0-9-]+\.)*(?:google\.com|kubernetes\.io|k8s\.io|github\.com|example\.(?:com|org|net)|docker\.(?:com|io)|cloudflare\.com|debian\.org|alpinelinux\.org|npmjs\.org|pypi\.org|wikipedia\.org|cern\.ch)$/;

/** The names that a resolver tries, in order: those with fewer than five dots go through the search domains first. */
function candidates(name: string, namespace: string): string[] {
  return [`${name}.${namespace}.svc.cluster.local`, `${name}.svc.cluster.local`, `${name}.cluster.local`, name];
}

function serviceOf(full: string): string | null {
  const parts = full.split('.');
  const [service, namespace] = parts.slice(-5);
  return service === undefined || namespace === undefined ? null : `${namespace}/${service}`;
}

function targetPort(pod: Pod, target: number | string): number {
  if (typeof target === 'number') return target;
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)?.containerPort ?? (Number(target) || 0);
}

/** An address of the public network, always the same for a name. */
function outsideIp(name: string): string {
  let sum = 7;
  for (let at = 0; at < name.length; at++) sum = (sum * 31 + name.charCodeAt(at)) % 65_536;
  return `203.0.113.${(sum % 253) + 1}`;
}
