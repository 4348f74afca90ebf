import { accountClaims, ISSUER, type BoundObject, type SignToken } from '../../cluster/account-claims.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import type { Kind, KindMap } from '../../cluster/objects.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import type { User } from '../answer.ts';

/** Signs and checks the tokens of ServiceAccounts, as JSON Web Tokens (RFC 7519). The key is the signer's own. */
export interface TokenSigner {
  readonly sign: SignToken;
  /** The claims of a token that this signer signed; null of any other text. */
  verify(token: string): JsonObject | null;
  /** What others check its tokens by: a JSON Web Key Set (RFC 7517). */
  readonly keys: JsonObject;
}

const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const MOST_KEPT = 1_000;

/**
 * Tokens that stand for ServiceAccounts: bound ones, which end, and those of Secrets, which do not. Times are those of the
 * cluster's own clock, so that they stand still while it does. Source of the claims: pkg/serviceaccount/legacy.go of Kubernetes.
 */
export class ServiceAccountTokens {
  readonly #store: ObjectStore;
  readonly #signer: TokenSigner;
  readonly #nowUnixMs: () => number;
  /** What was checked once: a signature does not change. */
  readonly #checked = new Map<string, JsonObject>();

  constructor({ store, signer, nowUnixMs }: { readonly store: ObjectStore; readonly signer: TokenSigner; readonly nowUnixMs: () => number }) {
    this.#store = store;
    this.#signer = signer;
    this.#nowUnixMs = nowUnixMs;
  }

  /** A token for an account. `expiresAtMs` is Unix time. */
  issue(account: KindMap['ServiceAccount'], { audiences, seconds, bound }: { readonly audiences: readonly string[]; readonly seconds: number; readonly bound: BoundObject | null }): { readonly token: string; readonly expiresAtMs: number } {
    const fromS = Math.floor(this.#nowUnixMs() / 1000);
    const endS = fromS + seconds;
    const claims = accountClaims(this.#store, account, { audiences, fromS, endS, warnAfterS: null, bound, id: this.#store.newUid('ServiceAccount') });
    return { token: this.#signer.sign(claims), expiresAtMs: endS * 1000 };
  }

  /** The token of a Secret of type `kubernetes.io/service-account-token`. */
  issueFor(secret: KindMap['Secret'], { metadata }: KindMap['ServiceAccount']): string {
    const { name, namespace = '', uid } = metadata;
    return this.#signer.sign({
      iss: LEGACY_ISSUER, [`${LEGACY_ISSUER}/namespace`]: namespace, [`${LEGACY_ISSUER}/secret.name`]: secret.metadata.name,
      [`${LEGACY_ISSUER}/service-account.name`]: name, [`${LEGACY_ISSUER}/service-account.uid`]: uid, sub: `system:serviceaccount:${namespace}:${name}`,
    });
  }

  /** Who a token stands for, and for which audiences; null where it is forged, over, or what it is bound to is gone. */
  holderOf(token: string): { readonly user: User; readonly audiences: readonly string[] } | null {
    const claims = this.#claimsOf(token);
    if (claims === null) return null;
    return claims['iss'] === LEGACY_ISSUER ? this.#legacyHolder(token, claims) : this.#boundHolder(claims);
  }

  #claimsOf(token: string): JsonObject | null {
    const kept = this.#checked.get(token);
    if (kept !== undefined) return kept;
    const claims = this.#signer.verify(token);
    if (claims === null) return null;
    if (this.#checked.size >= MOST_KEPT) this.#checked.clear();
    this.#checked.set(token, claims);
    return claims;
  }

  #boundHolder({ aud, exp, nbf, jti, 'kubernetes.io': own }: JsonObject): ReturnType<ServiceAccountTokens['holderOf']> {
    const nowS = this.#nowUnixMs() / 1000;
    if (typeof exp !== 'number' || typeof nbf !== 'number' || !isJsonObject(own) || nowS >= exp || nowS < nbf - LEEWAY_S) return null;
    const namespace = String(own['namespace']);
    const account = this.#same('ServiceAccount', namespace, own['serviceaccount']);
    if (account === undefined) return null;
    const extra: Record<string, readonly string[]> = { 'authentication.kubernetes.io/credential-id': [`JTI=${String(jti)}`] };
    for (const [claim, kind] of [['pod', 'Pod'], ['node', 'Node'], ['secret', 'Secret']] as const) {
      if (own[claim] === undefined) continue;
      const bound = this.#same(kind, kind === 'Node' ? '' : namespace, own[claim]);
      if (bound === undefined) return null;
      if (kind === 'Secret') continue;
      extra[`authentication.kubernetes.io/${claim}-name`] = [bound.metadata.name];
      extra[`authentication.kubernetes.io/${claim}-uid`] = [bound.metadata.uid ?? ''];
    }
    return { user: { ...accountUser(account), extra }, audiences: Array.isArray(aud) ? (aud as string[]) : [] };
  }

  #legacyHolder(token: string, claims: JsonObject): ReturnType<ServiceAccountTokens['holderOf']> {
    const claim = (name: string): string => String(claims[`${LEGACY_ISSUER}/${name}`]);
    const namespace = claim('namespace');
    const account = this.#same('ServiceAccount', namespace, { name: claim('service-account.name'), uid: claim('service-account.uid') });
    const secret = this.#store.get('Secret', namespace, claim('secret.name'));
    if (account === undefined || secret?.data?.['token'] !== btoa(token)) return null;
    return { user: accountUser(account), audiences: [ISSUER] };
  }

  /** The object that a claim means, unless it is gone or another has its name now. */
  #same<K extends Kind>(kind: K, namespace: string, claim: unknown): KindMap[K] | undefined {
    if (!isJsonObject(claim)) return undefined;
    const found = this.#store.get(kind, namespace, String(claim['name']));
    return found !== undefined && found.metadata.uid === claim['uid'] && found.metadata.deletionTimestamp === undefined ? found : undefined;
  }
}

/** Clocks of clients may be off by so much. */
const LEEWAY_S = 10;

/** A ServiceAccount as the user that its tokens stand for. */
function accountUser({ metadata: { name, namespace = '', uid } }: KindMap['ServiceAccount']): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`, ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
