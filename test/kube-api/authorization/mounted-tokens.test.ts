import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RestApi } from '../../../src/kube-api/rest-api.ts';
import { servedBy } from '../../../src/kube-api/served-cluster.ts';
import { TokenKey } from '../../../src/outside/token-key.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';

const WHERE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A cluster whose containers run, behind its REST API. */
function aCluster(): { readonly inside: ContainerCluster; readonly api: RestApi; readonly ask: (method: string, path: string, body?: object) => { readonly type: string; readonly body: Record<string, unknown> } } {
  const inside = new ContainerCluster();
  const key = new TokenKey(new Uint8Array(32).fill(7));
  inside.cluster.mountTokens((claims) => key.sign(claims));
  const api = new RestApi(servedBy(inside.cluster), undefined, key);
  return {
    inside, api,
    ask: (method, path, body = {}) => {
      const answer = api.answer({ method, path, query: new URLSearchParams(), headers: { accept: 'application/json' }, body: new TextEncoder().encode(JSON.stringify(body)), user: { name: 'ana', groups: ['system:masters'] } });
      if (answer.kind !== 'whole') throw new Error(`${path} streams`);
      return { type: answer.type, body: JSON.parse(answer.body) as Record<string, unknown> };
    },
  };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Record<string, unknown>;
}

// test/e2e/auth/service_accounts.go: "should mount an API token into pods".
describe('the token in a container', () => {
  test('is of the pod\'s account, and the API accepts it', () => {
    const { inside, api, ask } = aCluster();
    inside.pod('web', { image: 'nginx:1.27' });
    inside.wait('20s');
    const token = inside.exec('web', 'cat', WHERE).out;
    expect(api.userOfToken(token)).toMatchObject({ name: 'system:serviceaccount:default:default', extra: { 'authentication.kubernetes.io/pod-name': ['web'] } });
    expect(ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } }).body).toMatchObject({ status: { authenticated: true, user: { username: 'system:serviceaccount:default:default' }, audiences: [ISSUER] } });
    inside.cluster.api.delete({ kind: 'Pod', namespace: 'default', name: 'web' }, { gracePeriodSeconds: 0 });
    inside.wait('5s');
    expect(api.userOfToken(token), 'the pod is gone').toBeNull();
  });

  test('is renewed before its time is over, and an old one stays good for clients that read it once', () => {
    const { inside, api } = aCluster();
    inside.pod('web', { image: 'nginx:1.27' });
    inside.wait('20s');
    const first = inside.exec('web', 'cat', WHERE).out;
    inside.wait('40m');
    expect(inside.exec('web', 'cat', WHERE).out).toBe(first);
    inside.wait('10m');
    const second = inside.exec('web', 'cat', WHERE).out;
    expect(second).not.toBe(first);
    inside.wait('60m');
    expect([api.userOfToken(first)?.name, api.userOfToken(second)?.name]).toEqual(Array(2).fill('system:serviceaccount:default:default'));
  });

  test('for somebody else is good for nobody but them, and ends when it says', () => {
    const { inside, api, ask } = aCluster();
    const volume = { name: 'vault', projected: { sources: [{ serviceAccountToken: { path: 'vault-token', audience: 'vault', expirationSeconds: 600 } }] } };
    inside.pod('web', { image: 'nginx:1.27', volumeMounts: [{ name: 'vault', mountPath: '/vault' }] }, { volumes: [volume] });
    inside.wait('20s');
    const token = inside.exec('web', 'cat', '/vault/vault-token').out;
    const reviewed = (): unknown => ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token, audiences: ['vault'] } }).body['status'];
    expect(api.userOfToken(token)).toBeNull();
    expect(reviewed()).toMatchObject({ authenticated: true, audiences: ['vault'] });
    inside.wait('10m');
    expect(reviewed()).toMatchObject({ error: expect.stringContaining('invalid bearer token') as string });
  });
});

// test/e2e/auth/service_accounts.go: "should support OIDC discovery of service account issuer".
test('whoever finds the issuer\'s keys checks a token without the API', () => {
  const { inside, ask } = aCluster();
  inside.pod('web', { image: 'nginx:1.27' });
  inside.wait('20s');
  const token = inside.exec('web', 'cat', WHERE).out;
  const configuration = ask('GET', '/.well-known/openid-configuration');
  expect(configuration).toMatchObject({ type: 'application/json', body: { issuer: claimsOf(token)['iss'], jwks_uri: expect.stringMatching(/\/openid\/v1\/jwks$/) as string, id_token_signing_alg_values_supported: ['EdDSA'] } });
  const { type, body } = ask('GET', '/openid/v1/jwks');
  const [key] = body['keys'] as (JsonWebKey & { kid: string })[];
  const [header = '', claims = '', signature = ''] = token.split('.');
  expect(type).toBe('application/jwk-set+json');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: key?.kid, alg: 'EdDSA' });
  expect(verify(null, Buffer.from(`${header}.${claims}`), createPublicKey({ key: key as JsonWebKey, format: 'jwk' }), Buffer.from(signature, 'base64url'))).toBe(true);
  expect(key, 'no private part').not.toHaveProperty('d');
});
