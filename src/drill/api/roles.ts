import type { KindMap } from '../../cluster/objects.ts';
import type { ApiUser } from '../state.ts';

/** The role of whoever is given no other. */
export const ADMIN = 'cluster-admin';

/** The groups of a user's token. Those of an administrator may do anything, whatever the roles say. */
export function groupsOf({ role }: ApiUser): readonly string[] {
  return role === ADMIN ? ['system:masters', 'system:authenticated'] : ['system:authenticated'];
}

/** What gives a user a role in the whole cluster. */
export function bindingOf({ user, role }: ApiUser): KindMap['ClusterRoleBinding'] {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${user}-${role}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
}
