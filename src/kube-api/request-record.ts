import type { Request } from './answer.ts';
import { routeOf } from './route.ts';

/** Who did what to which object, in the words of Kubernetes' audit log. Reads are observations, the others are writes. */
export interface RequestRecord {
  readonly user: string;
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | null;
  /** Null for all namespaces, and for kinds without. */
  readonly namespace: string | null;
  readonly name: string | null;
  readonly dryRun: boolean;
  readonly code: number;
  readonly userAgent: string;
}

/** The record of a request that was answered with `code`; null for what is about no resource, such as discovery. */
export function requestRecord(request: Request, code: number): RequestRecord | null {
  const route = routeOf(request.path);
  if (route === null || (route.to !== 'object' && route.to !== 'virtual')) return null;
  const { resource, namespace, name } = route;
  return {
    user: request.user.name, verb: verbOf(request, name), group: resource.group, resource: resource.plural, subresource: route.to === 'object' ? route.subresource : null,
    namespace, name, dryRun: request.query.has('dryRun'), code, userAgent: request.headers['user-agent'] ?? '',
  };
}

function verbOf({ method, query }: Request, name: string | null): RequestRecord['verb'] {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === null ? 'deletecollection' : 'delete';
    default:
      if (query.has('watch') && query.get('watch') !== 'false') return 'watch';
      return name === null ? 'list' : 'get';
  }
}
