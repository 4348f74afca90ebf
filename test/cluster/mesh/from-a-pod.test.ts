import { expect, test } from 'vitest';
import { AUTHORIZATION_POLICY, DATAPLANE_MODE, PEER_AUTHENTICATION } from '../../../src/cluster/mesh/mesh-kinds.ts';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** What somebody with a shell in a pod finds of the ways that its programs take. */

/** A day with a pod to look out of, in the namespace finance. */
function aDayWithBox(node?: string): Night {
  const day = aLabDay().until('10s');
  const made = day.drill.cluster.api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'box', namespace: 'finance' }, spec: { ...(node === undefined ? {} : { nodeName: node }), containers: [{ name: 'box', image: 'curlimages/curl:8.10.1', command: ['sleep', 'infinity'] }] } });
  expect(made.ok).toBe(true);
  return day.until('40s');
}

const asks = (day: Night, line: string): string => day.drill.command('responder-1', `kubectl -n finance exec box -- ${line}`).text.join('\n');
const CURL = 'curl -s -S -m 5 -k -w %{http_code} https://tariffs.shop:7070/lookup';

test('curl is told what a mesh tells programs', () => {
  const day = aDayWithBox();
  const { api } = day.drill.cluster;
  expect(asks(day, CURL)).toMatch(/"status":"ok".*\n200$/);
  const policy = { apiVersion: 'security.istio.io/v1', kind: AUTHORIZATION_POLICY, metadata: { name: 'no-finance', namespace: 'shop' }, spec: { action: 'DENY', rules: [{ from: [{ source: { namespaces: ['finance'] } }] }] } };
  expect(api.create(policy).ok).toBe(true);
  day.until('50s');
  expect(asks(day, CURL)).toBe('RBAC: access denied403');
  api.delete({ kind: AUTHORIZATION_POLICY, namespace: 'shop', name: 'no-finance' });
  expect(api.create({ apiVersion: 'security.istio.io/v1', kind: PEER_AUTHENTICATION, metadata: { name: 'default', namespace: 'shop' }, spec: { mtls: { mode: 'STRICT' } } }).ok).toBe(true);
  day.types(`kubectl label namespace finance ${DATAPLANE_MODE}=none --overwrite`);
  day.until('1m');
  expect(asks(day, CURL)).toContain('curl: (56) Recv failure: Connection reset by peer');
});

test('a pod on a node without routes reaches its own node alone', () => {
  const day = aDayWithBox('worker-2');
  day.drill.cluster.beginFault('node-unreachable', 'worker-2', { share: 1 });
  day.until('1m');
  const elsewhere = day.drill.cluster.plane.store.list('Pod', 'shop').find(({ metadata, spec }) => metadata.name.startsWith('tariffs') && spec?.nodeName !== 'worker-2')?.status?.podIP ?? '';
  expect(asks(day, `curl -s -S -k -m 5 https://${elsewhere}:7070/lookup`)).toContain('curl: (28) Connection timed out after 5000 milliseconds');
});

test('a shaped interface is slow for curl, too', () => {
  const day = aDayWithBox('worker-2');
  const elsewhere = day.drill.cluster.plane.store.list('Pod', 'shop').find(({ metadata, spec }) => metadata.name.startsWith('tariffs') && spec?.nodeName !== 'worker-2')?.status?.podIP ?? '';
  const took = (): number => Number(asks(day, `curl -s -k -o /dev/null -w %{time_total} https://${elsewhere}:7070/lookup`));
  expect(took()).toBeLessThan(0.2);
  day.drill.cluster.beginFault('node-network-slow', 'worker-2', { latency: 600 });
  day.until('1m');
  expect(took()).toBeGreaterThan(0.59);
});
