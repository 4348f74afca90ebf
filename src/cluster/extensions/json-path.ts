import { isJsonObject } from '../json.ts';

/**
 * The values that a JSON path of a definition finds: `.spec.replicas`, `.metadata.labels['a.b']`, `.spec.list[0].name`,
 * `.spec.list[*]`, `.status.conditions[?(@.type=="Ready")].status`. Empty where it finds nothing or is none.
 */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  let found: unknown[] = [value];
  let rest = path;
  while (rest !== '') {
    const step = STEP.exec(rest);
    if (step === null) return [];
    rest = rest.slice(step[0].length);
    const [, field, quoted, index, filter, , wanted = ''] = step;
    const key = field?.replace(/\\(.)/g, '$1') ?? quoted;
    if (key !== undefined) found = found.flatMap((one) => (isJsonObject(one) && one[key] !== undefined && one[key] !== null ? [one[key]] : []));
    else if (filter !== undefined) found = found.flatMap((one) => (Array.isArray(one) ? one.filter((item) => valuesAt(item, filter).some((is) => String(is) === wanted)) : []));
    else if (index !== undefined) found = found.flatMap((one) => (Array.isArray(one) && one.length > 0 ? [one.at(Number(index)) as unknown] : []));
    else found = found.flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : isJsonObject(one) ? Object.values(one) : []));
  }
  return found;
}

/** A field, a quoted field, an index, a filter by equality, or all. */
const STEP = /^(?:\.((?:[^.[\]\\]|\\.)+)|\[['"]([^'"]+)['"]\]|\[(-?\d+)\]|\[\?\(@((?:\.[\w-]+)+)\s*==\s*(['"]?)([^'")]*)\5\)\]|\.?\[?\*\]?)/;
