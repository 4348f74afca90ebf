import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { compareTexts } from '../../time/text-order.ts';
import type { KindMap } from '../../cluster/objects.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { failure, type Answer, type Request, type User } from '../answer.ts';
import type { RestResource } from '../rest-resources.ts';
import { compactRules, goList, missingRules, ruleText } from './covering.ts';
import { forbiddenObject } from './forbidden.ts';
import { MASTERS, type Rbac } from '../../cluster/authorization/rbac.ts';

type RbacObject = KindMap['Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding'];

/** The place of a write among the objects of access control. */
interface Target {
  readonly resource: RestResource;
  readonly namespace: string | null;
}

/** Whether a write gives away permissions: then whoever asks must have them, or be allowed to `escalate` or to `bind`. */
export function givesPermissions({ resource, user, method }: { readonly resource: RestResource; readonly user: User; readonly method: string }): boolean {
  return resource.group === 'rbac.authorization.k8s.io' && (method === 'POST' || method === 'PUT' || method === 'PATCH') && !user.groups.includes(MASTERS);
}

/**
 * Tries a write of a role or binding with `write`, as a dry run, and answers the refusal where it would give what the user
 * has not; null where it may be done. Source: pkg/registry/rbac of Kubernetes.
 */
export function escalationRefusal(context: { readonly rbac: Rbac; readonly store: ObjectStore; readonly target: Target; readonly request: Request }, write: (request: Request) => Answer): Answer | null {
  const { rbac, store, target, request } = context;
  const query = new URLSearchParams(request.query);
  query.set('dryRun', 'All');
  const trial = write({ ...request, query, headers: { ...request.headers, accept: 'application/json' } });
  if (trial.kind !== 'whole' || trial.code >= 300) return trial;
  const object = JSON.parse(trial.body) as RbacObject;
  const before = store.get(object.kind, object.metadata.namespace ?? '', object.metadata.name);
  const why = object.kind === 'Role' || object.kind === 'ClusterRole' ? roleProblem(rbac, request.user, object, before as typeof object | undefined) : bindingProblem(rbac, request.user, object, before as typeof object | undefined);
  if (why === null) return null;
  if (typeof why !== 'string') return why;
  return forbiddenObject({ group: target.resource.group, resource: target.resource.plural, name: object.metadata.name }, why);
}

function roleProblem(rbac: Rbac, user: User, role: KindMap['Role' | 'ClusterRole'], before: KindMap['Role' | 'ClusterRole'] | undefined): string | null {
  const namespace = role.metadata.namespace ?? '';
  const gathers = (one: typeof before): boolean => one !== undefined && 'aggregationRule' in one && one.aggregationRule !== undefined;
  if (before !== undefined && JSON.stringify(before.rules) === JSON.stringify(role.rules) && !gathers(role) && !gathers(before)) return null;
  if (may(rbac, user, { verb: 'escalate', resource: role.kind === 'Role' ? 'roles' : 'clusterroles', namespace, name: role.metadata.name })) return null;
  const why = grantProblem(rbac, user, namespace, role.rules ?? []);
  if (why !== null) return why;
  if (!gathers(role) && !gathers(before)) return null;
  return grantProblem(rbac, user, namespace, FULL_AUTHORITY) === null ? null : 'must have cluster-admin privileges to use the aggregationRule';
}

function bindingProblem(rbac: Rbac, user: User, binding: KindMap['RoleBinding' | 'ClusterRoleBinding'], before: typeof binding | undefined): string | Answer | null {
  const namespace = binding.metadata.namespace ?? '';
  const { roleRef } = binding;
  if (before !== undefined && JSON.stringify([before.roleRef, before.subjects]) === JSON.stringify([roleRef, binding.subjects])) return null;
  if (may(rbac, user, { verb: 'bind', resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles', namespace, name: roleRef.name })) return null;
  const rules = rbac.rulesOfRole(roleRef, namespace);
  if (rules !== undefined) return grantProblem(rbac, user, namespace, rules);
  const kind = `${roleRef.kind.toLowerCase()}s`;
  return failure({ code: 404, reason: 'NotFound', message: `${kind}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`, details: { name: roleRef.name, group: 'rbac.authorization.k8s.io', kind } });
}

function may(rbac: Rbac, user: User, { verb, resource, namespace, name }: { readonly verb: string; readonly resource: string; readonly namespace: string; readonly name: string }): boolean {
  return rbac.decide(user, { of: 'resource', verb, group: 'rbac.authorization.k8s.io', version: '*', resource, subresource: '', namespace, name }).allowed;
}

/** Why a user may not give `rules` away; null where they have them all. */
function grantProblem(rbac: Rbac, user: User, namespace: string, rules: readonly PolicyRule[]): string | null {
  const missing = missingRules(rbac.rulesOf(user, namespace), rules);
  if (missing.length === 0) return null;
  const lines = [...new Set(compactRules(missing).map(ruleText))].toSorted(compareTexts);
  return `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
}

const FULL_AUTHORITY: readonly PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];
