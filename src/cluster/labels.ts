import type { LabelSelector as ObjectSelector } from 'kubernetes-types/meta/v1';
import type { LabelSelector } from './api.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether labels meet every requirement. An empty selector selects everything. */
export function matchesLabels(selector: LabelSelector, labels: Labels | undefined): boolean {
  return selector.every(({ key, operator, values }) => meets(operator, values, labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined));
}

/** Whether one value, or its absence, meets a requirement. */
export function meets(operator: LabelSelector[number]['operator'], values: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return value !== undefined && compares(operator, value, values[0] ?? '');
  }
}

/** Whether a whole number is greater or less than another; what is none is neither. */
function compares(operator: 'Gt' | 'Lt', value: string, bound: string): boolean {
  if (!INTEGER.test(value) || !INTEGER.test(bound)) return false;
  return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

const INTEGER = /^-?\d+$/;

/** Whether an object's `selector` selects labels. Absent or empty, it selects nothing, as for workloads and Services. */
export function selects(selector: ObjectSelector | undefined, labels: Labels | undefined): boolean {
  const requirements = selector?.matchExpressions ?? [];
  const equal = selector?.matchLabels;
  if (requirements.length === 0) return equal !== undefined && hasLabels(equal, labels) && Object.keys(equal).length > 0;
  return (equal === undefined || hasLabels(equal, labels)) && requirements.every((requirement) => matchesLabels([toRequirement(requirement)], labels));
}

/** Whether a disruption budget's selector selects labels: absent it selects nothing, empty every pod of the namespace. */
export function budgetSelects(selector: ObjectSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  const empty = Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
  return empty || selects(selector, labels);
}

/** Whether `labels` hold every pair of `wanted`. */
export function hasLabels(wanted: Labels, labels: Labels | undefined): boolean {
  if (labels === undefined) return Object.keys(wanted).length === 0;
  for (const key in wanted) if (labels[key] !== wanted[key]) return false;
  return true;
}

function toRequirement(requirement: { key: string; operator: string; values?: string[] }): LabelSelector[number] {
  return { key: requirement.key, operator: requirement.operator as LabelSelector[number]['operator'], values: requirement.values ?? [] };
}
