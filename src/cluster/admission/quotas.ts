import type { ResourceQuotaSpec } from 'kubernetes-types/core/v1';
import { compareTexts } from '../../time/text-order.ts';
import { resourceOf } from '../custom-kind.ts';
import { RESOURCES, type KindMap } from '../objects.ts';
import { formatQuantity, parseQuantity } from '../quantity.ts';
import { podRequests } from '../pod-resources.ts';
import type { AnyObject, ObjectStore } from '../store.ts';
import { qosClass } from './pod-defaults.ts';

type Pod = KindMap['Pod'];
type Usage = Readonly<Record<string, number>>;

/** Why a ResourceQuota of its namespace does not let an object in, or null. `previous`: what it replaces. */
export function quotaProblem(store: ObjectStore, object: AnyObject, previous: AnyObject | null): string | null {
  const namespace = object.metadata.namespace;
  if (namespace === undefined) return null;
  for (const quota of store.list('ResourceQuota', namespace)) {
    const hard = quota.spec?.hard ?? {};
    if (!inScope(object, quota.spec)) continue;
    const unspecified = unspecifiedProblem(object, hard);
    if (unspecified !== null) return `failed quota: ${quota.metadata.name}: ${unspecified}`;
    const asked = usageOf(object);
    const before: Usage = previous === null ? {} : usageOf(previous);
    const limited = Object.keys(hard).filter((resource) => (asked[resource] ?? 0) > (before[resource] ?? 0)).sort(compareTexts);
    if (limited.length === 0) continue;
    const used = usedBy(store, namespace, quota.spec);
    const over = limited.filter((resource) => (used[resource] ?? 0) + (asked[resource] ?? 0) - (before[resource] ?? 0) > number(hard[resource]));
    if (over.length === 0) continue;
    const list = (amountOf: (resource: string) => number): string => over.map((resource) => `${resource}=${formatQuantity(amountOf(resource), hard[resource])}`).join(',');
    return `exceeded quota: ${quota.metadata.name}, requested: ${list((resource) => (asked[resource] ?? 0) - (before[resource] ?? 0))}, used: ${list((resource) => used[resource] ?? 0)}, limited: ${list((resource) => number(hard[resource]))}`;
  }
  return null;
}

/** What the objects of a namespace use of what a quota limits, as its status says. */
export function usedStatus(store: ObjectStore, namespace: string, spec: ResourceQuotaSpec | undefined): Record<string, string> {
  const used = usedBy(store, namespace, spec);
  return Object.fromEntries(Object.entries(spec?.hard ?? {}).map(([resource, hard]) => [resource, formatQuantity(used[resource] ?? 0, hard)]));
}

function usedBy(store: ObjectStore, namespace: string, spec: ResourceQuotaSpec | undefined): Usage {
  const sums: Record<string, number> = {};
  for (const kind of [...COUNTED, ...store.customKinds()]) {
    for (const object of store.list(kind, namespace)) {
      if (!inScope(object, spec)) continue;
      const usage = usageOf(object);
      for (const resource of Object.keys(usage)) sums[resource] = (sums[resource] ?? 0) + (usage[resource] as number);
    }
  }
  return sums;
}

const COUNTED = Object.values(RESOURCES).filter(({ namespaced, kind }) => namespaced && kind !== 'Event').map(({ kind }) => kind);
const BY_NAME = new Set(['pods', 'services', 'secrets', 'configmaps', 'persistentvolumeclaims', 'resourcequotas', 'replicationcontrollers']);

