import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1';
import { Die } from '../../time/dice.ts';
import type { ClusterContext } from '../context.ts';
import { refOf } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { hasLabels } from '../labels.ts';
import { randomSuffix } from '../names.ts';
import type { KindMap } from '../objects.ts';
import { controllerReference, isReady } from '../pods.ts';
import type { WatchType } from '../store.ts';
import { WorkQueue } from '../work-queue.ts';

type Pod = KindMap['Pod'];
type Service = KindMap['Service'];
type EndpointSlice = KindMap['EndpointSlice'];

/** Keeps each Service's EndpointSlices in step with the pods that it selects and their readiness. */
export class EndpointSliceController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** By uid of the Service: the endpoints of its pods by their uid, in the order in which they came. */
  readonly #members = new Map<string, Map<string, Member>>();
  readonly #die: Die;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#die = new Die(cluster.seed, 'cluster/endpoint-slices');
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('Service', (type, service, previous) => {
      const uid = service.metadata.uid as string;
      if (type === 'DELETED') this.#members.delete(uid);
      else if (previous?.spec !== service.spec) this.#enrol(service);
    });
    store.watchKind('Pod', (type, pod, previous) => this.#podChanged(type, pod, previous));
    store.watchKind('EndpointSlice', (type, slice) => {
      const owner = slice.metadata.ownerReferences?.[0];
      if (type === 'DELETED' && owner !== undefined && this.#members.has(owner.uid)) this.#queue.mark(owner.uid);
    });
  }

  #enrol(service: Service): void {
    const uid = service.metadata.uid as string;
    const members = new Map<string, Member>();
    this.#members.set(uid, members);
    const selector = service.spec?.selector;
    if (selector === undefined || Object.keys(selector).length === 0) return;
    for (const pod of this.#cluster.store.list('Pod', service.metadata.namespace ?? '')) {
      if (!hasLabels(selector, pod.metadata.labels)) continue;
      const endpoint = endpointOf(pod, service);
      if (endpoint !== null) members.set(pod.metadata.uid as string, { endpoint, ports: portsOf(service, pod, members) });
    }
    this.#queue.mark(uid);
  }

  #podChanged(type: WatchType, pod: Pod, previous: Pod | null): void {
    if (pod.status?.podIP === undefined && previous?.status?.podIP === undefined) return;
    if (type === 'MODIFIED' && previous !== null && looksTheSame(pod, previous)) return;
    for (const service of this.#cluster.store.list('Service', pod.metadata.namespace ?? '')) {
      const selector = service.spec?.selector;
      const members = this.#members.get(service.metadata.uid as string);
      if (selector === undefined || members === undefined) continue;
      const uid = pod.metadata.uid as string;
      const current = members.get(uid);
      const selected = type !== 'DELETED' && Object.keys(selector).length > 0 && hasLabels(selector, pod.metadata.labels);
      const endpoint = selected ? endpointOf(pod, service) : null;
      if (endpoint === null ? current === undefined : sameJson(endpoint, current?.endpoint)) continue;
      if (endpoint === null) members.delete(uid);
      else members.set(uid, { endpoint, ports: current?.ports ?? portsOf(service, pod, members) });
      this.#queue.mark(service.metadata.uid as string);
    }
  }

  #sync(uid: string): void {
    const { store } = this.#cluster;
    const service = store.byUid(uid);
    const members = this.#members.get(uid);
    if (service?.kind !== 'Service' || members === undefined) return;
    const selector = service.spec?.selector;
    if (selector === undefined || Object.keys(selector).length === 0) return;
    const spare: EndpointSlice[] = [];
    for (const owned of store.ownedBy(uid)) if (owned.kind === 'EndpointSlice') spare.push(owned);
    for (const { ports, endpoints } of this.#byPorts(service, members)) {
      const needed = Math.max(1, Math.ceil(endpoints.length / SLICE_SIZE));
      for (let nth = 0; nth < needed; nth++) {
        const alike = spare.findIndex((slice) => sameJson(slice.ports, ports));
        const [slice] = spare.splice(Math.max(0, alike), 1);
        this.#write(service, slice, endpoints.slice(nth * SLICE_SIZE, (nth + 1) * SLICE_SIZE), ports);
      }
    }
    for (const surplus of spare) store.remove(refOf(surplus));
  }

  /** The endpoints by the ports that they have: pods may give one name to different numbers. */
  #byPorts(service: Service, members: ReadonlyMap<string, Member>): { readonly ports: EndpointPort[]; readonly endpoints: Endpoint[] }[] {
    if (members.size === 0) return [{ ports: portsOf(service, null, members), endpoints: [] }];
    const groups = new Map<EndpointPort[], Endpoint[]>();
    for (const { endpoint, ports } of members.values()) {
      const group = groups.get(ports);
      if (group === undefined) groups.set(ports, [endpoint]);
      else group.push(endpoint);
    }
    return [...groups].map(([ports, endpoints]) => ({ ports, endpoints }));
  }

  #write(service: Service, slice: EndpointSlice | undefined, endpoints: Endpoint[], ports: EndpointPort[]): void {
    const { store } = this.#cluster;
    if (slice !== undefined) {
      const same = slice.endpoints.length === endpoints.length && slice.endpoints.every((endpoint, at) => endpoint === endpoints[at]);
      if (!same || !sameJson(slice.ports, ports)) store.update({ ...slice, endpoints, ports });
      return;
    }
    const { name, namespace = '' } = service.metadata;
    const sliceName = `${name}-${randomSuffix(this.#die)}`;
    if (store.get('EndpointSlice', namespace, sliceName) !== undefined) return this.#write(service, slice, endpoints, ports);
    store.create<EndpointSlice>({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: sliceName,
        namespace,
        labels: { ...service.metadata.labels, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io', 'kubernetes.io/service-name': name },
        generateName: `${name}-`,
        generation: 1,
        ownerReferences: [controllerReference(service)],
      },
      addressType: 'IPv4',
      endpoints,
      ports,
    });
  }
}

