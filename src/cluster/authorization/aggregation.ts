import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { sameJson } from '../json.ts';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';

type ClusterRole = KindMap['ClusterRole'];

/** The rules that an aggregated role is to have: those of all roles that its selectors select, by name, each once. `roles` come in order of name. */
export function aggregatedRules({ metadata, aggregationRule }: ClusterRole, roles: readonly ClusterRole[]): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    for (const role of roles) {
      if (role.metadata.name === metadata.name || !selects(selector, role.metadata.labels)) continue;
      for (const rule of role.rules ?? []) if (!rules.some((one) => sameJson(one, rule))) rules.push(rule);
    }
  }
  return rules;
}
