import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import type { Attributes } from './attributes.ts';

/** Whether one rule allows what is wanted. Source: pkg/apis/rbac/v1/evaluation_helpers.go of Kubernetes. */
export function ruleAllows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!holds(rule.verbs, wanted.verb)) return false;
  if (wanted.of === 'path') return (rule.nonResourceURLs ?? []).some((url) => pathCovers(url, wanted.path));
  const { group, resource, subresource, name } = wanted;
  const names = rule.resourceNames ?? [];
  return holds(rule.apiGroups ?? [], group) && resourceHolds(rule.resources ?? [], resource, subresource) && (names.length === 0 || names.includes(name));
}

// Rules name a resource as `pods`, one of its subresources as `pods/log`, and a subresource of all as `*/scale`.
function resourceHolds(resources: readonly string[], resource: string, subresource: string): boolean {
  if (subresource === '') return holds(resources, resource);
  return holds(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

/** Whether a path of a rule covers another path; only a `*` at its end stands for anything. */
export function pathCovers(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}

function holds(list: readonly string[], one: string): boolean {
  return list.includes('*') || list.includes(one);
}
