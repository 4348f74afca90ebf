import { failure, type Answer, type User } from '../answer.ts';
import type { Attributes, ResourceAttributes } from './attributes.ts';

/** The 403 for what a user may not do, in the words of k8s.io/apiserver (responsewriters/errors.go). `reason` is the authorizer's, or ''. */
export function forbiddenTo({ name: user }: User, wanted: Attributes, reason: string): Answer {
  const why = `${escaped(wanted.of === 'path' ? `User ${JSON.stringify(user)} cannot ${wanted.verb} path ${JSON.stringify(wanted.path)}` : refusal(user, wanted))}${reason === '' ? '' : `: ${reason}`}`;
  if (wanted.of === 'path') return failure({ code: 403, reason: 'Forbidden', message: `forbidden: ${why}`, details: {} });
  return forbiddenObject(wanted, why);
}

/** The 403 about an object, or about a resource where `name` is ''. */
export function forbiddenObject({ group, resource, name }: Pick<ResourceAttributes, 'group' | 'resource' | 'name'>, why: string): Answer {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return failure({ code: 403, reason: 'Forbidden', message: `${qualified}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: ${why}`, details });
}

function refusal(user: string, { verb, group, resource, subresource, namespace }: ResourceAttributes): string {
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
}

/** As the real server does, lest a browser takes a path for markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
