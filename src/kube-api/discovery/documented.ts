import type { RestResource, Subresource } from '../rest-resources.ts';

/** What Kubernetes says of a definition (under '') and of its fields, by the definition's name. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What documents tell of a resource. */
export type ShownResource = Pick<RestResource, 'group' | 'version' | 'plural' | 'namespaced'> & { readonly kind: string; readonly subresources?: readonly Subresource[] };
