import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { compareTexts } from '../../time/text-order.ts';

/** The value at a path of plain names such as `spec.nodeName`, or undefined where there is none. */
export function readPath(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** Keys and values as `a=1,b=2` in order of the keys; `<none>` for none. */
export function joinLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = sortedEntries(labels);
  return entries.length === 0 ? '<none>' : entries.map(([key, value]) => `${key}=${value}`).join(',');
}

/** A selector as `kubectl` prints it: `app=web,tier in (a,b),!old`; `<none>` for none. */
export function selectorText(selector: LabelSelector | undefined): string {
  const parts = [
    ...sortedEntries(selector?.matchLabels).map(([key, value]): [string, string] => [key, `${key}=${value}`]),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }): [string, string] => {
      if (operator === 'Exists') return [key, key];
      if (operator === 'DoesNotExist') return [key, `!${key}`];
      return [key, `${key} ${operator.toLowerCase()} (${[...values].sort(compareTexts).join(',')})`];
    }),
  ];
  return parts.length === 0 ? '<none>' : parts.sort(([left], [right]) => compareTexts(left, right)).map(([, text]) => text).join(',');
}

/** The entries of an object in order of their keys. */
export function sortedEntries<Value>(record: Readonly<Record<string, Value>> | undefined): readonly (readonly [string, Value])[] {
  return Object.entries(record ?? {}).sort(([left], [right]) => compareTexts(left, right));
}
