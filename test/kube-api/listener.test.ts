import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopbackCertificates } from '../../src/outside/loopback-certificates.ts';
import { AServedCluster } from './a-served-cluster.ts';

let served: AServedCluster;
beforeAll(async () => { served = await AServedCluster.start(); });
afterAll(async () => { await served.stop(); });

const PODS = '/api/v1/namespaces/shop/pods';
const parsed = (text: string): unknown => JSON.parse(text);

describe('at the door', () => {
  test('whoever gives a token that nobody holds is turned away', async () => {
    for (const authorization of ['Bearer forged', `Bearer ${served.token}x`, `Bearer ${served.token.slice(1)}`, `bearer ${served.token.toUpperCase()}`, 'Bearer eyJhbGciOiJub25lIn0.e30.']) {
      const reply = await served.ask('GET', PODS, { headers: { authorization } });
      expect(reply.code).toBe(401);
      expect(parsed(reply.text)).toMatchObject({ kind: 'Status', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
    }
    expect((await served.ask('GET', PODS)).code).toBe(200);
  });

  test('whoever gives none is anonymous, and is told what the real server tells everybody', async () => {
    for (const authorization of [undefined, 'Bearer', 'Basic YTpi', `Bearer  ${served.token}`]) {
      const reply = await served.ask('GET', PODS, { headers: { authorization } });
      expect(parsed(reply.text)).toMatchObject({ code: 403, reason: 'Forbidden', message: 'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "shop"' });
      for (const path of ['/version', '/healthz', '/livez', '/readyz']) expect((await served.ask('GET', path, { headers: { authorization } })).code).toBe(200);
      expect(parsed((await served.ask('GET', '/api', { headers: { authorization } })).text)).toMatchObject({ code: 403, message: 'forbidden: User "system:anonymous" cannot get path "/api"' });
    }
  });

  test('other hosts and web pages are turned away', async () => {
    for (const headers of [{ host: 'evil.example' }, { host: `127.0.0.1.evil.example:${served.listener.port}` }, { origin: 'https://evil.example' }]) {
      const reply = await served.ask('GET', PODS, { headers });
      expect(reply.code).toBe(403);
      expect(parsed(reply.text)).toMatchObject({ kind: 'Status', reason: 'Forbidden' });
    }
    expect((await served.ask('GET', PODS, { headers: { host: `localhost:${served.listener.port}` } })).code).toBe(200);
  });

  test('a body larger than the real server takes is refused, whatever its length claims to be', async () => {
    const large = Buffer.alloc(4 * 1024 * 1024, 0x20);
    const told = await served.ask('POST', '/api/v1/namespaces/shop/configmaps', { body: large }).catch((error: NodeJS.ErrnoException) => error);
    if ('text' in told) expect(parsed(told.text)).toMatchObject({ kind: 'Status', code: 413, reason: 'RequestEntityTooLarge' });
    else expect(['EPIPE', 'ECONNRESET']).toContain(told.code);
    const claimed = await served.ask('POST', '/api/v1/namespaces/shop/configmaps', { headers: { 'transfer-encoding': 'chunked' }, body: large }).catch((error: NodeJS.ErrnoException) => error);
    if ('text' in claimed) expect(claimed.code).toBe(413);
    expect((await served.ask('GET', PODS)).code).toBe(200);
  });

  test('should return a large answer compressed to whoever takes that, and small ones as they are', async () => {
    const plain = await served.ask('GET', '/openapi/v2');
    const zipped = await served.ask('GET', '/openapi/v2', { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(Number(zipped.headers['content-length'])).toBeLessThan(plain.text.length / 3);
    expect((await served.ask('GET', '/version', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding']).toBeUndefined();
  });

  test('a path that cannot be decoded, and one that can but leads up', async () => {
    expect((await served.ask('GET', '/api/v1/%zz')).code).toBe(400);
    expect((await served.ask('GET', '/api/v1/namespaces/%2e%2e/%2e%2e/x')).code).toBe(404);
    expect((await served.ask('GET', '/api/v1/namespaces/shop/pods/a%2Fb')).code).toBe(404);
  });

  test('a selector of ten thousand terms is as good as any', async () => {
    const terms = Array.from({ length: 10_000 }, (_, nth) => `a!=v${nth}`).join(',');
    const reply = await served.ask('GET', `${PODS}?labelSelector=${encodeURIComponent(terms)}`);
    expect(reply.code).toBe(200);
    expect(parsed(reply.text)).toMatchObject({ kind: 'PodList' });
  });

  test('a watch that is to last a thousand years lasts', async () => {
    const path = `/api/v1/namespaces/shop/configmaps?watch=true&timeoutSeconds=${1000 * 365 * 86_400}`;
    const heard = await new Promise<string>((resolve) => {
      const call = request({ host: '127.0.0.1', port: served.listener.port, ca: served.certificates.ca, path, headers: { authorization: `Bearer ${served.token}` }, agent: false, servername: 'localhost' }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('late-comer')) call.destroy();
        });
        response.on('close', () => resolve(text));
        void served.ask('GET', PODS).then(() => served.ask('POST', '/api/v1/namespaces/shop/configmaps', { body: JSON.stringify({ metadata: { name: 'late-comer' } }) }));
      }).on('error', () => undefined);
      call.end();
    });
    expect(heard).toContain('late-comer');
  });

  test('garbage instead of TLS or HTTP does not bring the server down', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: served.listener.port, ca: served.certificates.ca, servername: 'localhost' }, () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('close', () => resolve()).on('error', () => undefined).resume();
    });
    expect((await served.ask('HEAD', PODS))).toMatchObject({ code: 200, text: '' });
  });

  test('who asks is known, and may speak for another', async () => {
    const review = async (headers: Record<string, string>): Promise<unknown> => parsed((await served.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { headers, body: '{}' })).text);
    expect(await review({})).toMatchObject({ status: { userInfo: { username: 'ana' } } });
    expect(await review({ 'impersonate-user': 'ben' })).toMatchObject({ status: { userInfo: { username: 'ben' } } });
  });
});

