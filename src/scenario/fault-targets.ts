import { definitionOf, isCustomObject, shownKind, type CustomObject } from '../cluster/custom-kind.ts';
import type { FaultTarget } from '../cluster/faults/fault.ts';
import { RESOURCES, type KubeObject } from '../cluster/objects.ts';
import { type ClusterNames, type Found, splitLock } from './cluster-names.ts';

/** What a target is called in a complaint, and the kinds of objects that it may be; none where it is no object. */
export const TARGETS = {
  external: { word: 'external party', words: 'external parties', kinds: [] },
  service: { word: 'Service', words: 'Services', kinds: ['Service'] },
  lock: { word: 'Service', words: 'Services', kinds: ['Service'] },
  workload: { word: 'workload', words: 'workloads', kinds: ['Deployment', 'StatefulSet', 'DaemonSet'] },
  configmap: { word: 'ConfigMap', words: 'ConfigMaps', kinds: ['ConfigMap'] },
  secret: { word: 'Secret', words: 'Secrets', kinds: ['Secret'] },
  claim: { word: 'PersistentVolumeClaim', words: 'PersistentVolumeClaims', kinds: ['PersistentVolumeClaim'] },
  ingress: { word: 'Ingress', words: 'Ingresses', kinds: ['Ingress'] },
  autoscaler: { word: 'HorizontalPodAutoscaler', words: 'HorizontalPodAutoscalers', kinds: ['HorizontalPodAutoscaler'] },
  cronjob: { word: 'CronJob', words: 'CronJobs', kinds: ['CronJob'] },
  node: { word: 'Node', words: 'Nodes', kinds: ['Node'] },
  namespace: { word: 'Namespace', words: 'Namespaces', kinds: ['Namespace'] },
  custom: { word: 'custom object', words: 'custom objects', kinds: [] },
  zone: { word: 'zone', words: 'zones', kinds: [] },
  cluster: { word: 'target', words: 'targets', kinds: [] },
} as const satisfies Record<FaultTarget, { readonly word: string; readonly words: string; readonly kinds: readonly KubeObject['kind'][] }>;

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

/** The one object, zone or whole that a fault's author means: `full` is how the fault is told. */
export function findTarget(target: FaultTarget, written: string, names: ClusterNames): { readonly outcome: 'one'; readonly full: string } | Exclude<Found, { outcome: 'one' }> {
  if (target === 'cluster') return written === 'cluster' ? { outcome: 'one', full: written } : { outcome: 'none', known: ['cluster'] };
  if (target === 'zone') {
    const labels = (label: string): string[] => [...new Set(names.objects.flatMap(({ kind, metadata }) => (kind === 'Node' ? (metadata.labels?.[label] ?? []) : [])))];
    // A region is a zone of zones.
    const known = [...labels(ZONE), ...labels(REGION).map((region) => `region/${region}`)];
    const zone = written.replace(/^zone\//, '');
    return known.includes(zone) ? { outcome: 'one', full: zone } : { outcome: 'none', known };
  }
  return target === 'custom' ? findCustom(written, names) : findObject(target, written, names);
}

/** `postgrescluster/ledger` or `postgrescluster/books/ledger`, handed on as `postgresclusters.databases.example.com/books/ledger`. */
function findCustom(written: string, names: ClusterNames): ReturnType<typeof findTarget> {
  const [kind = '', ...rest] = written.split('/');
  const all = names.objects.filter(isCustomObject);
  const fullOf = ({ kind: own, metadata }: CustomObject): string => `${definitionOf(own)}/${metadata.namespace ?? ''}/${metadata.name}`;
  const found = all.filter((object) => fullOf(object) === written || (shownKind(object.kind).toLowerCase() === kind.toLowerCase() && [object.metadata.name, `${object.metadata.namespace ?? ''}/${object.metadata.name}`].includes(rest.join('/'))));
  const [first] = found;
  if (first !== undefined && found.length === 1) return { outcome: 'one', full: fullOf(first) };
  return { outcome: found.length > 1 ? 'many' : 'none', known: (found.length > 1 ? found : all).map(({ kind: own, metadata }) => `${shownKind(own).toLowerCase()}/${metadata.namespace ?? ''}/${metadata.name}`) };
}

function findObject(target: Exclude<FaultTarget, 'cluster' | 'zone' | 'custom'>, written: string, names: ClusterNames): ReturnType<typeof findTarget> {
  const known: string[] = [];
  const prefix = written.slice(0, written.indexOf('/'));
  const kinds: readonly KubeObject['kind'][] = TARGETS[target].kinds;
  const named = kinds.filter((kind) => RESOURCES[kind as keyof typeof RESOURCES].singular === prefix);
  for (const kind of named.length > 0 ? named : kinds) {
    const found = names.find(kind, named.length > 0 ? written.slice(prefix.length + 1) : written);
    if (found.outcome === 'many') return found;
    if (found.outcome === 'one') return { outcome: 'one', full: target === 'workload' ? `${kind.toLowerCase()}/${found.full}` : found.full.replace(/^\//, '') };
    known.push(...found.known);
  }
  return { outcome: 'none', known };
}

/** `payments` → `shop/payments`; `catalog` → `deployment/shop/catalog`; `postgres/orders` → `shop/postgres/orders`; `external/NAME` stays. */
export function fullTarget(target: FaultTarget, written: string, names: ClusterNames): string {
  if (target === 'external') return written;
  const [name, lock] = target === 'lock' ? splitLock(written) : [written, null];
  const found = findTarget(target, name, names);
  const full = found.outcome === 'one' ? found.full : name;
  return lock === null ? full : `${full}/${lock}`;
}
