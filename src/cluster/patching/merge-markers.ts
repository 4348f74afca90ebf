import MARKERS from './merge-markers.json' with { type: 'json' };

/** The type of an object whose lists may merge, by its name in {@link MARKERS}; null where nothing is said of it. */
export type MergeType = string | null;

/** How a strategic merge patch treats a field. */
export interface MergeMarker {
  /** Of the field's value, or of its items. */
  readonly type: MergeType;
  readonly strategy: 'merge' | 'replace' | null;
  /** By which field items are one; null for lists of plain values. */
  readonly key: string | null;
}

/** Made by bin/merge-markers.mjs from Kubernetes' published schemas. */
const { kinds: KINDS, types: TYPES } = MARKERS as { readonly kinds: Readonly<Record<string, string>>; readonly types: Readonly<Record<string, Readonly<Record<string, string>>>> };

export function mergeTypeOf({ apiVersion, kind }: { readonly apiVersion?: unknown; readonly kind?: unknown }): MergeType {
  const name = `${String(apiVersion)}/${String(kind)}`;
  return Object.hasOwn(KINDS, name) ? (KINDS[name] as string) : OF_ANY_KIND;
}

export function markerOf(type: MergeType, field: string): MergeMarker {
  const fields = type !== null && Object.hasOwn(TYPES, type) ? (TYPES[type] as Readonly<Record<string, string>>) : {};
  const said = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (type === OF_ANY_KIND && field === 'metadata') return METADATA;
  if (said === undefined) return UNMARKED;
  const [inner, strategy, key] = said.split(' ') as [string, string | undefined, string | undefined];
  return { type: inner === '-' ? null : inner, strategy: strategy === 'merge' || strategy === 'replace' ? strategy : null, key: key ?? null };
}

/** Kinds that the published schemas do not tell of have at least the metadata that all have. */
const OF_ANY_KIND = 'any';
const METADATA: MergeMarker = { type: 'meta.v1.ObjectMeta', strategy: null, key: null };
const UNMARKED: MergeMarker = { type: null, strategy: null, key: null };
