import { expect, test } from 'vitest';
import type { AgendaEntry } from '../../src/cluster/agenda-entry.ts';
import { Cluster, CLUSTER_BORN_MS } from '../../src/cluster/cluster.ts';
import type { KubeObject } from '../../src/cluster/objects.ts';
import type { ProgramSpec } from '../../src/cluster/spec.ts';
import { Agenda } from '../../src/time/agenda.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';
import { aDeployment, aNode } from '../support/small-cluster.ts';

const PLAIN: ProgramSpec = { tags: ['1.0'], kind: 'service', startMs: 2_000, threads: { default: 8, env: null }, needs: [], flags: null, maxConnections: null, cold: null, routes: { default: [{ do: 'cpu', ms: 1 }] }, versions: {}, logs: [] };

const POLICY: ProgramSpec = { ...PLAIN, webhook: { port: 8443, latencyMs: { default: 5, env: null }, rules: [{ path: '/pods', if: "object.metadata.labels.app == 'forbidden'", deny: 'not here', warn: null, patch: null }] } };

/** A policy engine as many clusters run one: it looks at every pod, its own too, and lets none in while it is gone. */
function aGuardedCluster(): { readonly cluster: Cluster; readonly run: (byMs: number) => void } {
  const agenda = new Agenda<AgendaEntry>(CLUSTER_BORN_MS);
  const objects = [
    aNode('node-1'), aNode('node-2'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    aDeployment('policy', { replicas: 2, probe: false }), aDeployment('web', { replicas: 2, probe: false }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'policy', namespace: 'shop' }, spec: { selector: { app: 'policy' }, ports: [{ port: 443, targetPort: 8443 }] } },
    {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'policy' },
      webhooks: [{
        name: 'pods.policy.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'policy', path: '/pods' } },
      }],
    },
  ] as readonly KubeObject[];
  const spec = { name: 'guarded', objects, traffic: { load: [], programs: { 'registry.example/policy': POLICY, 'registry.example/web': PLAIN }, externals: {}, alerts: [] } };
  const cluster = new Cluster({ agenda, seed: 7, epochMs: Date.UTC(2026, 1, 10), spec, tooSlowMs: () => 1_000, onAlert: () => undefined });
  const run = (untilMs: number): void => {
    for (let entry = agenda.take(untilMs); entry !== null; entry = agenda.take(untilMs)) entry.due(agenda.nowMs);
    agenda.moveTo(untilMs);
  };
  run(0);
  return { cluster, run: (byMs) => run(agenda.nowMs + byMs) };
}

test('nobody gets a pod while the policy engine is gone, itself included; the way out is its configuration', () => {
  const { cluster, run } = aGuardedCluster();
  const { store } = cluster.plane;
  const running = (app: string): number => store.list('Pod', 'shop').filter(({ metadata, status }) => metadata.labels?.['app'] === app && status?.phase === 'Running').length;
  expect([running('policy'), running('web')]).toEqual([2, 2]);
  const forbidden = cluster.api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'shop', labels: { app: 'forbidden' } }, spec: { containers: [{ name: 'c', image: 'registry.example/web:1.0' }] } });
  expect(forbidden.ok ? '' : forbidden.status.message).toBe('admission webhook "pods.policy.example.com" denied the request: not here');

  for (const pod of store.list('Pod', 'shop')) cluster.api.delete({ kind: 'Pod', namespace: 'shop', name: pod.metadata.name });
  run(5 * MINUTE_MS);
  expect([running('policy'), running('web')]).toEqual([0, 0]);
  const told = store.list('Event', 'shop').filter(({ reason }) => reason === 'FailedCreate').map(({ message }) => message);
  expect(told).toContain('Error creating: Internal error occurred: failed calling webhook "pods.policy.example.com": failed to call webhook: Post "https://policy.shop.svc:443/pods?timeout=10s": no endpoints available for service "policy"');

  cluster.api.delete({ kind: 'ValidatingWebhookConfiguration', namespace: '', name: 'policy' });
  run(20 * MINUTE_MS);
  expect([running('policy'), running('web')]).toEqual([2, 2]);
});

test('webhooks that may fail are waited for one after the other: a policy that drops their packets makes a request too long, and nobody is named', () => {
  const { cluster, run } = aGuardedCluster();
  const { api } = cluster;
  api.delete({ kind: 'ValidatingWebhookConfiguration', namespace: '', name: 'policy' });
  api.create({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'default-deny', namespace: 'shop' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } });
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
  const add = (name: string, timeoutSeconds: number): void => {
    const webhook = { name: `${name}.policy.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', timeoutSeconds, rules, clientConfig: { caBundle: 'Y2E=', service: { namespace: 'shop', name: 'policy', path: '/mutate' } } };
    expect(api.create({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name }, webhooks: [webhook] }).ok).toBe(true);
  };
  const aPod = (name: string): string => {
    const made = api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: { containers: [{ name: 'c', image: 'registry.example/web:1.0' }] } });
    return made.ok ? 'made' : made.status.message;
  };
  add('defaults', 12);
  add('images', 11);
  add('labels', 10);
  expect(aPod('in-time')).toBe('made');
  add('tracing', 2);
  expect(aPod('too-late')).toBe('Timeout: request did not complete within requested timeout - context deadline exceeded');
  api.delete({ kind: 'NetworkPolicy', namespace: 'shop', name: 'default-deny' });
  run(1_000);
  expect(aPod('let-in')).toBe('made');
});
