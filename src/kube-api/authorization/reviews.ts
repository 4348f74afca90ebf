import { ISSUER } from '../../cluster/account-claims.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import { badRequest, failure, json, notAllowed, type Answer, type Request, type User } from '../answer.ts';
import { readObject } from '../body/body.ts';
import { formOf } from '../negotiation.ts';
import { notAcceptable } from '../reading/reading.ts';
import type { VirtualResource } from '../rest-resources.ts';
import type { Attributes } from '../../cluster/authorization/attributes.ts';
import type { Rbac } from '../../cluster/authorization/rbac.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

/** What reviews are answered from. `tokens` is null where the cluster signs none. */
export interface Reviewer {
  readonly rbac: Rbac;
  readonly tokens: ServiceAccountTokens | null;
}

/** Reviews: who somebody is, and what they may do. They are answered and forgotten. Sources: pkg/registry/authentication and authorization of Kubernetes. */
export function review(reviewer: Reviewer, resource: VirtualResource, namespace: string | null, request: Request): Answer {
  if (request.method !== 'POST') return notAllowed();
  // What has no metadata has no rows of a table either.
  if (formOf(request.headers['accept']) !== 'object') return notAcceptable();
  const read = readObject(request);
  if ('kind' in read) return read;
  const status = statusOf(reviewer, resource, { namespace, spec: part(read.value, 'spec'), user: request.user });
  if ('kind' in status) return status as Answer;
  const metadata = isJsonObject(read.value['metadata']) ? read.value['metadata'] : { creationTimestamp: null };
  return json(201, { ...read.value, kind: resource.kind, apiVersion: `${resource.group}/${resource.version}`, metadata, status });
}

interface Asked {
  readonly namespace: string | null;
  readonly spec: JsonObject;
  readonly user: User;
}

function statusOf({ rbac, tokens }: Reviewer, { kind }: VirtualResource, asked: Asked): JsonObject | Answer {
  const { namespace, spec, user } = asked;
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: userInfo(user) };
    case 'TokenReview':
      return tokenStatus(tokens, spec);
    case 'SelfSubjectRulesReview':
      return rulesStatus(rbac, user, textOf(spec, 'namespace'));
    case 'LocalSubjectAccessReview':
      if (spec['nonResourceAttributes'] !== undefined) return invalid(kind, 'spec.nonResourceAttributes: Invalid value: null: disallowed on this kind of request');
      if (textOf(part(spec, 'resourceAttributes'), 'namespace') !== namespace) return invalid(kind, 'spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace');
      return subjectStatus(rbac, kind, spec);
    case 'SubjectAccessReview':
      return subjectStatus(rbac, kind, spec);
    default:
      return accessStatus(rbac, kind, spec, user);
  }
}

function subjectStatus(rbac: Rbac, kind: string, spec: JsonObject): JsonObject | Answer {
  const name = textOf(spec, 'user');
  const groups = Array.isArray(spec['groups']) ? (spec['groups'] as unknown[]).filter((one) => typeof one === 'string') : [];
  if (name === '' && groups.length === 0) return invalid(kind, 'spec.user: Invalid value: "": at least one of user or group must be specified');
  return accessStatus(rbac, kind, spec, { name, groups });
}

function accessStatus(rbac: Rbac, kind: string, spec: JsonObject, user: User): JsonObject | Answer {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (isJsonObject(resource) === isJsonObject(path)) {
    return isJsonObject(resource)
      ? invalid(kind, 'spec.nonResourceAttributes: Invalid value: "nonResourceAttributes": cannot be specified in combination with resourceAttributes')
      : invalid(kind, 'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const wanted: Attributes = isJsonObject(resource)
    ? {
      of: 'resource', verb: textOf(resource, 'verb'), group: textOf(resource, 'group'), version: textOf(resource, 'version'), resource: textOf(resource, 'resource'),
      subresource: textOf(resource, 'subresource'), namespace: textOf(resource, 'namespace'), name: textOf(resource, 'name'),
    }
    : { of: 'path', verb: textOf(path as JsonObject, 'verb'), path: textOf(path as JsonObject, 'path') };
  const { allowed, reason } = rbac.decide(user, wanted);
  return { allowed, ...(reason === '' ? {} : { reason }) };
}

function rulesStatus(rbac: Rbac, user: User, namespace: string): JsonObject | Answer {
  if (namespace === '') return badRequest('no namespace on request');
  const rules = rbac.rulesOf(user, namespace);
  const resourceRules = rules.filter(({ resources = [] }) => resources.length > 0).map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, ...(resourceNames === undefined ? {} : { resourceNames }) }));
  const nonResourceRules = rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  return { resourceRules, nonResourceRules, incomplete: false };
}

/** A token is good for a reviewer that names none of its audiences only where the API itself is one of them. */
function tokenStatus(tokens: ServiceAccountTokens | null, spec: JsonObject): JsonObject | Answer {
  const token = textOf(spec, 'token');
  if (token === '') return badRequest('token is required for TokenReview in authentication');
  const asked = Array.isArray(spec['audiences']) && spec['audiences'].length > 0 ? (spec['audiences'] as string[]) : [ISSUER];
  const holder = tokens?.holderOf(token) ?? null;
  const audiences = holder?.audiences.filter((one) => asked.includes(one)) ?? [];
  if (holder === null || audiences.length === 0) return { user: {}, error: '[invalid bearer token, service account token is not valid for this request]' };
  return { authenticated: true, user: userInfo(holder.user), audiences };
}

function userInfo({ name, uid, groups, extra }: User): JsonObject {
  return { username: name, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) };
}

function invalid(kind: string, error: string): Answer {
  return failure({ code: 422, reason: 'Invalid', message: `${kind}.authorization.k8s.io "" is invalid: ${error}` });
}

function part(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}
