import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1';
import type { KindMap } from '../objects.ts';
import type { FaultWorld } from './fault.ts';

/** The Deployment that looks after objects of a definition: the one whose account may write their status; null where there is none. */
export function operatorOf(world: FaultWorld, target: string): KindMap['Deployment'] | null {
  const account = roleOf(world, target)?.account;
  return world.api.list('Deployment', account?.namespace ?? null).find(({ spec }) => account !== undefined && spec?.template.spec?.serviceAccountName === account.name) ?? null;
}

/** The ClusterRole by which an operator looks after objects of a definition, and the account that it is bound to. */
export function roleOf(world: FaultWorld, target: string): { readonly role: KindMap['ClusterRole']; readonly account: Subject } | null {
  const [definition = ''] = target.split('/');
  const dot = definition.indexOf('.');
  const looksAfter = ({ resources = [], apiGroups = [] }: PolicyRule): boolean => apiGroups.includes(definition.slice(dot + 1)) && resources.includes(`${definition.slice(0, dot)}/status`);
  for (const role of world.api.list('ClusterRole', null)) {
    if (role.rules?.some(looksAfter) !== true) continue;
    const binding = world.api.list('ClusterRoleBinding', null).find(({ roleRef }) => roleRef.kind === 'ClusterRole' && roleRef.name === role.metadata.name);
    const account = binding?.subjects?.find(({ kind }) => kind === 'ServiceAccount');
    if (account !== undefined) return { role, account };
  }
  return null;
}
