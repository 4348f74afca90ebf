import type { Request } from './answer.ts';
import { attributesOf } from './authorization/attributes.ts';

/** Who did what to which object, in the words of Kubernetes' audit log. Reads are observations, the others are writes. */
export interface RequestRecord {
  readonly user: string;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`. */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | null;
  /** Null for all namespaces, and for kinds without. */
  readonly namespace: string | null;
  /** Also of the one object that a list or watch is narrowed to. */
  readonly name: string | null;
  readonly dryRun: boolean;
  readonly code: number;
  readonly userAgent: string;
}

/** The record of a request that was answered with `code`; null for what is about no resource, such as discovery. */
export function requestRecord({ method, path, query, headers, user }: Request, code: number): RequestRecord | null {
  const wanted = attributesOf(method, path, query);
  if (wanted.of === 'path' || wanted.verb === '') return null;
  const { verb, group, resource, subresource, namespace, name } = wanted;
  return {
    user: user.name, verb, group, resource, subresource: orNull(subresource), namespace: orNull(namespace), name: orNull(name),
    dryRun: query.has('dryRun'), code, userAgent: headers['user-agent'] ?? '',
  };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
