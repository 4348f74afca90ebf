import { failure, type Answer, type User, type Impersonation } from '../answer.ts';
import type { ResourceAttributes } from '../../cluster/authorization/attributes.ts';
import { forbiddenTo } from './forbidden.ts';
import type { Rbac } from '../../cluster/authorization/rbac.ts';

const EXTRA = 'impersonate-extra-';

/** What headers, each with all its values, ask for; undefined where they ask for nothing. */
export function readImpersonation(headers: Readonly<Record<string, readonly string[] | undefined>>): Impersonation | undefined {
  const extra: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(headers)) {
    if (name.startsWith(EXTRA) && values !== undefined) extra[unescaped(name.slice(EXTRA.length))] = values;
  }
  const [user = ''] = headers['impersonate-user'] ?? [];
  const [uid = ''] = headers['impersonate-uid'] ?? [];
  const groups = headers['impersonate-group'] ?? [];
  return user === '' && uid === '' && groups.length === 0 && Object.keys(extra).length === 0 ? undefined : { user, uid, groups, extra };
}

/** The user that a request acts as; or the refusal where whoever asks may not `impersonate`. Source: filters/impersonation.go of k8s.io/apiserver. */
export function impersonated(rbac: Rbac, asker: User, wanted: Impersonation): User | Answer {
  const { user, uid, groups, extra } = wanted;
  if (user === '') return failure({ code: 500, reason: 'InternalError', message: `Internal error occurred: requested [${[...groups, uid].filter((one) => one !== '').join(' ')}] without impersonating a user` });
  const account = accountOf(user);
  const asked: ResourceAttributes[] = [
    account === null ? act('', 'users', user) : act('', 'serviceaccounts', account.name, { namespace: account.namespace }),
    ...groups.map((group) => act('', 'groups', group)),
    ...Object.entries(extra).flatMap(([key, values]) => values.map((value) => act('authentication.k8s.io', 'userextras', value, { subresource: key }))),
    ...(uid === '' ? [] : [act('authentication.k8s.io', 'uids', uid)]),
  ];
  for (const one of asked) {
    const { allowed, reason } = rbac.decide(asker, one);
    if (!allowed) return forbiddenTo(asker, one, reason);
  }
  const own = groups.length > 0 || account === null ? groups : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  const known = user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return { name: user, ...(uid === '' ? {} : { uid }), groups: own.includes(known) ? own : [...own, known], ...(Object.keys(extra).length === 0 ? {} : { extra }) };
}

function act(group: string, resource: string, name: string, more: { readonly namespace?: string; readonly subresource?: string } = {}): ResourceAttributes {
  return { of: 'resource', verb: 'impersonate', group, version: group === '' ? '' : 'v1', resource, subresource: '', namespace: '', name, ...more };
}

/** The ServiceAccount that a user's name means; null where it means none. */
function accountOf(user: string): { readonly namespace: string; readonly name: string } | null {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
