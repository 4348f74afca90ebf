import type { AdmissionUser } from '../admission/admission-request.ts';
import type { Attributes } from '../authorization/attributes.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type FlowSchema = KindMap['FlowSchema'];
type Rules = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];

/** How the API server takes a request: by which FlowSchema, at which priority level, and as part of which flow of that. */
export interface Classified {
  readonly schema: FlowSchema;
  readonly level: KindMap['PriorityLevelConfiguration'];
  /** Requests of one flow wait for each other. */
  readonly flow: string;
}

/** The FlowSchema of lowest precedence that a request matches and whose level there is. Source: pkg/util/flowcontrol/rule.go of k8s.io/apiserver. */
export function classify(store: ObjectStore, user: AdmissionUser, wanted: Attributes): Classified | null {
  const schemas = store.list('FlowSchema', null).toSorted((one, other) => (one.spec?.matchingPrecedence ?? 1_000) - (other.spec?.matchingPrecedence ?? 1_000) || (one.metadata.name < other.metadata.name ? -1 : 1));
  for (const schema of schemas) {
    const level = store.get('PriorityLevelConfiguration', '', schema.spec?.priorityLevelConfiguration.name ?? '');
    if (level === undefined || schema.spec?.rules?.some((rule) => matches(rule, user, wanted)) !== true) continue;
    const by = schema.spec.distinguisherMethod?.type;
    const distinguisher = by === 'ByUser' ? user.name : by === 'ByNamespace' && wanted.of === 'resource' ? wanted.namespace : '';
    return { schema, level, flow: `${schema.metadata.name}/${distinguisher}` };
  }
  return null;
}

function matches({ subjects, resourceRules = [], nonResourceRules = [] }: Rules, user: AdmissionUser, wanted: Attributes): boolean {
  if (!subjects.some((subject) => isSubject(subject, user))) return false;
  if (wanted.of === 'path') return nonResourceRules.some(({ verbs, nonResourceURLs }) => holds(verbs, wanted.verb) && nonResourceURLs.some((url) => url === '*' || url === wanted.path || (url.endsWith('/*') && wanted.path.startsWith(url.slice(0, -1)))));
  const resource = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  return resourceRules.some(({ verbs, apiGroups, resources, namespaces = [], clusterScope = false }) =>
    holds(verbs, wanted.verb) && holds(apiGroups, wanted.group) && holds(resources, resource) && (wanted.namespace === '' ? clusterScope : holds(namespaces, wanted.namespace)));
}

function isSubject({ kind, user: one, group, serviceAccount }: Rules['subjects'][number], user: AdmissionUser): boolean {
  switch (kind) {
    case 'User': return one?.name === '*' || one?.name === user.name;
    case 'Group': return group?.name === '*' || user.groups.includes(group?.name ?? '');
    case 'ServiceAccount': return user.name === `system:serviceaccount:${serviceAccount?.namespace ?? ''}:${serviceAccount?.name ?? ''}` || (serviceAccount?.name === '*' && user.name.startsWith(`system:serviceaccount:${serviceAccount.namespace}:`));
    default: return false;
  }
}

function holds(list: readonly string[], one: string): boolean {
  return list.includes('*') || list.includes(one);
}
