import type { z } from 'zod';

/** The value without the parts that issues are about; what is missing at the top is filled in from `blank`. */
export function setAside(value: unknown, issues: readonly z.core.$ZodIssue[], blank: Readonly<Record<string, unknown>>): unknown {
  const copy = isHolder(value) && !Array.isArray(value) ? structuredCopy(value) : {};
  const root = { whole: copy };
  for (const issue of issues) {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) remove(root, ['whole', ...(path as (string | number)[])]);
  }
  const whole = dropHoles(root.whole ?? {}) as Record<string, unknown>;
  for (const [key, standIn] of Object.entries(blank)) if (!Object.hasOwn(whole, key)) whole[key] = standIn;
  return whole;
}

/** Removes what is at the path; where that is missing already, its parent cannot do without it and goes instead. */
function remove(root: object, path: readonly (string | number)[]): void {
  let holder: object = root;
  let removable: { holder: object; key: string | number } | null = null;
  for (const [at, step] of path.entries()) {
    if (!Object.hasOwn(holder, step)) break;
    removable = { holder, key: step };
    const next = (holder as Record<string | number, unknown>)[step];
    if (at === path.length - 1 || !isHolder(next)) break;
    holder = next;
  }
  if (removable === null || removable.holder === root) return;
  if (Array.isArray(removable.holder)) removable.holder[Number(removable.key)] = HOLE;
  else delete (removable.holder as Record<string | number, unknown>)[removable.key];
}

/** Stands for a removed item until all are removed, so that the others keep their places. */
const HOLE = Symbol('removed');

function dropHoles(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== HOLE).map(dropHoles);
  if (!isHolder(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dropHoles(inner)]));
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function structuredCopy(value: object): object {
  if (Array.isArray(value)) return value.map((item: unknown) => (isHolder(item) ? structuredCopy(item) : item));
  return Object.fromEntries(Object.entries(value).map(([key, inner]: [string, unknown]) => [key, isHolder(inner) ? structuredCopy(inner) : inner]));
}