/** A pod of a Service. Pods with the same ports share one list of them. */
interface Member {
  readonly endpoint: Endpoint;
  readonly ports: EndpointPort[];
}

/** The Service's ports as a pod has them: ports that it does not know by their name are left out. */
function portsOf(service: Service, pod: Pod | null, others: ReadonlyMap<string, Member>): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const { name, port, protocol, targetPort, appProtocol } of service.spec?.ports ?? []) {
    const number = typeof targetPort === 'string' ? namedPort(targetPort, protocol ?? 'TCP', pod) : (targetPort ?? port);
    if (number !== undefined) ports.push({ name: name ?? '', port: number, protocol: protocol ?? 'TCP', ...(appProtocol === undefined ? {} : { appProtocol }) });
  }
  for (const other of others.values()) if (sameJson(other.ports, ports)) return other.ports;
  return ports;
}

function namedPort(name: string, protocol: string, pod: Pod | null): number | undefined {
  for (const container of pod?.spec?.containers ?? []) {
    const port = container.ports?.find((candidate) => candidate.name === name && (candidate.protocol ?? 'TCP') === protocol);
    if (port !== undefined) return port.containerPort;
  }
  return undefined;
}

const SYNC_DELAY_MS = 15;
const SLICE_SIZE = 100;

/** A pod as an endpoint, or null where it has no address yet or has ended. */
function endpointOf(pod: Pod, service: Service): Endpoint | null {
  const { podIP, phase } = pod.status ?? {};
  if (podIP === undefined || phase === 'Succeeded' || phase === 'Failed') return null;
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isReady(pod);
  return {
    addresses: [podIP],
    conditions: { ready: (serving && !terminating) || service.spec?.publishNotReadyAddresses === true, serving, terminating },
    ...(pod.spec?.hostname !== undefined && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {}),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace ?? '', uid: pod.metadata.uid ?? '' },
  };
}

/** Whether nothing changed in a pod that an endpoint shows. */
function looksTheSame(pod: Pod, previous: Pod): boolean {
  return (
    pod.metadata.labels === previous.metadata.labels &&
    pod.metadata.deletionTimestamp === previous.metadata.deletionTimestamp &&
    pod.status?.podIP === previous.status?.podIP &&
    pod.status?.phase === previous.status?.phase &&
    isReady(pod) === isReady(previous)
  );
}
