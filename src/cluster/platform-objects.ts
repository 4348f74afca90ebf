import { METRICS_VERSION, SERVED_VERSIONS, type ServedVersion } from './api-groups.ts';
import type { KindMap } from './objects.ts';
import type { AnyObject } from './store.ts';

/** What an API server writes about itself when it starts: which groups it serves, and who waits for whom when it is busy. `now` as objects carry times. */
export function platformObjects(now: string): AnyObject[] {
  return [
    ...SERVED_VERSIONS.map((one) => apiService(one, null, now)),
    apiService(METRICS_VERSION, { namespace: 'kube-system', name: 'metrics-server', port: 443 }, now),
    ...LEVELS.map(priorityLevel),
    ...SCHEMAS.map((one) => flowSchema(one, now)),
  ];
}

function apiService({ group, version, groupPriority, versionPriority }: ServedVersion, service: NonNullable<KindMap['APIService']['spec']['service']> | null, now: string): KindMap['APIService'] {
  const met = service === null
    ? { reason: 'Local', message: 'Local APIServices are always available' }
    : { reason: 'Passed', message: 'all checks passed' };
  return {
    apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: service === null ? { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } : { 'k8s-app': 'metrics-server' } },
    spec: { ...(service === null ? {} : { service, insecureSkipTLSVerify: true }), group, version, groupPriorityMinimum: groupPriority, versionPriority },
    status: { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: now, ...met }] },
  };
}

const VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const KEPT = { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' }, generation: 1 };

type Queues = readonly [queues: number, handSize: number] | null;

/** Source: the suggested configuration in k8s.io/apiserver's pkg/apis/flowcontrol/bootstrap. */
const LEVELS: readonly (readonly [name: string, shares: number, lendable: number, queues: Queues])[] = [
  ['exempt', 0, 0, null], ['system', 30, 33, [64, 6]], ['node-high', 40, 25, [64, 6]], ['leader-election', 10, 0, [16, 4]], ['workload-high', 40, 50, [128, 6]],
  ['workload-low', 100, 90, [128, 6]], ['global-default', 20, 50, [128, 6]], ['catch-all', 5, 0, null],
];

function priorityLevel([name, nominalConcurrencyShares, lendablePercent, queues]: (typeof LEVELS)[number]): KindMap['PriorityLevelConfiguration'] {
  const limitResponse = queues === null ? { type: 'Reject' } : { type: 'Queue', queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } };
  const spec = name === 'exempt'
    ? { type: 'Exempt', exempt: { nominalConcurrencyShares, lendablePercent } }
    : { type: 'Limited', limited: { nominalConcurrencyShares, lendablePercent, limitResponse } };
  return { apiVersion: VERSION, kind: 'PriorityLevelConfiguration', metadata: { name, ...KEPT }, spec, status: {} };
}

type Rule = NonNullable<NonNullable<KindMap['FlowSchema']['spec']>['rules']>[number];
type Subject = Rule['subjects'][number];

interface Schema {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  readonly by: 'ByUser' | 'ByNamespace' | null;
  readonly subjects: Subject[];
  readonly resources?: NonNullable<Rule['resourceRules']>;
  readonly paths?: string[];
}

const user = (name: string): Subject => ({ kind: 'User', user: { name } });
const group = (name: string): Subject => ({ kind: 'Group', group: { name } });
const account = (name: string): Subject => ({ kind: 'ServiceAccount', serviceAccount: { name, namespace: 'kube-system' } });
const EVERYONE = [group('system:unauthenticated'), group('system:authenticated')];
const EVERYTHING: NonNullable<Rule['resourceRules']> = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], namespaces: ['*'], clusterScope: true }];
const LEASES = (namespace: string): NonNullable<Rule['resourceRules']> => [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'], namespaces: [namespace] }];

const SCHEMAS: readonly Schema[] = [
  { name: 'exempt', level: 'exempt', precedence: 1, by: null, subjects: [group('system:masters')], resources: EVERYTHING, paths: ['*'] },
  { name: 'probes', level: 'exempt', precedence: 2, by: null, subjects: EVERYONE, paths: ['/healthz', '/readyz', '/livez'] },
  { name: 'system-leader-election', level: 'leader-election', precedence: 100, by: 'ByUser', subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), account('*')], resources: LEASES('*') },
  {
    name: 'endpoint-controller', level: 'workload-high', precedence: 150, by: 'ByUser', subjects: [user('system:kube-controller-manager'), account('endpoint-controller'), account('endpointslicemirroring-controller')],
    resources: [{ apiGroups: [''], resources: ['endpoints'], verbs: ['get', 'create', 'update'], namespaces: ['*'] }, { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'create', 'update'], namespaces: ['*'] }],
  },
  { name: 'workload-leader-election', level: 'leader-election', precedence: 200, by: 'ByUser', subjects: [account('*')], resources: LEASES('*') },
  {
    name: 'system-node-high', level: 'node-high', precedence: 400, by: 'ByUser', subjects: [group('system:nodes')],
    resources: [{ apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['*'], namespaces: ['*'], clusterScope: true }, { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['*'], namespaces: ['*'] }],
  },
  { name: 'system-nodes', level: 'system', precedence: 500, by: 'ByUser', subjects: [group('system:nodes')], resources: EVERYTHING, paths: ['*'] },
  { name: 'kube-controller-manager', level: 'workload-high', precedence: 800, by: 'ByNamespace', subjects: [user('system:kube-controller-manager')], resources: EVERYTHING, paths: ['*'] },
  { name: 'kube-scheduler', level: 'workload-high', precedence: 800, by: 'ByNamespace', subjects: [user('system:kube-scheduler')], resources: EVERYTHING, paths: ['*'] },
  { name: 'kube-system-service-accounts', level: 'workload-high', precedence: 900, by: 'ByNamespace', subjects: [account('*')], resources: EVERYTHING, paths: ['*'] },
  { name: 'service-accounts', level: 'workload-low', precedence: 9_000, by: 'ByUser', subjects: [group('system:serviceaccounts')], resources: EVERYTHING, paths: ['*'] },
  { name: 'global-default', level: 'global-default', precedence: 9_900, by: 'ByUser', subjects: EVERYONE, resources: EVERYTHING, paths: ['*'] },
  { name: 'catch-all', level: 'catch-all', precedence: 10_000, by: 'ByUser', subjects: EVERYONE, resources: EVERYTHING, paths: ['*'] },
];

function flowSchema({ name, level, precedence, by, subjects, resources, paths }: Schema, now: string): KindMap['FlowSchema'] {
  const rule: Rule = { subjects, ...(resources === undefined ? {} : { resourceRules: resources }), ...(paths === undefined ? {} : { nonResourceRules: [{ verbs: ['*'], nonResourceURLs: paths }] }) };
  const message = `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`;
  return {
    apiVersion: VERSION, kind: 'FlowSchema', metadata: { name, ...KEPT },
    spec: { priorityLevelConfiguration: { name: level }, matchingPrecedence: precedence, ...(by === null ? {} : { distinguisherMethod: { type: by } }), rules: [rule] },
    status: { conditions: [{ type: 'Dangling', status: 'False', lastTransitionTime: now, reason: 'Found', message }] },
  };
}
