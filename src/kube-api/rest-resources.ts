import { RESOURCES, type Resource } from '../cluster/objects.ts';

export type Subresource = 'approval' | 'status' | 'scale' | 'eviction' | 'binding' | 'log' | 'finalize' | 'token' | 'exec' | 'attach' | 'portforward' | 'proxy' | 'ephemeralcontainers';

/** A row of the cluster's table of resources, with what the REST API adds to it. */
export interface RestResource extends Resource {
  readonly group: string;
  readonly version: string;
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
}

/** What `kubectl get all` asks for. */
const IN_ALL = new Set(['pods', 'services', 'deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs', 'horizontalpodautoscalers', 'replicationcontrollers']);
const SCALABLE = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);
const WITHOUT_STATUS = new Set([
  'ConfigMap', 'Secret', 'Event', 'ServiceAccount', 'Endpoints', 'EndpointSlice', 'LimitRange', 'ControllerRevision', 'IngressClass', 'NetworkPolicy',
  'StorageClass', 'PriorityClass', 'Lease', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'PodTemplate', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicyBinding', 'RuntimeClass', 'CSIDriver', 'CSINode', 'CSIStorageCapacity',
]);
/** Kinds that extend the API itself. */
const EXTENSIONS = new Set(['APIService', 'CustomResourceDefinition', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);

/** Every resource that is stored, in the table's order. A new row in the cluster's table appears here by itself. */
export const REST_RESOURCES: readonly RestResource[] = Object.values(RESOURCES).map((row: Resource): RestResource => {
  const [group, version] = row.apiVersion.includes('/') ? (row.apiVersion.split('/') as [string, string]) : ['', row.apiVersion];
  return { ...row, group, version, categories: IN_ALL.has(row.plural) ? ['all'] : EXTENSIONS.has(row.kind) ? ['api-extensions'] : [], subresources: subresourcesOf(row.kind) };
});

export function restResource(group: string, version: string, plural: string): RestResource | undefined {
  return BY_PATH.get(`${group}/${version}/${plural}`);
}

/** A resource that is answered but not stored: reviews, and what is measured. */
export interface VirtualResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly short?: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export const VIRTUAL_RESOURCES: readonly VirtualResource[] = [
  review('authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'tokenreviews', 'TokenReview'),
  review('authorization.k8s.io', 'localsubjectaccessreviews', 'LocalSubjectAccessReview', true),
  review('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'subjectaccessreviews', 'SubjectAccessReview'),
  // Older clients ask by this version alone who they are.
  { ...review('authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview'), version: 'v1beta1' },
  { group: '', version: 'v1', plural: 'bindings', singular: 'binding', kind: 'Binding', namespaced: true, verbs: ['create'] },
  { group: '', version: 'v1', plural: 'componentstatuses', singular: 'componentstatus', short: ['cs'], kind: 'ComponentStatus', namespaced: false, verbs: ['get', 'list'] },
  { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'nodes', singular: '', kind: 'NodeMetrics', namespaced: false, verbs: ['get', 'list'] },
  { group: 'metrics.k8s.io', version: 'v1beta1', plural: 'pods', singular: '', kind: 'PodMetrics', namespaced: true, verbs: ['get', 'list'] },
];

export function virtualResource(group: string, version: string, plural: string): VirtualResource | undefined {
  return VIRTUAL_RESOURCES.find((one) => one.group === group && one.version === version && one.plural === plural);
}

/** The verbs of a stored resource, in the order in which discovery gives them. */
export const STORED_VERBS: readonly string[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** What a subresource answers with and takes, as discovery tells it. Nulls where it is the resource itself. */
export const SUBRESOURCES = {
  approval: { group: null, version: null, kind: null, verbs: ['get', 'patch', 'update'] },
  status: { group: null, version: null, kind: null, verbs: ['get', 'patch', 'update'] },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  binding: { group: '', version: 'v1', kind: 'Binding', verbs: ['create'] },
  log: { group: null, version: null, kind: null, verbs: ['get'] },
  exec: { group: '', version: 'v1', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  attach: { group: '', version: 'v1', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  portforward: { group: '', version: 'v1', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  /** With the resource's own kind before it: `PodProxyOptions`. */
  proxy: { group: '', version: 'v1', kind: 'ProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  ephemeralcontainers: { group: null, version: null, kind: null, verbs: ['get', 'patch', 'update'] },
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
  finalize: { group: null, version: null, kind: null, verbs: ['update'] },
} as const satisfies Record<Subresource, { readonly group: string | null; readonly version: string | null; readonly kind: string | null; readonly verbs: readonly string[] }>;

function review(group: string, plural: string, kind: string, namespaced = false): VirtualResource {
  return { group, version: 'v1', plural, singular: plural.slice(0, -1), kind, namespaced, verbs: ['create'] };
}

function subresourcesOf(kind: string): Subresource[] {
  const own: Subresource[] = [];
  if (kind === 'Pod') own.push('attach', 'binding', 'ephemeralcontainers', 'eviction', 'exec', 'log', 'portforward', 'proxy');
  if (kind === 'Service' || kind === 'Node') own.push('proxy');
  if (kind === 'Namespace') own.push('finalize');
  if (kind === 'ServiceAccount') own.push('token');
  if (kind === 'CertificateSigningRequest') own.push('approval');
  if (SCALABLE.has(kind)) own.push('scale');
  if (!WITHOUT_STATUS.has(kind)) own.push('status');
  return own;
}

const BY_PATH = new Map(REST_RESOURCES.map((one) => [`${one.group}/${one.version}/${one.plural}`, one]));
