import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { pathCovers } from '../../cluster/authorization/rules.ts';

/** What of `wanted` the rules of `owned` do not allow, in rules of one thing each. Source: component-helpers/auth/rbac/validation of Kubernetes. */
export function missingRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap((rule) => {
    // What names more than anybody has to say counts as missing, unless all of it is given at once.
    if (partsOf(rule) > MOST_PARTS) return owned.some((own) => coversAll(own, rule)) ? [] : [rule];
    return brokenDown(rule).filter((part) => !owned.some((own) => ruleCovers(own, part)));
  });
}

const MOST_PARTS = 20_000;

function partsOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): number {
  return verbs.length * (apiGroups.length * resources.length * Math.max(1, resourceNames.length) + nonResourceURLs.length);
}

function coversAll(owner: PolicyRule, { nonResourceURLs = [] }: PolicyRule): boolean {
  const all = (list: readonly string[] | undefined): boolean => list?.includes('*') === true;
  if (!all(owner.verbs)) return false;
  return nonResourceURLs.length > 0 ? all(owner.nonResourceURLs) : all(owner.apiGroups) && all(owner.resources) && (owner.resourceNames ?? []).length === 0;
}

/** A rule as many that each give one verb on one resource of one group (and one name), or on one path. */
function brokenDown({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  const objects = apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.flatMap((verb) => names.map((name): PolicyRule => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...name })))));
  return [...objects, ...nonResourceURLs.flatMap((url) => verbs.map((verb): PolicyRule => ({ nonResourceURLs: [url], verbs: [verb] })))];
}

function ruleCovers(owner: PolicyRule, { verbs: [verb = ''], apiGroups: [group] = [], resources: [resource] = [], resourceNames: [name] = [], nonResourceURLs: [url] = [] }: PolicyRule): boolean {
  if (!holds(owner.verbs, verb)) return false;
  if (url !== undefined) return (owner.nonResourceURLs ?? []).some((own) => pathCovers(own, url));
  if (group === undefined || resource === undefined) return false;
  const { apiGroups = [], resources = [], resourceNames = [] } = owner;
  const slash = resource.indexOf('/');
  const named = resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name));
  return named && holds(apiGroups, group) && (holds(resources, resource) || (slash >= 0 && resources.includes(`*${resource.slice(slash)}`)));
}

function holds(list: readonly string[], one: string): boolean {
  return list.includes('*') || list.includes(one);
}

/** Rules that say the same of one resource as one rule with all their verbs; others as they are. */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const compact: PolicyRule[] = [];
  const simple = new Map<string, { verbs: string[] }>();
  for (const rule of rules) {
    if (rule.nonResourceURLs !== undefined) {
      compact.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames ?? []]);
    const known = simple.get(key);
    if (known !== undefined) known.verbs.push(...rule.verbs);
    else {
      const copy = { ...rule, verbs: [...rule.verbs] };
      simple.set(key, copy);
      compact.push(copy);
    }
  }
  return compact;
}

/** As the real server writes a rule into a refusal: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = [['APIGroups', apiGroups], ['Resources', resources], ['NonResourceURLs', nonResourceURLs], ['ResourceNames', resourceNames], ['Verbs', verbs]] as const;
  return `{${parts.filter(([, list]) => list !== undefined && list.length > 0).map(([name, list]) => `${name}:${goList(list as readonly string[])}`).join(', ')}}`;
}

/** A list of texts as Go's `%q` writes it. */
export function goList(list: readonly string[]): string {
  return `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;
}
