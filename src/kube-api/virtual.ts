import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { readLabelSelector } from '../cluster/label-selector.ts';
import { matchesLabels } from '../cluster/labels.ts';
import type { KindMap } from '../cluster/objects.ts';
import { review, type Reviewer } from './authorization/reviews.ts';
import { badRequest, failure, json, JSON_TYPE, notAllowed, type Answer, type Request } from './answer.ts';
import { formOf, type Form } from './negotiation.ts';
import type { Projection } from './reading/projection.ts';
import { notAcceptable } from './reading/reading.ts';
import type { Route } from './route.ts';
import type { ServedCluster } from './served-cluster.ts';

type VirtualRoute = Extract<Route, { to: 'virtual' }>;

/** The answer to a request for a resource that is not stored. */
export function virtual(cluster: ServedCluster, projection: Projection, reviewer: Reviewer, route: VirtualRoute, request: Request): Answer {
  const { resource } = route;
  if (resource.verbs.includes('create')) return review(reviewer, resource, route.namespace, request);
  if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed();
  const form = formOf(request.headers['accept']);
  if (form === null) return notAcceptable();
  return resource.group === 'metrics.k8s.io' ? metrics(cluster, projection, route, request, form) : components(route, form);
}

/** The parts of the control plane, as the server sees them: well, or nobody would be answered. */
function components(route: VirtualRoute, form: Form): Answer {
  const named = COMPONENTS.filter((name) => route.name === null || route.name === name);
  const objects = named.map((name) => ({ kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name, creationTimestamp: null }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] }));
  const [first] = objects;
  if (route.name !== null && first === undefined) return failure({ code: 404, reason: 'NotFound', message: `componentstatuses "${route.name}" not found`, details: { name: route.name, kind: 'componentstatuses' } });
  const rows = objects.map(({ metadata }) => ({ cells: [metadata.name, 'Healthy', 'ok', ''], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }));
  const columnDefinitions = ['Name', 'Status', 'Message', 'Error'].map((name) => ({ name, type: 'string', format: name === 'Name' ? 'name' : '', description: '', priority: 0 }));
  const warned = { warning: '299 - "v1 ComponentStatus is deprecated in v1.19+"' };
  if (form === 'table') return json(200, { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions, rows }, JSON_TYPE, warned);
  return json(200, route.name === null ? { kind: 'ComponentStatusList', apiVersion: 'v1', metadata: {}, items: objects } : first, JSON_TYPE, warned);
}

const COMPONENTS = ['controller-manager', 'etcd-0', 'scheduler'];

/** metrics.k8s.io: what pods and nodes use now. */
function metrics(cluster: ServedCluster, projection: Projection, route: VirtualRoute, request: Request, form: Form): Answer {
  const { resource, namespace, name } = route;
  const labels = readLabelSelector(request.query.get('labelSelector') ?? '');
  if ('error' in labels) return badRequest(labels.error);
  const objects = resource.plural === 'pods' ? cluster.store.list('Pod', namespace) : cluster.store.list('Node', null);
  const wanted = objects.filter((one) => (name === null || one.metadata.name === name) && matchesLabels(labels, one.metadata.labels));
  const items = wanted.flatMap((one) => (one.kind === 'Pod' ? podMetrics(cluster, one) : nodeMetrics(cluster, one))).map((one) => projection.outward(one));
  const [found] = items;
  if (name !== null && found === undefined) return failure({ code: 404, reason: 'NotFound', message: `${resource.kind.toLowerCase()}.metrics.k8s.io "${namespace === null ? '' : `${namespace}/`}${name}" not found` });
  if (form === 'table') return json(200, metricsTable(items));
  const apiVersion = `${resource.group}/${resource.version}`;
  return json(200, name === null ? { kind: `${resource.kind}List`, apiVersion, metadata: {}, items: items.map((one) => ({ ...one, kind: undefined, apiVersion: undefined })) } : found);
}

/** As the metrics server prints it. */
function metricsTable(items: readonly Measured[]): object {
  const columnDefinitions = ['Name', 'cpu', 'memory', 'Window'].map((column) => ({ name: column, type: 'string', format: column === 'Name' ? 'name' : '', description: '', priority: 0 }));
  const rows = items.map(({ metadata, window, usage, containers = [] }) => {
    // Of a pod its first container is who uses.
    const used = usage ?? containers[0]?.usage ?? { cpu: '0', memory: '0' };
    return { cells: [metadata.name, used.cpu, used.memory, window], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
  });
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions, rows };
}

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

/** A `NodeMetrics` or `PodMetrics`. */
interface Measured {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ObjectMeta & { readonly name: string };
  readonly timestamp: string;
  readonly window: string;
  readonly usage?: Usage;
  readonly containers?: readonly { readonly usage: Usage }[];
}

function podMetrics(cluster: ServedCluster, { metadata, spec, status }: KindMap['Pod']): Measured[] {
  const { name, namespace = '', labels } = metadata;
  const used = cluster.usage('pod', namespace, name);
  if (used === null || status?.phase !== 'Running') return [];
  // The model knows what a pod uses as a whole; its first container is who does.
  const containers = (spec?.containers ?? []).map((container, at) => ({ name: container.name, usage: at === 0 ? quantities(used) : quantities({ cpuMilli: 0, memoryMiB: 1 }) }));
  return [{ kind: 'PodMetrics', apiVersion: 'metrics.k8s.io/v1beta1', metadata: { name, namespace, creationTimestamp: cluster.clock.now(), ...(labels === undefined ? {} : { labels }) }, timestamp: cluster.clock.now(), window: '15s', containers }];
}

function nodeMetrics(cluster: ServedCluster, { metadata: { name, labels } }: { readonly metadata: { readonly name: string; readonly labels?: Record<string, string> } }): Measured[] {
  const used = cluster.usage('node', '', name);
  if (used === null) return [];
  return [{ kind: 'NodeMetrics', apiVersion: 'metrics.k8s.io/v1beta1', metadata: { name, creationTimestamp: cluster.clock.now(), ...(labels === undefined ? {} : { labels }) }, timestamp: cluster.clock.now(), window: '15s', usage: quantities(used) }];
}

function quantities({ cpuMilli, memoryMiB }: { readonly cpuMilli: number; readonly memoryMiB: number }): Usage {
  return { cpu: `${cpuMilli * 1_000_000}n`, memory: `${Math.round(memoryMiB * 1024)}Ki` };
}
