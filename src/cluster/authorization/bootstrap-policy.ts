import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1';
import { compareTexts } from '../../time/text-order.ts';
import type { KindMap } from '../objects.ts';
import type { AnyObject } from '../store.ts';
import { aggregatedRules } from './aggregation.ts';
import POLICY from './bootstrap-policy.json' with { type: 'json' };

/**
 * The roles, bindings and accounts of controllers that every cluster begins with, those first that others gather. They are the same objects for
 * every cluster of this process; whoever stores them gives them their identity.
 * Source of the facts in the table: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata of Kubernetes. There each rule
 * is `groups | resources | verbs`, with names behind a further bar; `core` is the group without a name, `url` stands for paths.
 */
export function bootstrapPolicy(): readonly AnyObject[] {
  kept ??= objects();
  return kept;
}

let kept: readonly AnyObject[] | null = null;

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;
const DEFAULTS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const AGGREGATE_TO = `${GROUP}/aggregate-to-`;
const CONTROLLER = 'system:controller:';
const OF_CLOUDS = new Set(['route-controller', 'service-controller']);
/** Which role's rules go into which other one. */
const GATHERED: Readonly<Record<string, string>> = {
  'system:aggregate-to-admin': 'admin', edit: 'admin', 'system:aggregate-to-edit': 'edit', view: 'edit', 'system:aggregate-to-view': 'view',
};

/** What lets everybody who may look at pods look at their use, too: it comes with the metrics server, as its manifests have it. */
const METRICS_READER: KindMap['ClusterRole'] = {
  apiVersion: API_VERSION, kind: 'ClusterRole',
  metadata: { name: 'system:aggregated-metrics-reader', labels: { 'k8s-app': 'metrics-server', [`${AGGREGATE_TO}admin`]: 'true', [`${AGGREGATE_TO}edit`]: 'true', [`${AGGREGATE_TO}view`]: 'true' } },
  rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
};

function objects(): AnyObject[] {
  const roles: KindMap['ClusterRole'][] = [...Object.entries(POLICY.clusterRoles).map(([name, rules]) => ({ ...clusterRole(name), rules: rules.map(ruleOf) })), METRICS_READER];
  for (const name of ['view', 'edit', 'admin']) {
    const role: KindMap['ClusterRole'] = { ...clusterRole(name), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE_TO + name]: 'true' } }] } };
    roles.push({ ...role, rules: aggregatedRules(role, roles.toSorted((one, other) => compareTexts(one.metadata.name, other.metadata.name))) });
  }
  return [
    ...roles,
    ...Object.entries(POLICY.clusterRoleBindings).map(([name, subjects]): KindMap['ClusterRoleBinding'] => ({
      apiVersion: API_VERSION, kind: 'ClusterRoleBinding', metadata: metadataOf(name), roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name }, ...subjectsOf(subjects),
    })),
    ...Object.entries(POLICY.roles).map(([path, rules]): KindMap['Role'] => ({ apiVersion: API_VERSION, kind: 'Role', metadata: metadataOf(path), rules: rules.map(ruleOf) })),
    ...Object.entries(POLICY.roleBindings).map(([path, [role = '', subjects = '']]): KindMap['RoleBinding'] => ({
      apiVersion: API_VERSION, kind: 'RoleBinding', metadata: metadataOf(path), roleRef: { apiGroup: GROUP, kind: 'Role', name: role }, ...subjectsOf(subjects),
    })),
    ...accounts().map((name): KindMap['ServiceAccount'] => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'kube-system' } })),
  ];
}

/** Controllers that run in a cluster without a cloud have an account each. */
function accounts(): readonly string[] {
  const controllers = Object.keys(POLICY.clusterRoleBindings).flatMap((name) => (name.startsWith(CONTROLLER) ? [name.slice(CONTROLLER.length)] : []));
  return [...controllers.filter((name) => !OF_CLOUDS.has(name)), 'bootstrap-signer', 'token-cleaner'];
}

function clusterRole(name: string): KindMap['ClusterRole'] {
  const into = GATHERED[name];
  const labels = into === undefined ? DEFAULTS : { ...DEFAULTS, [AGGREGATE_TO + into]: 'true' };
  return { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name, labels, annotations: ANNOTATIONS }, rules: [] };
}

/** `path` is a name, or `namespace/name`. */
function metadataOf(path: string): { name: string; namespace?: string; labels: Record<string, string>; annotations: Record<string, string> } {
  const [name = '', namespace] = path.split('/').toReversed();
  return { name, ...(namespace === undefined ? {} : { namespace }), labels: DEFAULTS, annotations: ANNOTATIONS };
}

function ruleOf(text: string): PolicyRule {
  const [groups, what, verbs, names] = text.split(' | ').map((part) => part.split(' ')) as [string[], string[], string[], string[]?];
  if (groups[0] === 'url') return { nonResourceURLs: what, verbs };
  return { apiGroups: groups.map((group) => (group === 'core' ? '' : group)), ...(names === undefined ? {} : { resourceNames: names }), resources: what, verbs };
}

/** ServiceAccounts are those of kube-system. */
function subjectsOf(text: string): { subjects?: Subject[] } {
  if (text === '') return {};
  const subjects = text.split(', ').map((one): Subject => {
    const [kind = '', name = ''] = one.split(' ');
    return kind === 'ServiceAccount' ? { kind, name, namespace: 'kube-system' } : { apiGroup: GROUP, kind, name };
  });
  return { subjects };
}