test('every request about a resource is noted: who, what, to which object, and what came of it', async () => {
  const from = served.records.length;
  await served.ask('GET', PODS, { headers: { 'user-agent': 'kubectl/v1.32.4' } });
  await served.ask('GET', '/apis');
  await served.ask('PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout/scale?dryRun=All', { headers: { 'content-type': 'application/merge-patch+json' }, body: '{"spec":{"replicas":2}}' });
  await served.ask('DELETE', '/api/v1/nodes/nope');
  await served.ask('GET', `${PODS}?watch=true&timeoutSeconds=1`, { headers: { 'impersonate-user': 'ben' } });
  expect(served.records.slice(from)).toEqual([
    { user: 'ana', verb: 'list', group: '', resource: 'pods', subresource: null, namespace: 'shop', name: null, dryRun: false, code: 200, userAgent: 'kubectl/v1.32.4' },
    { user: 'ana', verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'shop', name: 'checkout', dryRun: true, code: 200, userAgent: '' },
    { user: 'ana', verb: 'delete', group: '', resource: 'nodes', subresource: null, namespace: null, name: 'nope', dryRun: false, code: 404, userAgent: '' },
    { user: 'ana', verb: 'watch', group: '', resource: 'pods', subresource: null, namespace: 'shop', name: null, dryRun: false, code: 403, userAgent: '' },
  ]);
});

describe('a watch over the network', () => {
  test('begins with its headers and ends when it asked to', async () => {
    const reply = await served.ask('GET', `${PODS}?watch=true&timeoutSeconds=1&resourceVersion=0`);
    expect(reply.code).toBe(200);
    const events = reply.text.split('\n').filter((line) => line !== '').map(parsed);
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(events[0]).toMatchObject({ type: 'ADDED', object: { kind: 'Pod' } });
  });

  test('from a forgotten version says so and ends', async () => {
    const reply = await served.ask('GET', `${PODS}?watch=true&resourceVersion=-1`);
    expect(reply.code).toBe(400);
  });
});

describe('the certificates', () => {
  test('are signed by an authority of their own, for loopback, and not for long', () => {
    const nowMs = Date.parse('2026-02-10T03:10:00Z');
    const { ca, cert } = loopbackCertificates(nowMs);
    const [authority, leaf] = [new X509Certificate(ca), new X509Certificate(cert)];
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect([authority.ca, leaf.ca]).toEqual([true, false]);
    expect([leaf.checkIP('127.0.0.1'), leaf.checkIP('::1'), leaf.checkHost('localhost'), leaf.checkHost('example.com')]).toEqual(['127.0.0.1', '::1', 'localhost', undefined]);
    expect(Date.parse(leaf.validTo)).toBe(nowMs + 2 * 86_400_000);
    expect(loopbackCertificates(nowMs).ca).not.toBe(ca);
  });

  test('and the kubeconfig with the token are for their owner alone', () => {
    expect(statSync(served.kubeconfig).mode & 0o777).toBe(0o600);
  });
});
