import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Pod = KindMap['Pod'];
type Ingress = KindMap['Ingress'];

/** A pod with what its RuntimeClass brings: overhead and where it may run; or why it may not, in the words that follow `is forbidden:`. */
export function withRuntimeClass(store: ObjectStore, pod: Pod): { readonly pod: Pod } | { readonly problem: string } {
  const name = pod.spec?.runtimeClassName;
  if (name === undefined || name === '') return { pod };
  const found = store.get('RuntimeClass', '', name);
  if (found === undefined) return { problem: `pod rejected: RuntimeClass ${JSON.stringify(name)} not found` };
  const { overhead, scheduling } = found;
  const conflict = Object.entries(scheduling?.nodeSelector ?? {}).find(([key, value]) => (pod.spec?.nodeSelector?.[key] ?? value) !== value);
  if (conflict !== undefined) return { problem: `conflict: runtimeClass.scheduling.nodeSelector[${conflict[0]}] = ${conflict[1]}; pod.spec.nodeSelector[${conflict[0]}] = ${pod.spec?.nodeSelector?.[conflict[0]]}` };
  const nodeSelector = scheduling?.nodeSelector === undefined ? {} : { nodeSelector: { ...pod.spec?.nodeSelector, ...scheduling.nodeSelector } };
  const tolerations = scheduling?.tolerations === undefined ? {} : { tolerations: [...(pod.spec?.tolerations ?? []), ...scheduling.tolerations] };
  const fixed = overhead?.podFixed === undefined ? {} : { overhead: overhead.podFixed };
  return { pod: { ...pod, spec: { containers: [], ...pod.spec, ...fixed, ...nodeSelector, ...tolerations } } };
}

/** An Ingress with the cluster's default class, where it names none: the newest of those that call themselves so. */
export function withIngressClass(store: ObjectStore, ingress: Ingress): Ingress {
  if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return ingress;
  let newest: KindMap['IngressClass'] | undefined;
  for (const one of store.list('IngressClass', null)) {
    if (one.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] !== 'true') continue;
    if (newest === undefined || (one.metadata.creationTimestamp ?? '') > (newest.metadata.creationTimestamp ?? '')) newest = one;
  }
  return newest === undefined ? ingress : { ...ingress, spec: { ...ingress.spec, ingressClassName: newest.metadata.name } };
}
