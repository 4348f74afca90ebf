import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { compareTexts } from '../../time/text-order.ts';

/** Values as Go prints them into the API server's error texts. */

/** `map[string]string{"app":"web"}`, keys in order. */
export function goMap(map: Readonly<Record<string, string>> | undefined): string {
  if (map === undefined) return 'map[string]string(nil)';
  const pairs = Object.entries(map).sort(([left], [right]) => compareTexts(left, right));
  return `map[string]string{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(', ')}}`;
}

export function goSelector(selector: LabelSelector): string {
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }) => `v1.LabelSelectorRequirement{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:[]string{${(values ?? []).map((value) => JSON.stringify(value)).join(', ')}}}`,
  );
  const list = selector.matchExpressions === undefined ? '[]v1.LabelSelectorRequirement(nil)' : `[]v1.LabelSelectorRequirement{${expressions.join(', ')}}`;
  return `v1.LabelSelector{MatchLabels:${goMap(selector.matchLabels)}, MatchExpressions:${list}}`;
}

/** Any value, as near to Go's own way as JSON comes. */
export function goValue(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}
