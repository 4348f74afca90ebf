import type { JsonObject } from '../json.ts';
import { hasLabels } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { parseDurationMs } from '../../time/sim-time.ts';
import { AUTHORIZATION_POLICY, DATAPLANE_MODE, DESTINATION_RULE, PEER_AUTHENTICATION, ROOT_NAMESPACE, VIRTUAL_SERVICE } from './mesh-kinds.ts';
import { type Caller, covers, listOf, objectOf, wordsOf } from './policy-match.ts';

type Pod = KindMap['Pod'];

/** What a mesh does to calls of one way: the share that it refuses with what it says then, and what it adds to each. */
export interface MeshVerdict {
  readonly share: number;
  readonly says: string | null;
  readonly ms: number;
}

/** A pod as others name it. */
interface PodName {
  readonly namespace: string;
  readonly name: string;
}

interface Rule {
  readonly namespace: string;
  readonly spec: JsonObject;
}

const FREE: MeshVerdict = { share: 0, says: null, ms: 0 };
const GATEWAY: Caller = { principal: 'cluster.local/ns/istio-system/sa/istio-ingressgateway', namespace: ROOT_NAMESPACE, ip: null };
const DENIED = 'unexpected status 403: RBAC: access denied';
/** What a caller without a proxy reads where only mutual TLS is taken, and what a proxy answers in its stead. */
const RESET = 'read: connection reset by peer';
const TERMINATED = 'unexpected status 503: upstream connect error or disconnect/reset before headers. reset reason: connection termination';
const NO_TLS = 'unexpected status 503: upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end';

