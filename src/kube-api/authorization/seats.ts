import type { RoleRef } from 'kubernetes-types/rbac/v1';
import type { KubeApi } from '../../cluster/api.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import type { User } from '../answer.ts';
import { MASTERS } from '../../cluster/authorization/rbac.ts';

/** Who may do everything, without any binding. */
export const EVERYTHING = 'cluster-admin';
const GROUP = 'rbac.authorization.k8s.io';
const KNOWN = 'system:authenticated';

/**
 * The user that a seat is to the cluster's API, after a binding of its role was stored. `role` is a ClusterRole, such as
 * `view`, which holds everywhere, or `shop/view`: a Role of that namespace, or else the ClusterRole of that name, which
 * holds there alone. Doing it again changes nothing. The problem is a sentence.
 */
export function seatUser({ api, store }: { readonly api: KubeApi; readonly store: ObjectStore }, name: string, role: string): { readonly user: User } | { readonly problem: string } {
  if (role === EVERYTHING) return { user: { name, groups: [MASTERS, KNOWN] } };
  const [roleName = '', namespace = ''] = role.split('/').toReversed();
  if (namespace !== '' && store.get('Namespace', '', namespace) === undefined) return { problem: `There is no namespace "${namespace}" for the role ${role}.` };
  const kind = namespace !== '' && store.get('Role', namespace, roleName) !== undefined ? 'Role' : 'ClusterRole';
  if (kind === 'ClusterRole' && store.get('ClusterRole', '', roleName) === undefined) return { problem: `There is no ClusterRole "${roleName}".${closest(store)}` };
  const roleRef: RoleRef = { apiGroup: GROUP, kind, name: roleName };
  const subjects = [{ apiGroup: GROUP, kind: 'User', name }];
  const metadata = { name: `${name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-')}:${roleName}` };
  const made = namespace === ''
    ? api.create({ apiVersion: `${GROUP}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects })
    : api.create({ apiVersion: `${GROUP}/v1`, kind: 'RoleBinding', metadata: { ...metadata, namespace }, roleRef, subjects });
  return made.ok || made.status.reason === 'AlreadyExists' ? { user: { name, groups: [KNOWN] } } : { problem: made.status.message };
}

function closest(store: ObjectStore): string {
  const names = store.list('ClusterRole', null).map(({ metadata }) => metadata.name).filter((name) => !name.startsWith('system:'));
  return ` There are: ${names.join(', ')}.`;
}
