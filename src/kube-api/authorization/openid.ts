import { ISSUER } from '../../cluster/account-claims.ts';
import { json, nothingThere, text, type Answer } from '../answer.ts';
import type { TokenSigner } from './service-account-tokens.ts';

/**
 * What others need to check the tokens of ServiceAccounts by themselves: `/.well-known/openid-configuration` and
 * `/openid/v1/jwks`. Source: pkg/serviceaccount/openidmetadata.go and pkg/routes/openidmetadata.go of Kubernetes.
 */
export function openid(document: 'configuration' | 'keys', signer: TokenSigner | null): Answer {
  if (signer === null) return nothingThere();
  if (document === 'keys') return text(200, JSON.stringify(signer.keys), 'application/jwk-set+json', CACHED);
  return json(200, {
    issuer: ISSUER, jwks_uri: 'https://172.18.0.2:6443/openid/v1/jwks', response_types_supported: ['id_token'], subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithmsOf(signer),
  }, 'application/json', CACHED);
}

const CACHED = { 'cache-control': 'public, max-age=3600' } as const;

function algorithmsOf({ keys }: TokenSigner): readonly string[] {
  return (keys['keys'] as readonly { readonly alg: string }[]).map(({ alg }) => alg);
}
