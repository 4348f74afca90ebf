import type { z } from 'zod';
import type { Path } from './yaml-source.ts';

/**
 * A value of which misshapen parts are set aside, so that the rest can be looked at. Items of lists that are gone make
 * the others move up: {@link original} tells where something in the rest stood.
 */
export class SetAside {
  readonly #value: unknown;
  readonly #blank: Readonly<Record<string, unknown>>;
  /** Paths in the value as it was, as JSON. */
  readonly #removed = new Set<string>();
  #rest: unknown;

  /** `blank` fills in what is missing at the top. */
  constructor(value: unknown, blank: Readonly<Record<string, unknown>>) {
    this.#value = isMap(value) ? value : {};
    this.#blank = blank;
    this.#rest = this.#value;
  }

  /** Sets aside what issues about the rest are about, and returns what remains. */
  remove(issues: readonly z.core.$ZodIssue[]): unknown {
    for (const issue of issues) {
      const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      for (const path of paths) {
        const there = deepestThere(this.#rest, path as Path);
        if (there.length > 0) this.#removed.add(JSON.stringify(this.original(there)));
      }
    }
    const rest = this.#copy(this.#value, []) as Record<string, unknown>;
    for (const [key, standIn] of Object.entries(this.#blank)) if (!Object.hasOwn(rest, key)) rest[key] = standIn;
    this.#rest = rest;
    return rest;
  }

  /** The path in the value as it was, of a path in the rest. */
  original(path: Path): Path {
    const found: (string | number)[] = [];
    for (const step of path) found.push(typeof step === 'number' ? this.#originalIndex(found, step) : step);
    return found;
  }

  #originalIndex(list: Path, index: number): number {
    let left = index;
    for (let at = 0; ; at++) {
      if (this.#removed.has(JSON.stringify([...list, at]))) continue;
      if (left === 0) return at;
      left--;
    }
  }

  #copy(value: unknown, path: Path): unknown {
    const stays = (step: string | number): boolean => !this.#removed.has(JSON.stringify([...path, step]));
    if (Array.isArray(value)) return value.flatMap((item: unknown, at) => (stays(at) ? [this.#copy(item, [...path, at])] : []));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (stays(key) ? [[key, this.#copy(inner, [...path, key])]] : [])));
  }
}

/** What is missing cannot be removed: then its nearest parent that is there goes, as it cannot do without. */
function deepestThere(value: unknown, path: Path): Path {
  let holder = value;
  for (const [at, step] of path.entries()) {
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, step)) return path.slice(0, at);
    holder = (holder as Record<string | number, unknown>)[step];
  }
  return path;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