/** A service mesh, Istio, as its objects make it: who is in it, who may call whom, and how. A cluster without them has none. */
export class Mesh {
  readonly #store: ObjectStore;
  #policies: readonly Rule[] = [];
  #authentications: readonly Rule[] = [];
  #virtual: readonly Rule[] = [];
  #destinations: readonly Rule[] = [];

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Reads its objects; to be called when one of them has changed. */
  refresh(): void {
    const kinds = this.#store.customKinds();
    const read = (kind: typeof AUTHORIZATION_POLICY): Rule[] => (kinds.includes(kind) ? this.#store.list(kind, null).map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? '', spec: objectOf(spec) })) : []);
    this.#policies = read(AUTHORIZATION_POLICY);
    this.#authentications = read(PEER_AUTHENTICATION);
    this.#virtual = read(VIRTUAL_SERVICE);
    this.#destinations = read(DESTINATION_RULE);
  }

  /** Whether anything of it can change a call. */
  get acts(): boolean {
    return this.#policies.length + this.#authentications.length + this.#virtual.length + this.#destinations.length > 0;
  }

  /** What it does to calls of a route, from the pods of a caller to those of a Service `namespace/name`. */
  judge(callers: readonly PodName[], service: string, called: readonly PodName[], route: string): MeshVerdict {
    const froms = callers.flatMap((one) => this.#store.get('Pod', one.namespace, one.name) ?? []);
    const tos = called.flatMap((one) => this.#store.get('Pod', one.namespace, one.name) ?? []);
    if (froms.length === 0) return FREE;
    const own = this.#routing(froms, service, route);
    let refused = 0;
    let says = own.says;
    for (const from of froms) {
      for (const to of tos) {
        const why = this.refusal(from, to, service, route);
        if (why === null) continue;
        refused++;
        says = why;
      }
    }
    const share = tos.length === 0 ? 0 : refused / (froms.length * tos.length);
    return { share: 1 - (1 - share) * (1 - own.share), says, ms: own.ms };
  }

  /**
   * Whether none of a Service's pods takes calls of users. Those come through the gateway of the mesh; others through an
   * Ingress, whose controller is outside of it.
   */
  refusesUsers(called: readonly PodName[], service: string, route: string, throughGateway: boolean): boolean {
    const tos = called.flatMap((one) => this.#store.get('Pod', one.namespace, one.name) ?? []);
    return tos.length > 0 && tos.every((to) => (throughGateway ? this.#isIn(to) && !this.#mayCall(GATEWAY, to, service, route) : this.refusal(null, to, service, route) !== null));
  }

  /** Why a call from a pod, or from outside of the cluster (null), to a pod is refused; null where it is not. */
  refusal(from: Pod | null, to: Pod, service: string, route: string): string | null {
    const caller = from !== null && this.#isIn(from) ? from : null;
    const tls = caller === null ? 'none' : this.#tlsTo(caller, service);
    if (!this.#isIn(to)) return tls === 'forced' ? NO_TLS : null;
    const known = tls === 'disabled' ? null : caller;
    if (known === null && this.#modeOf(to) === 'STRICT') return caller === null ? RESET : TERMINATED;
    const namespace = known?.metadata.namespace ?? null;
    const principal = known === null ? null : `cluster.local/ns/${namespace ?? ''}/sa/${known.spec?.serviceAccountName ?? 'default'}`;
    return this.#mayCall({ principal, namespace, ip: from?.status?.podIP ?? null }, to, service, route) ? null : DENIED;
  }

  /** Whether a pod's traffic goes through the mesh: by its own label, that of its namespace, or a proxy beside it. */
  #isIn({ metadata, spec }: Pod): boolean {
    if ([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) => name === 'istio-proxy')) return true;
    const own = metadata.labels?.[DATAPLANE_MODE];
    const mode = own ?? this.#store.get('Namespace', '', metadata.namespace ?? '')?.metadata.labels?.[DATAPLANE_MODE];
    return mode === 'ambient' && spec?.hostNetwork !== true;
  }

  /** The narrowest PeerAuthentication that is about a pod decides. */
  #modeOf(pod: Pod): string {
    const namespace = pod.metadata.namespace ?? '';
    const about = this.#authentications.filter((one) => one.namespace === namespace || one.namespace === ROOT_NAMESPACE);
    const chosen = about.find((one) => one.namespace === namespace && selectorOf(one) !== null && selects(one, pod))
      ?? about.find((one) => one.namespace === namespace && selectorOf(one) === null)
      ?? about.find((one) => one.namespace === ROOT_NAMESPACE && selectorOf(one) === null);
    const { mode } = objectOf(chosen?.spec['mtls']);
    return typeof mode === 'string' && mode !== 'UNSET' ? mode : 'PERMISSIVE';
  }

  #mayCall(caller: Caller, to: Pod, service: string, route: string): boolean {
    const about = this.#policies.filter((one) => (one.namespace === to.metadata.namespace || one.namespace === ROOT_NAMESPACE) && aims(one, to, service));
    const ports = (to.spec?.containers ?? []).flatMap((container) => container.ports ?? []).map(({ containerPort }) => containerPort);
    const covered = (one: Rule): boolean => listOf(one.spec['rules']).some((rule) => covers(objectOf(rule), caller, { ports, path: `/${route}` }));
    if (about.some((one) => one.spec['action'] === 'DENY' && covered(one))) return false;
    const allowing = about.filter(({ spec }) => (spec['action'] ?? 'ALLOW') === 'ALLOW');
    return allowing.length === 0 || allowing.some(covered);
  }

  /** Which TLS a DestinationRule of the caller, the Service or the mesh demands. */
  #tlsTo(from: Pod, service: string): 'usual' | 'disabled' | 'forced' {
    const rule = this.#destinations.find((one) => [from.metadata.namespace, service.split('/')[0], ROOT_NAMESPACE].includes(one.namespace) && isHost(one.spec['host'], one.namespace, service));
    const { mode } = objectOf(objectOf(rule?.spec['trafficPolicy'])['tls']);
    return mode === 'DISABLE' ? 'disabled' : mode === 'ISTIO_MUTUAL' || mode === 'MUTUAL' || mode === 'SIMPLE' ? 'forced' : 'usual';
  }

  /** What a VirtualService adds on purpose to calls of those who are in the mesh: aborts and delays. */
  #routing(froms: readonly Pod[], service: string, route: string): MeshVerdict {
    const rule = this.#virtual.find(({ namespace, spec }) => wordsOf(spec['hosts']).some((host) => isHost(host, namespace, service)) && (spec['gateways'] === undefined || wordsOf(spec['gateways']).includes('mesh')));
    if (rule === undefined) return FREE;
    const http = listOf(rule.spec['http']).find((one) => listOf(one['match']).length === 0 || listOf(one['match']).some((match) => matchesPath(objectOf(match['uri']), `/${route}`)));
    const inside = froms.filter((pod) => this.#isIn(pod)).length / froms.length;
    const fault = objectOf(http?.['fault']);
    const [abort, delay] = [objectOf(fault['abort']), objectOf(fault['delay'])];
    const share = inside * percentOf(abort);
    return { share, says: share > 0 ? `unexpected status ${typeof abort['httpStatus'] === 'number' ? abort['httpStatus'] : 503}: fault filter abort` : null, ms: inside * percentOf(delay) * (typeof delay['fixedDelay'] === 'string' ? (parseDurationMs(delay['fixedDelay']) ?? 0) : 0) };
  }
}

function selectorOf({ spec }: Rule): Record<string, string> | null {
  const labels = objectOf(objectOf(spec['selector'])['matchLabels']) as Record<string, string>;
  return Object.keys(labels).length === 0 ? null : labels;
}

function selects(rule: Rule, pod: Pod): boolean {
  const wanted = selectorOf(rule);
  return wanted === null || hasLabels(wanted, pod.metadata.labels);
}

/** Whether an AuthorizationPolicy is about a pod, by its selector or by the Services that it names. */
function aims(rule: Rule, pod: Pod, service: string): boolean {
  const targets = [...listOf(rule.spec['targetRefs']), ...(rule.spec['targetRef'] === undefined ? [] : [objectOf(rule.spec['targetRef'])])];
  return targets.length > 0 ? targets.some(({ kind, name }) => kind === 'Service' && typeof name === 'string' && `${rule.namespace}/${name}` === service) : selects(rule, pod);
}

/** Whether a host as written in a namespace, `tariffs` or `tariffs.shop.svc.cluster.local`, is a Service. */
function isHost(host: unknown, namespace: string, service: string): boolean {
  if (typeof host !== 'string') return false;
  const [name = '', inNamespace = namespace] = host.split('.');
  return `${inNamespace}/${name}` === service || (host.startsWith('*.') && service.startsWith(`${host.split('.')[1] ?? ''}/`));
}

function matchesPath(uri: JsonObject, path: string): boolean {
  return uri['exact'] === path || (typeof uri['prefix'] === 'string' && path.startsWith(uri['prefix'])) || Object.keys(uri).length === 0;
}

function percentOf(injected: JsonObject): number {
  if (Object.keys(injected).length === 0) return 0;
  const value = objectOf(injected['percentage'])['value'] ?? injected['percent'] ?? 100;
  return typeof value === 'number' ? Math.min(100, Math.max(0, value)) / 100 : 0;
}
