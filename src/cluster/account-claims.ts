import type { JsonObject } from './json.ts';
import type { KindMap } from './objects.ts';
import type { ObjectStore } from './store.ts';

/** Makes a JSON Web Token (RFC 7519) of claims. */
export type SignToken = (claims: JsonObject) => string;

/** Who gives out the tokens of a cluster, and for whom they are where nobody else is named. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** An object without which a token is worth nothing. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Node' | 'Secret';
  readonly name: string;
  readonly uid: string;
}

/** What a token says beside its account. Times are Unix time in seconds, of the cluster's own clock. */
export interface TokenTerms {
  readonly audiences: readonly string[];
  readonly fromS: number;
  readonly endS: number;
  /** When a client should have renewed it, though it is good for longer; null where it ends when it says. */
  readonly warnAfterS: number | null;
  readonly bound: BoundObject | null;
  /** Of this token alone. */
  readonly id: string;
}

/** What a token says that stands for a ServiceAccount. Source: pkg/serviceaccount/claims.go of Kubernetes. */
export function accountClaims(store: ObjectStore, { metadata }: KindMap['ServiceAccount'], { audiences, fromS, endS, warnAfterS, bound, id }: TokenTerms): JsonObject {
  const { name, namespace = '', uid } = metadata;
  const node = bound?.kind === 'Pod' ? store.get('Pod', namespace, bound.name)?.spec?.nodeName : undefined;
  const nodeUid = node === undefined ? undefined : store.get('Node', '', node)?.metadata.uid;
  return {
    aud: audiences, exp: endS, iat: fromS, iss: ISSUER, jti: id,
    'kubernetes.io': {
      namespace, ...(node === undefined ? {} : { node: { name: node, uid: nodeUid } }),
      ...(bound === null ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }), serviceaccount: { name, uid },
      ...(warnAfterS === null ? {} : { warnafter: warnAfterS }),
    },
    nbf: fromS, sub: `system:serviceaccount:${namespace}:${name}`,
  };
}
