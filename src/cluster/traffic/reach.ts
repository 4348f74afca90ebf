import type { KindMap } from '../objects.ts';
import { selects } from '../labels.ts';
import type { ObjectStore } from '../store.ts';

type Pod = KindMap['Pod'];
type Policy = KindMap['NetworkPolicy'];

/** Whether a pod's program listens on one of these ports: on those that its first container declares, on any where it declares none. */
export function listensOn(pod: Pod, ports: readonly number[]): boolean {
  const declared = pod.spec?.containers[0]?.ports ?? [];
  return declared.length === 0 || ports.length === 0 || declared.some(({ containerPort }) => ports.includes(containerPort));
}

/** What NetworkPolicies let through. */
export class Policies {
  readonly #store: ObjectStore;
  readonly #none: boolean;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#none = store.list('NetworkPolicy', null).length === 0;
  }

  /** Whether anybody may come to this port of a pod. */
  admits(pod: Pod, ports: readonly number[]): boolean {
    if (this.#none) return true;
    const chosen = this.#about(pod, 'Ingress');
    return chosen.length === 0 || chosen.some(({ spec }) => (spec?.ingress ?? []).some((rule) => rule.ports === undefined || rule.ports.some(({ port, protocol = 'TCP' }) => protocol === 'TCP' && (port === undefined || ports.includes(Number(port))))));
  }

  /** Whether a pod may go out, be it only to ask for a name. */
  letsOut(pod: Pod): boolean {
    if (this.#none) return true;
    const chosen = this.#about(pod, 'Egress');
    return chosen.length === 0 || chosen.some(({ spec }) => (spec?.egress ?? []).length > 0);
  }

  #about(pod: Pod, type: 'Ingress' | 'Egress'): Policy[] {
    return this.#store.list('NetworkPolicy', pod.metadata.namespace ?? '').filter(({ spec }) => {
      const types = spec?.policyTypes ?? (spec?.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
      const everyPod = Object.keys(spec?.podSelector.matchLabels ?? {}).length === 0 && (spec?.podSelector.matchExpressions ?? []).length === 0;
      return types.includes(type) && (everyPod || selects(spec?.podSelector, pod.metadata.labels));
    });
  }
}

/** Those of the named ports that their Services do not have, as one text. */
export function closedOf(named: readonly string[], store: ObjectStore): string {
  return named.filter((address) => {
    const [namespace = '', rest = ''] = address.split('/');
    const [name = '', port = ''] = rest.split(':');
    return store.get('Service', namespace, name)?.spec?.ports?.some((one) => one.port === Number(port)) === false;
  }).join(' ');
}

/** Whether a pod's resolver finds the names of Services: with `Default` it asks its node's, which knows none of them. */
export function resolvesNames(pod: Pod, policies: Policies): boolean {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  return (policy === 'ClusterFirst' || policy === 'ClusterFirstWithHostNet') && policies.letsOut(pod);
}

/** Whether anybody is behind the address of the cluster's resolver. A cluster that declares none has one that is not its affair. */
export function resolverAnswers(store: ObjectStore): boolean {
  const selector = store.get('Service', 'kube-system', 'kube-dns')?.spec?.selector;
  if (selector === undefined || Object.keys(selector).length === 0) return true;
  const slices = store.list('EndpointSlice', 'kube-system').filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'kube-dns');
  return slices.some(({ endpoints }) => endpoints.some(({ conditions }) => conditions?.ready === true));
}
