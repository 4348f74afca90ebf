import type { CustomResources } from './extensions/custom-resources.ts';
import { OTHER_VERSIONS } from './other-versions.ts';
import { restResource, virtualResource, type RestResource, type Subresource, type VirtualResource } from './rest-resources.ts';

/** What a path of the API means. `name` null is the whole collection; `namespace` null is all of them, or none. */
export type Route =
  | { readonly to: 'object'; readonly resource: RestResource; readonly namespace: string | null; readonly name: string | null; readonly subresource: Subresource | null }
  | { readonly to: 'virtual'; readonly resource: VirtualResource; readonly namespace: string | null; readonly name: string | null }
  | { readonly to: 'discovery'; readonly of: 'api' | 'apis' }
  | { readonly to: 'group'; readonly group: string }
  | { readonly to: 'group-version'; readonly group: string; readonly version: string }
  | { readonly to: 'openapi'; readonly document: string }
  | { readonly to: 'openid'; readonly document: 'configuration' | 'keys' }
  | { readonly to: 'version' }
  | { readonly to: 'health'; readonly check: string; readonly part: string | null };

/** The route of a decoded path, or null where the API has nothing there. `custom`: the kinds that came at run time. */
export function routeOf(path: string, custom: CustomResources | null = null): Route | null {
  const parts = (PROXIED.exec(path)?.[1] ?? path).split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return null;
  const [root = '', ...rest] = parts;
  switch (root) {
    case 'api':
      if (rest.length === 0) return { to: 'discovery', of: 'api' };
      return rest.length === 1 ? groupVersion('', rest[0] as string) : objectRoute('', rest[0] as string, rest.slice(1), custom);
    case 'apis':
      if (rest.length === 0) return { to: 'discovery', of: 'apis' };
      if (rest.length === 1) return { to: 'group', group: rest[0] as string };
      return rest.length === 2 ? groupVersion(rest[0] as string, rest[1] as string) : objectRoute(rest[0] as string, rest[1] as string, rest.slice(2), custom);
    case 'version':
      return rest.length === 0 ? { to: 'version' } : null;
    case 'healthz':
    case 'livez':
    case 'readyz':
      return { to: 'health', check: root, part: rest.length === 0 ? null : rest.join('/') };
    case 'openapi':
      return { to: 'openapi', document: rest.join('/') };
    case '.well-known':
      return path === '/.well-known/openid-configuration' ? { to: 'openid', document: 'configuration' } : null;
    case 'openid':
      return path === '/openid/v1/jwks' ? { to: 'openid', document: 'keys' } : null;
    default:
      return null;
  }
}

/** What comes behind `…/proxy` is no path of this API; empty where nothing does. */
export function proxiedPath(path: string): string {
  return PROXIED.exec(path)?.[2] ?? '';
}

const PROXIED = /^(\/api\/v1\/(?:namespaces\/[^/]+\/(?:pods|services)|nodes)\/[^/]+\/proxy)(\/.*)?$/s;

function groupVersion(group: string, version: string): Route {
  return { to: 'group-version', group, version };
}

function objectRoute(group: string, version: string, parts: readonly string[], custom: CustomResources | null): Route | null {
  if (parts[0] === 'namespaces' && parts.length > 2 && !(group === '' && parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize'))) {
    return resourceRoute(group, version, parts[1] as string, parts.slice(2), custom);
  }
  return resourceRoute(group, version, null, parts, custom);
}

function resourceRoute(group: string, version: string, namespace: string | null, parts: readonly string[], custom: CustomResources | null): Route | null {
  const [plural = '', ...more] = parts;
  const [name = null, sub = null] = more;
  if (more.length > 2) return null;
  const stored = restResource(group, version, plural) ?? OTHER_VERSIONS.find(({ resource }) => resource.group === group && resource.version === version && resource.plural === plural)?.resource ?? custom?.find(group, version, plural);
  if (stored !== undefined) {
    if (namespace !== null && !stored.namespaced) return null;
    if (name !== null && namespace === null && stored.namespaced) return null;
    const subresource = sub === null ? null : (stored.subresources.find((one) => one === sub) ?? undefined);
    return subresource === undefined ? null : { to: 'object', resource: stored, namespace, name, subresource };
  }
  const virtual = virtualResource(group, version, plural);
  return virtual === undefined || sub !== null || (namespace !== null && !virtual.namespaced) ? null : { to: 'virtual', resource: virtual, namespace, name };
}
