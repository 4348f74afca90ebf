import type { EndpointAddress, EndpointSubset } from 'kubernetes-types/core/v1';
import type { Endpoint } from 'kubernetes-types/discovery/v1';
import type { ClusterContext } from '../context.ts';
import { refOf } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

/** Keeps the older Endpoints of each Service as its EndpointSlices are. */
export class EndpointsController {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  /** For changes long before people look, which are taken together. */
  readonly #slowly: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
    this.#slowly = new WorkQueue(cluster.agenda, LONG_AGO_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('EndpointSlice', (_type, slice) => {
      const owner = slice.metadata.ownerReferences?.[0];
      if (owner?.kind === 'Service') (this.#cluster.clock.nowMs < LONG_AGO_MS ? this.#slowly : this.#queue).mark(owner.uid);
    });
    store.watchKind('Service', (type, service) => {
      if (type === 'DELETED') this.#queue.mark(`${service.metadata.namespace ?? ''}/${service.metadata.name}`);
    });
  }

  #sync(key: string): void {
    const { store } = this.#cluster;
    const [namespace, name] = key.split('/');
    if (name !== undefined) {
      const left = store.get('Endpoints', namespace as string, name);
      if (left !== undefined && store.get('Service', namespace as string, name) === undefined) store.remove(refOf(left));
      return;
    }
    const service = store.byUid(key);
    if (service?.kind === 'Service') this.#write(service);
  }

  #write(service: KindMap['Service']): void {
    const { store } = this.#cluster;
    const { name, namespace = '', labels } = service.metadata;
    const subsets: EndpointSubset[] = [];
    for (const slice of store.ownedBy(service.metadata.uid as string)) if (slice.kind === 'EndpointSlice') addSubset(subsets, slice);
    const current = store.get('Endpoints', namespace, name);
    if (current === undefined) {
      store.create<KindMap['Endpoints']>({
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name, namespace, labels: { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } },
        ...(subsets.length === 0 ? {} : { subsets }),
      });
    } else if (!sameJson(current.subsets ?? [], subsets)) store.update<KindMap['Endpoints']>({ ...current, subsets });
  }
}

/** Adds a slice's endpoints to the subset of the same ports. Those that are going are in none. */
function addSubset(subsets: EndpointSubset[], slice: KindMap['EndpointSlice']): void {
  const ready: EndpointAddress[] = [];
  const notReady: EndpointAddress[] = [];
  for (const endpoint of slice.endpoints) {
    if (endpoint.conditions?.terminating !== true) (endpoint.conditions?.ready === true ? ready : notReady).push(addressOf(endpoint));
  }
  if (ready.length + notReady.length === 0) return;
  const ports = (slice.ports ?? []).map(({ name, port, protocol }) => ({ ...(name === '' || name === undefined ? {} : { name }), port: port ?? 0, protocol: protocol ?? 'TCP' }));
  const at = subsets.findIndex((subset) => sameJson(subset.ports, ports));
  const { addresses = [], notReadyAddresses = [] } = subsets[at] ?? {};
  const all = addresses.concat(ready);
  const unready = notReadyAddresses.concat(notReady);
  const subset = { ...(all.length === 0 ? {} : { addresses: all }), ...(unready.length === 0 ? {} : { notReadyAddresses: unready }), ports };
  if (at < 0) subsets.push(subset);
  else subsets[at] = subset;
}

/** Made once for each endpoint, which does not change, so that large Services are compared by identity. */
const ADDRESSES = new WeakMap<Endpoint, EndpointAddress>();

function addressOf(endpoint: Endpoint): EndpointAddress {
  let address = ADDRESSES.get(endpoint);
  if (address === undefined) {
    const { addresses, hostname, nodeName, targetRef } = endpoint;
    address = { ip: addresses[0] ?? '', ...(hostname === undefined ? {} : { hostname }), ...(nodeName === undefined ? {} : { nodeName }), ...(targetRef === undefined ? {} : { targetRef }) };
    ADDRESSES.set(endpoint, address);
  }
  return address;
}

const SYNC_DELAY_MS = 16;
const LONG_AGO_MS = -3_600_000;
const LONG_AGO_DELAY_MS = 60_000;
