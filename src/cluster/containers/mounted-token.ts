import type { ServiceAccountTokenProjection } from 'kubernetes-types/core/v1';
import { digest } from '../../time/dice.ts';
import { accountClaims, ISSUER, type SignToken } from '../account-claims.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

const HOUR_S = 3_600;
/** What pods ask for by themselves; such tokens stay good for a year, for clients that read theirs only once. */
const WATCHED_S = 3_607;
const YEAR_S = 365 * 24 * HOUR_S;

/**
 * The token that a kubelet has mounted into a pod at `nowS` (Unix time in seconds): renewed whenever four fifths of its time
 * are over. '' where its account is gone. Sources: pkg/kubelet/token and pkg/registry/core/serviceaccount/storage/token.go.
 */
export function mountedToken(store: ObjectStore, pod: KindMap['Pod'], { audience = ISSUER, expirationSeconds = HOUR_S }: Omit<ServiceAccountTokenProjection, 'path'>, nowS: number, sign: SignToken): string {
  const { namespace = '', name, uid = '', creationTimestamp } = pod.metadata;
  const account = store.get('ServiceAccount', namespace, pod.spec?.serviceAccountName ?? 'default');
  if (account === undefined) return '';
  const bornS = creationTimestamp === undefined ? nowS : Date.parse(creationTimestamp) / 1000;
  const turnS = Math.floor(expirationSeconds * 0.8);
  const fromS = bornS + Math.max(0, Math.floor((nowS - bornS) / turnS)) * turnS;
  const isWatched = audience === ISSUER && expirationSeconds === WATCHED_S;
  return sign(accountClaims(store, account, {
    audiences: [audience], fromS, endS: fromS + (isWatched ? YEAR_S : expirationSeconds), warnAfterS: isWatched ? fromS + WATCHED_S : null,
    bound: { kind: 'Pod', name, uid }, id: uuidOf(`${uid}/${audience}/${fromS}`),
  }));
}

/** A version 8 UUID (RFC 9562) that a text stands for. */
function uuidOf(text: string): string {
  const hex = digest(text) + digest(`${text}/`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A token as it looks, for clusters that nobody's clients reach: nobody accepts it. */
export const unsigned: SignToken = (claims) => {
  const text = JSON.stringify(claims);
  return `${encoded('{"alg":"EdDSA","kid":"Tm8h0cNfq3"}')}.${encoded(text)}.${encoded(digest(text).repeat(4))}`;
};

function encoded(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
