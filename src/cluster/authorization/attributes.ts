/**
 * What a request wants to do, as the authorizer sees it: a verb upon a resource, or upon a path that is none.
 * `namespace`, `name` and `subresource` are '' where there is none; `name` is also what a field selector narrows a list to.
 */
export type Attributes =
  | {
    readonly of: 'resource';
    readonly verb: string;
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly subresource: string;
    readonly namespace: string;
    readonly name: string;
  }
  | { readonly of: 'path'; readonly verb: string; readonly path: string };

export type ResourceAttributes = Extract<Attributes, { of: 'resource' }>;

/** What a user may not do, as the API server says it after `is forbidden:`. */
export function refusalText(user: string, wanted: Attributes): string {
  if (wanted.of === 'path') return `User ${JSON.stringify(user)} cannot ${wanted.verb} path ${JSON.stringify(wanted.path)}`;
  const { verb, group, resource, subresource, namespace } = wanted;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}
