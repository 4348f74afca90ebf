import type { Attributes } from '../../cluster/authorization/attributes.ts';
import { flag } from '../query-flag.ts';

/** The attributes of a request, told from its method and path alone, so that refusals say nothing of what exists. Source: RequestInfoFactory of k8s.io/apiserver. */
export function attributesOf(method: string, path: string, query: URLSearchParams): Attributes {
  const nonResource: Attributes = { of: 'path', verb: method.toLowerCase(), path };
  const parts = path.split('/').filter((part) => part !== '');
  const [prefix, ...rest] = parts;
  if (parts.length < 3 || (prefix !== 'api' && prefix !== 'apis')) return nonResource;
  const group = prefix === 'apis' ? (rest.shift() as string) : '';
  const version = rest.shift() as string;
  if (rest.length === 0) return nonResource;
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] as string;
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] as string)) rest.splice(0, 2);
  }
  const [resource = '', named = '', subresource = ''] = rest;
  const verb = verbOf(method, named, query);
  const name = named === '' && (verb === 'list' || verb === 'watch') ? selectedName(query) : named;
  return { of: 'resource', verb, group, version, resource, subresource, namespace, name };
}

/** What follows a namespace's name and is not the plural of something in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

function verbOf(method: string, name: string, query: URLSearchParams): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    case 'GET':
    case 'HEAD':
      if (name !== '') return 'get';
      return flag(query, 'watch') ? 'watch' : 'list';
    default:
      return '';
  }
}

/** `metadata.name=web-1` lets a rule for that one name hold for a list or watch of it. */
function selectedName(query: URLSearchParams): string {
  return /^metadata\.name==?([^,=!]+)$/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';
}
