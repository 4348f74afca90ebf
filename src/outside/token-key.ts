import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../cluster/json.ts';
import type { TokenSigner } from '../kube-api/authorization/service-account-tokens.ts';

/** 32 bytes of an Ed25519 key as PKCS #8 (RFC 8410), but for the bytes themselves. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const LONGEST_TOKEN = 16_384;

/**
 * The key by which a cluster signs the tokens of its ServiceAccounts (RFC 7515 with EdDSA, RFC 8037). The same secret and
 * claims give the same token, so that a drill that runs again gives the same answers.
 */
export class TokenKey implements TokenSigner {
  readonly #private: KeyObject;
  readonly #public: KeyObject;
  readonly #header: string;
  readonly keys: JsonObject;

  /** `secret`: 32 bytes; fresh ones where none are given. */
  constructor(secret: Uint8Array = randomBytes(32)) {
    this.#private = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' });
    this.#public = createPublicKey(this.#private);
    const kid = createHash('sha256').update(this.#public.export({ type: 'spki', format: 'der' })).digest('base64url');
    this.#header = encoded({ alg: 'EdDSA', kid });
    this.keys = { keys: [{ use: 'sig', ...this.#public.export({ format: 'jwk' }), kid, alg: 'EdDSA' }] };
  }

  sign(claims: JsonObject): string {
    const text = `${this.#header}.${encoded(claims)}`;
    return `${text}.${sign(null, Buffer.from(text), this.#private).toString('base64url')}`;
  }

  verify(token: string): JsonObject | null {
    const [header, claims, signature, more] = token.length > LONGEST_TOKEN ? [] : token.split('.');
    // The header is ours to the byte or it is another's: no token chooses how it is checked.
    if (header !== this.#header || claims === undefined || signature === undefined || more !== undefined) return null;
    if (!verify(null, Buffer.from(`${header}.${claims}`), this.#public, Buffer.from(signature, 'base64url'))) return null;
    return JSON.parse(Buffer.from(claims, 'base64url').toString()) as JsonObject;
  }
}

function encoded(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
