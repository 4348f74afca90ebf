import type { EndpointSubset } from 'kubernetes-types/core/v1';
import type { Endpoint } from 'kubernetes-types/discovery/v1';
import { Die } from '../../time/dice.ts';
import type { ClusterContext } from '../context.ts';
import { refOf } from '../deletion.ts';
import { sameJson } from '../json.ts';
import { randomSuffix } from '../names.ts';
import type { KindMap } from '../objects.ts';
import { controllerReference } from '../pods.ts';
import { WorkQueue } from '../work-queue.ts';

type Endpoints = KindMap['Endpoints'];
type EndpointSlice = KindMap['EndpointSlice'];

/** Mirrors Endpoints that people made by hand, for Services without a selector, as EndpointSlices: one for each subset. */
export class EndpointSliceMirroring {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;
  readonly #die: Die;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#die = new Die(cluster.seed, 'cluster/endpoint-slice-mirroring');
    this.#queue = new WorkQueue(cluster.agenda, SYNC_DELAY_MS, (uid) => this.#sync(uid));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('Endpoints', (type, endpoints) => {
      if (type !== 'DELETED' && endpoints.metadata.labels?.[MANAGED] === undefined) this.#queue.mark(endpoints.metadata.uid as string);
    });
    store.watchKind('Service', (type, { metadata, spec }, previous) => {
      if (previous?.spec === spec || selectsPods(spec)) return;
      const endpoints = store.get('Endpoints', metadata.namespace ?? '', metadata.name);
      if (endpoints !== undefined && type !== 'DELETED') this.#queue.mark(endpoints.metadata.uid as string);
    });
  }

  #sync(uid: string): void {
    const { store } = this.#cluster;
    const endpoints = store.byUid(uid);
    if (endpoints?.kind !== 'Endpoints') return;
    const { labels, annotations, namespace = '', name } = endpoints.metadata;
    const service = store.get('Service', namespace, name);
    const mirrored = service !== undefined && !selectsPods(service.spec) && labels?.[SKIPPED] !== 'true' && annotations?.[LEADER] === undefined;
    const spare: EndpointSlice[] = [];
    for (const owned of store.ownedBy(uid)) if (owned.kind === 'EndpointSlice') spare.push(owned);
    for (const subset of mirrored ? (endpoints.subsets ?? []) : []) this.#write(endpoints, subset, spare.shift());
    for (const surplus of spare) store.remove(refOf(surplus));
  }

  #write(owner: Endpoints, subset: EndpointSubset, slice: EndpointSlice | undefined): void {
    const { store } = this.#cluster;
    const endpoints = [...(subset.addresses ?? []).map((address) => endpointOf(address, true)), ...(subset.notReadyAddresses ?? []).map((address) => endpointOf(address, false))];
    const ports = (subset.ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }));
    if (slice !== undefined) {
      if (!sameJson(slice.endpoints, endpoints) || !sameJson(slice.ports, ports)) store.update<EndpointSlice>({ ...slice, endpoints, ports });
      return;
    }
    const { name, namespace = '', labels } = owner.metadata;
    const sliceName = `${name}-${randomSuffix(this.#die)}`;
    if (store.get('EndpointSlice', namespace, sliceName) !== undefined) return this.#write(owner, subset, slice);
    store.create<EndpointSlice>({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: sliceName, namespace, generateName: `${name}-`, generation: 1, ownerReferences: [controllerReference(owner)],
        labels: { ...labels, 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io', 'kubernetes.io/service-name': name },
      },
      addressType: (endpoints[0]?.addresses[0] ?? '').includes(':') ? 'IPv6' : 'IPv4',
      endpoints,
      ports,
    });
  }
}

const SYNC_DELAY_MS = 18;
const MANAGED = 'endpoints.kubernetes.io/managed-by';
const SKIPPED = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';

function selectsPods(spec: KindMap['Service']['spec']): boolean {
  return Object.keys(spec?.selector ?? {}).length > 0;
}

function endpointOf({ ip, hostname, nodeName, targetRef }: NonNullable<EndpointSubset['addresses']>[number], ready: boolean): Endpoint {
  return {
    addresses: [ip], conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }), ...(nodeName === undefined ? {} : { nodeName }), ...(targetRef === undefined ? {} : { targetRef }),
  };
}
