import type { FaultKind } from './fault.ts';
import { customObject, specPatch } from './custom-mistake.ts';
import { err } from './mistakes.ts';
import { operatorOf, roleOf } from './operators.ts';
import { AUTHOR, text } from './settings.ts';

export const operatorRoleLost: FaultKind = {
  word: 'operator-role-lost',
  group: 'policy',
  summary: 'An operator lost the right to change what it made; what is asked of it since then does not happen.',
  target: 'custom',
  settings: { way: { ...text('What is wrong: `verbs` were taken out of its role, or the `binding` names another account.', 'verbs'), oneOf: ['verbs', 'binding'] }, ...AUTHOR },
  lore: {
    symptoms: ['The custom object asks for more than there is. It says that it is not reconciled: forbidden.', 'The operator runs, and logs that its ServiceAccount cannot update what it looks after, or cannot list anything.'],
    mitigations: ['Do by hand what the operator would do.'],
    fix: 'Give its role the verbs back, or bind the role to its account again.',
    example: {
      target: 'postgrescluster/ledger', settings: {},
      signs: ['log database-system/postgres-operator is forbidden: User', 'postgrescluster books/ledger Reconciled'],
      cure: ['kubectl patch clusterrole postgres-operator --type json -p \'[{"op":"replace","path":"/rules/2/verbs","value":["get","list","watch","create","update","patch","delete"]}]\'', 'kubectl -n books patch postgrescluster ledger --type merge -p \'{"spec":{"replicas":2}}\''],
      tempting: 'kubectl -n database-system rollout restart deploy/postgres-operator',
    },
  },
  begin: (world, target, settings) => {
    const found = customObject(world, target);
    const bound = roleOf(world, target);
    const operator = operatorOf(world, target);
    if (found === null || bound === null || operator === null) return () => undefined;
    const { role, account } = bound;
    const more = specPatch(found.ref, { replicas: Number(found.spec['replicas'] ?? 1) + 1 });
    if (settings['way'] === 'binding') {
      const binding = world.api.list('ClusterRoleBinding', null).find(({ roleRef }) => roleRef.name === role.metadata.name);
      const subjects = [{ ...account, namespace: 'operators' }];
      return err(world, [{ do: 'patch', ref: { kind: 'ClusterRoleBinding', namespace: '', name: binding?.metadata.name ?? '' }, patch: { type: 'merge', body: { subjects } } }, more], settings, `clusterrolebinding/${role.metadata.name}: the operators move to a namespace of their own`);
    }
    const rules = role.rules?.map((rule) => (rule.apiGroups?.includes('apps') === true ? { ...rule, verbs: ['get', 'list', 'watch'] } : rule));
    return err(world, [{ do: 'patch', ref: { kind: 'ClusterRole', namespace: '', name: role.metadata.name }, patch: { type: 'merge', body: { rules } } }, more], settings, `clusterrole/${role.metadata.name}: least privilege, verbs that the audit log does not show`);
  },
};
