/**
 * How values of a type merge and who may own which part of them: what the schema markers `x-kubernetes-list-type`,
 * `-map-keys` and `-map-type` say. Source: sigs.k8s.io/structured-merge-diff, package schema.
 */
export type Structure =
  | { readonly kind: 'scalar'; readonly type: 'string' | 'numeric' | 'boolean' | 'any' }
  /** A list or an object that is owned and replaced as a whole. */
  | { readonly kind: 'atomic'; readonly of: 'list' | 'map' | 'any' }
  /** A list of plain values, each of which has its owners. */
  | { readonly kind: 'set' }
  | ListStructure
  | MapStructure
  /** Nothing is known: objects are taken apart, lists are not. */
  | { readonly kind: 'deduced' };

/** A list of objects that are known by some of their fields. */
interface ListStructure {
  readonly kind: 'list';
  readonly keys: readonly string[];
  /** What a key counts as where an item does not say it. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly item: () => Structure;
}

interface MapStructure {
  readonly kind: 'map';
  /** The type of a field that the schema names. */
  readonly field: (name: string) => Structure | undefined;
  /** The type of all other fields; null where there may be none. */
  readonly others: Structure | null;
}

export const DEDUCED: Structure = { kind: 'deduced' };

/** The type of an object's field. Fields that nobody declared are taken as they come. */
export function structureOfField(structure: Structure, name: string): Structure {
  return structure.kind === 'map' ? (structure.field(name) ?? structure.others ?? DEDUCED) : DEDUCED;
}

/**
 * The element that an item of a list is known by, as `FieldsV1` writes it: `k:{"name":"app"}` or `v:"a"`. Null where the
 * item has none of the keys, or is of no type that can be told apart.
 */
export function elementOf(structure: Extract<Structure, { kind: 'set' | 'list' }>, item: unknown): string | null {
  if (structure.kind === 'set') return typeof item === 'object' ? null : `v:${JSON.stringify(item)}`;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  const parts: string[] = [];
  for (const key of structure.keys) {
    const value = (item as Readonly<Record<string, unknown>>)[key] ?? structure.defaults[key];
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  return parts.length === 0 ? null : `k:{${parts.join(',')}}`;
}

/** The path of elements as people read it: `.spec.containers[name="app"].image`. */
export function pathText(elements: readonly string[]): string {
  return elements.map(elementText).join('');
}

export function elementText(element: string): string {
  const rest = element.slice(2);
  switch (element.slice(0, 2)) {
    case 'k:':
      return `[${Object.entries(JSON.parse(rest) as Record<string, unknown>).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    case 'v:':
      return `[=${rest}]`;
    case 'i:':
      return `[${rest}]`;
    default:
      return `.${rest}`;
  }
}
