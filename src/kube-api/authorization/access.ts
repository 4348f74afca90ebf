import type { Answer, Request } from '../answer.ts';
import { attributesOf } from './attributes.ts';
import { forbiddenTo } from './forbidden.ts';
import { impersonated } from './impersonation.ts';
import type { Rbac } from '../../cluster/authorization/rbac.ts';

/** A request with the user that it acts as, where that user may do what it wants; else the answer that refuses it. */
export function admitted(rbac: Rbac, request: Request): Request | Answer {
  const user = request.impersonate === undefined ? request.user : impersonated(rbac, request.user, request.impersonate);
  if ('kind' in user) return user;
  const wanted = attributesOf(request.method, request.path, request.query);
  const { allowed, reason } = rbac.decide(user, wanted);
  if (!allowed) return forbiddenTo(user, wanted, reason);
  return user === request.user ? request : { ...request, user };
}
