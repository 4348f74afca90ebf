import type { PolicyRule, RoleRef, Subject } from 'kubernetes-types/rbac/v1';
import type { AdmissionUser } from '../admission/admission-request.ts';
import type { ObjectStore } from '../store.ts';
import type { Attributes } from './attributes.ts';
import { ruleAllows } from './rules.ts';

/** What the authorizer says. `reason` is what reviews show; '' where it has none. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** One binding that holds for a user, with the rules of its role; or the role that is missing. */
type Grant = { readonly rules: readonly PolicyRule[]; readonly by: string } | { readonly missing: string };

/** Whoever is in this group may do anything, whatever the roles say. */
export const MASTERS = 'system:masters';

/**
 * Role-based access control over the roles and bindings in the store. What holds for a user is worked out once and kept
 * until one of these objects changes. Source: plugin/pkg/auth/authorizer/rbac of Kubernetes.
 */
export class Rbac {
  readonly #store: ObjectStore;
  readonly #grants = new Map<string, readonly Grant[]>();

  constructor(store: ObjectStore) {
    this.#store = store;
    const forget = (): void => this.#grants.clear();
    for (const kind of ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'] as const) store.watchKind(kind, forget);
  }

  decide(user: AdmissionUser, wanted: Attributes): Decision {
    if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    const grants = this.#grantsOf(user, wanted.of === 'resource' ? wanted.namespace : '');
    for (const grant of grants) {
      if ('rules' in grant && grant.rules.some((rule) => ruleAllows(rule, wanted))) return { allowed: true, reason: `RBAC: allowed by ${grant.by}` };
    }
    const missing = [...new Set(grants.flatMap((grant) => ('missing' in grant ? [grant.missing] : [])))];
    return { allowed: false, reason: missing.length === 0 ? '' : `RBAC: ${missing.length === 1 ? (missing[0] as string) : `[${missing.join(', ')}]`}` };
  }

  /** All rules that hold for a user in a namespace ('' for the cluster as a whole). */
  rulesOf(user: AdmissionUser, namespace: string): readonly PolicyRule[] {
    return this.#grantsOf(user, namespace).flatMap((grant) => ('rules' in grant ? grant.rules : []));
  }

  /** The rules of the role that a binding in `namespace` refers to; undefined where there is no such role. */
  rulesOfRole({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const role = kind === 'ClusterRole' ? this.#store.get('ClusterRole', '', name) : this.#store.get('Role', namespace, name);
    return role === undefined ? undefined : (role.rules ?? []);
  }

  #grantsOf(user: AdmissionUser, namespace: string): readonly Grant[] {
    const key = JSON.stringify([namespace, user.name, user.groups]);
    const kept = this.#grants.get(key);
    if (kept !== undefined) return kept;
    const grants: Grant[] = [];
    for (const { metadata, roleRef, subjects = [] } of this.#store.list('ClusterRoleBinding', null)) {
      const subject = subjects.find((one) => appliesTo(one, user, ''));
      if (subject !== undefined) grants.push(this.#grant(roleRef, '', `ClusterRoleBinding "${metadata.name}" of ${toText(roleRef)} to ${described(subject, '')}`));
    }
    if (namespace !== '') {
      for (const { metadata, roleRef, subjects = [] } of this.#store.list('RoleBinding', namespace)) {
        const subject = subjects.find((one) => appliesTo(one, user, namespace));
        if (subject !== undefined) grants.push(this.#grant(roleRef, namespace, `RoleBinding "${metadata.name}/${namespace}" of ${toText(roleRef)} to ${described(subject, namespace)}`));
      }
    }
    if (this.#grants.size >= MOST_KEPT) this.#grants.clear();
    if (key.length <= LONGEST_KEPT) this.#grants.set(key, grants);
    return grants;
  }

  #grant(role: RoleRef, namespace: string, by: string): Grant {
    const rules = this.rulesOfRole(role, namespace);
    return rules === undefined ? { missing: `${role.kind.toLowerCase()}.rbac.authorization.k8s.io "${role.name}" not found` } : { rules, by };
  }
}

/** Users times namespaces; more than that many, and all are worked out anew. */
const MOST_KEPT = 1_000;
/** Reviews may ask for users with any number of groups; what is worked out for such is not kept. */
const LONGEST_KEPT = 4_096;

function appliesTo({ kind, name, namespace: own }: Subject, user: AdmissionUser, namespace: string): boolean {
  switch (kind) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const home = own ?? namespace;
      return home !== '' && user.name === `system:serviceaccount:${home}:${name}`;
    }
    default:
      return false;
  }
}

function toText({ kind, name }: RoleRef): string {
  return `${kind} "${name}"`;
}

function described({ kind, name, namespace: own = '' }: Subject, namespace: string): string {
  return kind === 'ServiceAccount' ? `${kind} "${name}/${own === '' ? namespace : own}"` : `${kind} "${name}"`;
}
