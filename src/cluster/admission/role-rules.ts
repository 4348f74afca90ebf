import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1';
import type { KindMap } from '../objects.ts';
import { SUBDOMAIN, SUBDOMAIN_TEXT } from './metadata-rules.ts';
import { unsupported } from './value-rules.ts';

/** What is wrong with roles and bindings. Source: pkg/apis/rbac/validation of Kubernetes. */

const GROUP = 'rbac.authorization.k8s.io';

export function roleErrors(role: KindMap['Role' | 'ClusterRole']): string[] {
  const errors = (role.rules ?? []).flatMap((rule, nth) => ruleErrors(rule, role.kind === 'Role', `rules[${nth}]`));
  const gathers = role.kind === 'ClusterRole' ? role.aggregationRule : undefined;
  if (gathers !== undefined && (gathers.clusterRoleSelectors ?? []).length === 0) errors.push('aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil');
  return errors;
}

function ruleErrors(rule: PolicyRule, namespaced: boolean, path: string): string[] {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule as Partial<PolicyRule>;
  const errors = some(verbs) ? [] : [`${path}.verbs: Required value: verbs must contain at least one value`];
  if (nonResourceURLs !== undefined && some(nonResourceURLs)) {
    const invalid = `${path}.nonResourceURLs: Invalid value: []string{${nonResourceURLs.map((url) => JSON.stringify(url)).join(', ')}}`;
    if (namespaced) errors.push(`${invalid}: namespaced rules cannot apply to non-resource URLs`);
    if (some(apiGroups) || some(resources) || some(resourceNames)) errors.push(`${invalid}: rules cannot apply to both regular resources and non-resource URLs`);
    return errors;
  }
  if (!some(apiGroups)) errors.push(`${path}.apiGroups: Required value: resource rules must supply at least one api group`);
  if (!some(resources)) errors.push(`${path}.resources: Required value: resource rules must supply at least one resource`);
  return errors;
}

export function bindingErrors(binding: KindMap['RoleBinding' | 'ClusterRoleBinding']): string[] {
  const kinds = binding.kind === 'RoleBinding' ? ['ClusterRole', 'Role'] : ['ClusterRole'];
  const { roleRef, subjects = [] } = binding as Partial<typeof binding>;
  return [
    ...unsupported('roleRef.apiGroup', roleRef?.apiGroup, [GROUP]),
    ...unsupported('roleRef.kind', roleRef?.kind ?? '', kinds),
    ...((roleRef?.name ?? '') === '' ? ['roleRef.name: Required value'] : []),
    ...subjects.flatMap((subject, nth) => subjectErrors(subject, binding.kind === 'RoleBinding', `subjects[${nth}]`)),
  ];
}

function subjectErrors(subject: Subject, namespaced: boolean, path: string): string[] {
  const { kind = '', name = '', namespace = '', apiGroup } = subject as Partial<Subject>;
  const errors = name === '' ? [`${path}.name: Required value`] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '' && !SUBDOMAIN.test(name)) errors.push(`${path}.name: Invalid value: ${JSON.stringify(name)}: ${SUBDOMAIN_TEXT}`);
      if (!namespaced && namespace === '') errors.push(`${path}.namespace: Required value`);
      return [...errors, ...unsupported(`${path}.apiGroup`, apiGroup, [''])];
    case 'User':
    case 'Group':
      return [...errors, ...unsupported(`${path}.apiGroup`, apiGroup, [GROUP])];
    default:
      return [...errors, ...unsupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

function some(list: readonly string[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
