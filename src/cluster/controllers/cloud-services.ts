import { Die } from '../../time/dice.ts';
import { runAfter } from '../agenda-entry.ts';
import type { ClusterContext } from '../context.ts';
import { withoutFinalizer } from '../deletion.ts';
import type { KindMap } from '../objects.ts';

type Ingress = KindMap['Ingress'];
type Service = KindMap['Service'];

/** What a cloud does for a cluster: Services of type LoadBalancer, and Ingresses of a class, get an address from outside after a while. */
export class CloudServices {
  readonly #cluster: ClusterContext;
  readonly #die: Die;
  /** Uids of Services whose balancer is being made. */
  readonly #making = new Set<string>();

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#die = new Die(cluster.seed, 'cluster/load-balancers');
  }

  /** Follows the store from now on. */
  start(): void {
    const { store, agenda } = this.#cluster;
    store.watchKind('Service', (type, service, previous) => {
      const concerned = service.spec?.type === 'LoadBalancer' || service.metadata.finalizers?.includes(HELD) === true;
      if (type !== 'DELETED' && concerned && (previous === null || previous.spec !== service.spec || service.metadata.deletionTimestamp !== undefined)) {
        runAfter(agenda, NOTICE_MS, () => this.#serve(service.metadata.uid as string));
      }
    });
    store.watchKind('Ingress', (type, ingress, previous) => {
      if (type !== 'DELETED' && (previous === null || previous.spec !== ingress.spec)) runAfter(agenda, INGRESS_MS, () => this.#publish(ingress.metadata.uid as string));
    });
  }

  #serve(uid: string): void {
    const { store, events, agenda } = this.#cluster;
    const service = store.byUid(uid);
    if (service?.kind !== 'Service') return;
    if (service.metadata.deletionTimestamp !== undefined || service.spec?.type !== 'LoadBalancer') return this.#remove(service);
    if (this.#making.has(uid) || (service.status?.loadBalancer?.ingress ?? []).length > 0) return;
    this.#making.add(uid);
    const finalizers = [...(service.metadata.finalizers ?? []), HELD];
    const held = service.metadata.finalizers?.includes(HELD) === true ? service : store.update<Service>({ ...service, metadata: { ...service.metadata, finalizers } });
    events.record(held, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer', SOURCE);
    runAfter(agenda, BALANCER_MS + this.#die.roll(BALANCER_MS), () => {
      this.#making.delete(uid);
      const fresh = store.byUid(uid);
      if (fresh?.kind !== 'Service' || fresh.spec?.type !== 'LoadBalancer' || fresh.metadata.deletionTimestamp !== undefined) return;
      const made = store.update<Service>({ ...fresh, status: { ...fresh.status, loadBalancer: { ingress: [{ ip: this.#address(), ipMode: 'VIP' }] } } });
      events.record(made, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer', SOURCE);
    });
  }

  #remove(service: Service): void {
    const { store, events } = this.#cluster;
    if (service.metadata.finalizers?.includes(HELD) !== true) return;
    events.record(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer', SOURCE);
    const bare = store.update<Service>({ ...service, status: { ...service.status, loadBalancer: {} } });
    events.record(bare, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer', SOURCE);
    withoutFinalizer(store, bare, HELD);
  }

  /** An Ingress of a class that the cluster has is published at the address of the class's controller. */
  #publish(uid: string): void {
    const { store, events } = this.#cluster;
    const ingress = store.byUid(uid);
    if (ingress?.kind !== 'Ingress' || ingress.spec?.ingressClassName === undefined) return;
    const found = store.get('IngressClass', '', ingress.spec.ingressClassName);
    if (found === undefined || (ingress.status?.loadBalancer?.ingress ?? []).length > 0) return;
    const published = store.update<Ingress>({ ...ingress, status: { ...ingress.status, loadBalancer: { ingress: [{ ip: INGRESS_ADDRESS }] } } });
    events.record(published, 'Normal', 'Sync', 'Scheduled for sync', { component: 'nginx-ingress-controller' });
  }

  /** One of the addresses that are set aside for documentation (RFC 5737) and that no balancer has. */
  #address(): string {
    const taken = new Set(this.#cluster.store.list('Service', null).flatMap(({ status }) => (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)));
    const first = this.#die.roll(ADDRESSES);
    for (let nth = 0; nth < ADDRESSES; nth++) {
      const address = `203.0.113.${1 + ((first + nth) % ADDRESSES)}`;
      if (!taken.has(address)) return address;
    }
    return '203.0.113.254';
  }
}

const SOURCE = { component: 'service-controller' };
const HELD = 'service.kubernetes.io/load-balancer-cleanup';
const NOTICE_MS = 17;
const BALANCER_MS = 20_000;
const INGRESS_MS = 1_500;
const INGRESS_ADDRESS = '198.51.100.10';
const ADDRESSES = 253;
