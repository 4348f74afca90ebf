import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { RESOURCES, type Kind, type Resource } from './objects.ts';

/**
 * The kind of objects that a CustomResourceDefinition describes, as the store and everything in process name it:
 * `Widget.widgets.example.com`, with `cluster/` before the plural where its objects are in no namespace. So it never
 * collides with a kind of the cluster's own, and says by itself how it is named in texts. Clients see `Widget`.
 */
export type CustomKind = `${string}.${string}`;

/** An object of such a kind. What it holds beside metadata is for its schema to say. */
export interface CustomObject {
  apiVersion: string;
  kind: CustomKind;
  metadata: ObjectMeta & { name: string };
  spec?: unknown;
  status?: unknown;
}

export function customKind({ kind, plural, group, namespaced }: { readonly kind: string; readonly plural: string; readonly group: string; readonly namespaced: boolean }): CustomKind {
  return `${kind}.${namespaced ? '' : 'cluster/'}${plural}.${group}`;
}

export function isCustomKind(kind: string): kind is CustomKind {
  return kind.includes('.');
}

export function isCustomObject(object: { readonly kind: string }): object is CustomObject {
  return isCustomKind(object.kind);
}

/** `Widget`: a kind as objects carry it outside. */
export function shownKind(kind: string): string {
  const dot = kind.indexOf('.');
  return dot < 0 ? kind : kind.slice(0, dot);
}

/** `widgets.example.com`: the name of the definition of a custom kind. */
export function definitionOf(kind: CustomKind): string {
  return kind.slice(kind.indexOf('.') + 1).replace('cluster/', '');
}

/** How a kind is named. Of a custom kind only its definition knows versions, singular and short names. */
export function resourceOf(kind: Kind): Resource {
  if (!isCustomKind(kind)) return RESOURCES[kind];
  let known = CUSTOM.get(kind);
  if (known === undefined) {
    const name = definitionOf(kind);
    const dot = name.indexOf('.');
    known = {
      kind, apiVersion: `${name.slice(dot + 1)}/`, plural: name.slice(0, dot), singular: shownKind(kind).toLowerCase(), short: [], namespaced: !kind.includes('cluster/'),
    };
    CUSTOM.set(kind, known);
  }
  return known;
}

/** The same for every cluster: it is read out of the kind alone. */
const CUSTOM = new Map<CustomKind, Resource>();
