import { failure, type Answer, type User } from '../answer.ts';
import { type Attributes, refusalText, type ResourceAttributes } from '../../cluster/authorization/attributes.ts';

/** The 403 for what a user may not do, in the words of k8s.io/apiserver (responsewriters/errors.go). `reason` is the authorizer's, or ''. */
export function forbiddenTo({ name: user }: User, wanted: Attributes, reason: string): Answer {
  const why = `${escaped(refusalText(user, wanted))}${reason === '' ? '' : `: ${reason}`}`;
  if (wanted.of === 'path') return failure({ code: 403, reason: 'Forbidden', message: `forbidden: ${why}`, details: {} });
  return forbiddenObject(wanted, why);
}

/** The 403 about an object, or about a resource where `name` is ''. */
export function forbiddenObject({ group, resource, name }: Pick<ResourceAttributes, 'group' | 'resource' | 'name'>, why: string): Answer {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const details = { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource };
  return failure({ code: 403, reason: 'Forbidden', message: `${qualified}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: ${why}`, details });
}

/** As the real server does, lest a browser takes a path for markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
