import type { KindMap } from '../../cluster/objects.ts';
import type { AnyObject } from '../../cluster/store.ts';
import type { User } from '../answer.ts';

type Status = NonNullable<KindMap['CertificateSigningRequest']['status']>;

/** A new object; a request for a certificate says who made it, whatever its author wrote there. */
export function withRequester<Given extends AnyObject>(object: Given, { name, uid, groups, extra }: User): Given {
  if (object.kind !== 'CertificateSigningRequest') return object;
  const { spec } = object;
  return { ...object, spec: { ...spec, username: name, groups: [...groups], ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) } };
}

/** What `…/approval` and `…/status` of such a request may write: the one its decision, the other all but that. Other objects' statuses as they are. */
export function statusOfRequest(current: AnyObject, given: unknown, subresource: 'approval' | 'status'): unknown {
  if (current.kind !== 'CertificateSigningRequest') return given;
  const before = current.status ?? {};
  const after = (given ?? {}) as Status;
  const decided = (status: Status): NonNullable<Status['conditions']> => (status.conditions ?? []).filter(({ type }) => DECISIONS.has(type));
  const others = (status: Status): NonNullable<Status['conditions']> => (status.conditions ?? []).filter(({ type }) => !DECISIONS.has(type));
  const conditions = subresource === 'approval' ? [...decided(after), ...others(before)] : [...decided(before), ...others(after)];
  const { certificate } = subresource === 'approval' ? before : after;
  return { ...(certificate === undefined ? {} : { certificate }), ...(conditions.length === 0 ? {} : { conditions }) };
}

const DECISIONS: ReadonlySet<string> = new Set(['Approved', 'Denied']);
