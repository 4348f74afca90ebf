import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';

type ClusterRole = KindMap['ClusterRole'];

/** The rules that an aggregated role is to have: those of all roles that its selectors select, by name, each once. `roles` come in order of name. */
export function aggregatedRules({ metadata, aggregationRule }: ClusterRole, roles: readonly ClusterRole[]): PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    for (const role of roles) {
      if (role.metadata.name === metadata.name || !selects(selector, role.metadata.labels)) continue;
      for (const rule of role.rules ?? []) {
        const key = contentOf(rule);
        if (!rules.has(key)) rules.set(key, rule);
      }
    }
  }
  return [...rules.values()];
}

function contentOf({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  return JSON.stringify([apiGroups, resources, resourceNames, nonResourceURLs, verbs]);
}