/** What one object counts for, by the names that quotas use. */
function usageOf(object: AnyObject): Usage {
  const { plural, apiVersion } = resourceOf(object.kind);
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  const usage: Record<string, number> = { [`count/${plural}${group}`]: 1 };
  if (object.kind === 'Pod') return podUsage(object, usage);
  if (BY_NAME.has(plural)) usage[plural] = 1;
  if (object.kind === 'Service') {
    const ports = object.spec?.ports?.length ?? 0;
    if (object.spec?.type === 'LoadBalancer') usage['services.loadbalancers'] = 1;
    if (object.spec?.type === 'LoadBalancer' || object.spec?.type === 'NodePort') usage['services.nodeports'] = ports;
  }
  if (object.kind === 'PersistentVolumeClaim') {
    const storage = number(object.spec?.resources?.requests?.['storage']);
    usage['requests.storage'] = storage;
    const named = object.spec?.storageClassName;
    if (named !== undefined) {
      usage[`${named}.storageclass.storage.k8s.io/requests.storage`] = storage;
      usage[`${named}.storageclass.storage.k8s.io/persistentvolumeclaims`] = 1;
    }
  }
  return usage;
}

/** A pod that has ended uses nothing but its place. */
function podUsage(pod: Pod, usage: Record<string, number>): Usage {
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return usage;
  usage['pods'] = 1;
  for (const field of ['requests', 'limits'] as const) {
    for (const [resource, amount] of Object.entries(podRequests(pod, field))) {
      usage[`${field}.${resource}`] = amount;
      if (field === 'requests') usage[resource] = amount;
    }
  }
  return usage;
}

/** A quota of computing resources wants them stated: `must specify limits.cpu for: app; requests.cpu for: app`. */
function unspecifiedProblem(object: AnyObject, hard: Readonly<Record<string, string>>): string | null {
  if (object.kind !== 'Pod') return null;
  const missing: string[] = [];
  for (const name of Object.keys(hard).sort(compareTexts)) {
    const match = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name);
    if (match === null) continue;
    const field = match[1] === 'limits' ? 'limits' : 'requests';
    const without = (object.spec?.containers ?? []).filter(({ resources }) => resources?.[field]?.[match[2] as string] === undefined).map((container) => container.name);
    if (without.length > 0) missing.push(`${name} for: ${without.sort(compareTexts).join(',')}`);
  }
  return missing.length === 0 ? null : `must specify ${missing.join('; ')}`;
}

/** Quotas with scopes count pods alone, and of those only the ones in every scope. */
function inScope(object: AnyObject, spec: ResourceQuotaSpec | undefined): boolean {
  const scopes = spec?.scopes ?? [];
  const expressions = spec?.scopeSelector?.matchExpressions ?? [];
  if (scopes.length === 0 && expressions.length === 0) return true;
  if (object.kind !== 'Pod') return false;
  const has = (scope: string): boolean => {
    const terminating = object.spec?.activeDeadlineSeconds !== undefined;
    const bestEffort = qosClass(object.spec ?? { containers: [] }) === 'BestEffort';
    if (scope === 'Terminating') return terminating;
    if (scope === 'NotTerminating') return !terminating;
    if (scope === 'BestEffort') return bestEffort;
    if (scope === 'CrossNamespacePodAffinity') return crossesNamespaces(object.spec);
    return scope === 'NotBestEffort' ? !bestEffort : true;
  };
  return scopes.every(has) && expressions.every(({ scopeName, operator, values }) => {
    if (scopeName !== 'PriorityClass') return has(scopeName);
    const named = object.spec?.priorityClassName;
    if (operator === 'Exists') return named !== undefined;
    if (operator === 'DoesNotExist') return named === undefined;
    return (named !== undefined && (values ?? []).includes(named)) === (operator === 'In');
  });
}

/** Whether a pod's affinity looks into other namespaces. */
function crossesNamespaces(spec: Pod['spec']): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return [podAffinity, podAntiAffinity].some((one) => [...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []), ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm)]
    .some(({ namespaces = [], namespaceSelector }) => namespaces.length > 0 || namespaceSelector !== undefined));
}

function number(quantity: string | undefined): number {
  return quantity === undefined ? 0 : (parseQuantity(quantity) ?? 0);
}
