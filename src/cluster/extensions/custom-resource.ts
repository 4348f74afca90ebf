import { customKind, definitionOf, type CustomKind } from '../custom-kind.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import type { JsonSchema } from './json-schema.ts';

type Definition = KindMap['CustomResourceDefinition'];

/** One version of a custom kind, as its definition gives it. */
export interface CustomVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated: boolean;
  readonly deprecationWarning: string | null;
  readonly schema: JsonSchema;
  readonly hasStatus: boolean;
  readonly scale: ScalePaths | null;
  readonly columns: readonly PrinterColumn[];
  /** `spec.color`: what field selectors may name beside name and namespace. */
  readonly selectable: readonly string[];
}

/** Where a scale finds its numbers: JSON paths such as `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

/** A custom kind that is served. */
export interface CustomResource {
  readonly kind: CustomKind;
  readonly shownKind: string;
  readonly listKind: string;
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** All versions, the one that others prefer first. */
  readonly versions: readonly CustomVersion[];
  readonly storage: CustomVersion;
  readonly conversion: Conversion | null;
  /** Its definition is being deleted: nothing new comes in. */
  readonly terminating: boolean;
}

/** Another program converts between versions; null where only their name differs. */
type Conversion = NonNullable<NonNullable<NonNullable<Definition['spec']>['conversion']>['webhook']>;

/** The custom kind that a stored object is of; undefined where its definition is gone or not yet established. */
export function customResource(store: ObjectStore, kind: CustomKind): CustomResource | undefined {
  const definition = store.get('CustomResourceDefinition', '', definitionOf(kind));
  return definition === undefined ? undefined : (servedResource(definition) ?? undefined);
}

/** What a definition serves; null before its names are accepted. Read once for each revision of it. */
export function servedResource(definition: Definition): CustomResource | null {
  let known = READ.get(definition);
  if (known === undefined) {
    known = definition.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true ? resourceOfDefinition(definition) : null;
    READ.set(definition, known);
  }
  return known;
}

const READ = new WeakMap<Definition, CustomResource | null>();

export function kindOfDefinition({ spec }: Definition): CustomKind {
  return customKind({ kind: spec.names.kind, plural: spec.names.plural, group: spec.group, namespaced: spec.scope === 'Namespaced' });
}

function resourceOfDefinition(definition: Definition): CustomResource {
  const { spec, metadata } = definition;
  const { names } = spec;
  const versions = [...spec.versions].sort((left, right) => compareVersions(left.name, right.name)).map(versionOf);
  return {
    kind: kindOfDefinition(definition), shownKind: names.kind, listKind: names.listKind ?? `${names.kind}List`, group: spec.group, plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(), shortNames: names.shortNames ?? [], categories: names.categories ?? [], namespaced: spec.scope === 'Namespaced',
    versions, storage: versions.find(({ storage }) => storage) ?? (versions[0] as CustomVersion),
    conversion: spec.conversion?.strategy === 'Webhook' ? (spec.conversion.webhook ?? null) : null,
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

type DefinedVersion = NonNullable<Definition['spec']>['versions'][number] & { readonly selectableFields?: readonly { readonly jsonPath: string }[] };

function versionOf(version: DefinedVersion): CustomVersion {
  const { name, served, storage, deprecated = false, deprecationWarning = null, schema, subresources, additionalPrinterColumns } = version;
  const columns = additionalPrinterColumns ?? [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }];
  return {
    name, served, storage, deprecated, deprecationWarning, columns, schema: (schema?.openAPIV3Schema ?? {}) as JsonSchema, hasStatus: subresources?.status !== undefined,
    scale: subresources?.scale ?? null, selectable: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
  };
}

/** The order of versions in discovery: `v2`, `v1`, `v1beta2`, `v1beta1`, `v1alpha1`, then the rest by name. */
function compareVersions(left: string, right: string): number {
  const [one, other] = [VERSION.exec(left), VERSION.exec(right)];
  if (one === null || other === null) return one === other ? (left < right ? -1 : 1) : one === null ? 1 : -1;
  const rank = (match: RegExpExecArray): number => (match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0);
  return rank(other) - rank(one) || Number(other[1]) - Number(one[1]) || Number(other[3] ?? 0) - Number(one[3] ?? 0);
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
