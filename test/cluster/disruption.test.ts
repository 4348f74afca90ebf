import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { ARestApi } from '../kube-api/a-rest-api.ts';
import { aDeployment } from '../support/small-cluster.ts';

type BudgetSpec = NonNullable<KindMap['PodDisruptionBudget']['spec']>;

function aBudget(name: string, spec: BudgetSpec): KindMap['PodDisruptionBudget'] {
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } };
}

/** Three pods of `web`, ready, with the budgets given. */
function aGuardedWeb(...budgets: BudgetSpec[]): ARestApi {
  const rest = new ARestApi();
  rest.cluster.apply(aDeployment('web'), ...budgets.map((spec, nth) => aBudget(`web-${nth}`, spec)));
  rest.cluster.wait('1m');
  return rest;
}

function evict(rest: ARestApi, pod: string, deleteOptions: object = {}): ReturnType<ARestApi['ask']> {
  return rest.ask('POST', `/api/v1/namespaces/shop/pods/${pod}/eviction`, { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: 'shop' }, deleteOptions } });
}

function sicken(rest: ARestApi, pod: string): void {
  rest.cluster.runtime.unwell.add(pod);
  rest.cluster.plane.kubelet.healthChanged(rest.cluster.get('Pod', pod).metadata.uid ?? '');
}

function names(rest: ARestApi): string[] {
  return rest.cluster.readyPods('web').map(({ metadata }) => metadata.name);
}

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";

// After test/e2e/apps/disruption.go of Kubernetes.
describe('a PodDisruptionBudget', () => {
  test('is charged at once: a second eviction in the same instant is refused, with the numbers in its cause', () => {
    const rest = aGuardedWeb({ minAvailable: 2 });
    const [first = '', second = ''] = names(rest);
    expect(evict(rest, first).code).toBe(201);
    expect(rest.cluster.get('PodDisruptionBudget', 'web-0').status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { [first]: expect.any(String) as string } });
    const refused = evict(rest, second);
    expect(refused.body).toMatchObject({ code: 429, reason: 'TooManyRequests', message: REFUSED, details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget web-0 needs 2 healthy pods and has 3 currently' }] } });
    rest.cluster.wait('1s');
    expect(rest.cluster.get('PodDisruptionBudget', 'web-0').status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 0 });
    expect(rest.cluster.get('PodDisruptionBudget', 'web-0').status?.disruptedPods).toBeUndefined();
  });

  test('should block an eviction until the PDB is updated to allow it', () => {
    const rest = aGuardedWeb({ minAvailable: 3 });
    const [pod = ''] = names(rest);
    expect(evict(rest, pod).code).toBe(429);
    rest.patch('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web-0', 'merge', { spec: { minAvailable: 2 } });
    expect(evict(rest, pod).body.details.causes[0].message).toBe('The disruption budget web-0 is still being processed by the server.');
    rest.cluster.wait('1s');
    expect(evict(rest, pod).code).toBe(201);
    expect(rest.cluster.get('Pod', pod).status?.conditions?.at(-1)).toMatchObject({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' });
  });

  test('should update/patch PodDisruptionBudget status', () => {
    const rest = aGuardedWeb({ minAvailable: 1 });
    const path = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web-0/status';
    const { body } = rest.get(path);
    const put = rest.ask('PUT', path, { body: { ...body, status: { ...body.status, disruptedPods: { gone: '2026-02-10T03:11:00Z' } } } });
    expect(put.body.status.disruptedPods).toEqual({ gone: '2026-02-10T03:11:00Z' });
    expect(rest.patch(path, 'merge', { status: { disruptedPods: null } }).body.status.disruptedPods).toBeUndefined();
  });

  test('of two over one pod the eviction subresource can honour neither', () => {
    const rest = aGuardedWeb({ minAvailable: 1 }, { maxUnavailable: 1 });
    const [pod = ''] = names(rest);
    expect(evict(rest, pod).body).toMatchObject({ code: 500, message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.' });
  });

  test('lets an unready pod go where it is met without it, or where it always does', () => {
    for (const [policy, code] of [['IfHealthyBudget', 429], ['AlwaysAllow', 201]] as const) {
      const rest = aGuardedWeb({ minAvailable: 3, unhealthyPodEvictionPolicy: policy });
      const [pod = ''] = names(rest);
      sicken(rest, pod);
      rest.cluster.wait('1m');
      expect([policy, evict(rest, pod).code]).toEqual([policy, code]);
    }
    const met = aGuardedWeb({ minAvailable: 2 });
    const [sick = '', well = ''] = names(met);
    sicken(met, sick);
    met.cluster.wait('1m');
    expect([evict(met, well).code, evict(met, sick).code]).toEqual([429, 201]);
  });

  test('is not asked for a dry run, for another pod of the name, or for pods that have not begun', () => {
    const rest = aGuardedWeb({ maxUnavailable: 0 });
    const [pod = ''] = names(rest);
    expect(evict(rest, pod, { dryRun: ['All'] }).code).toBe(429);
    expect(evict(rest, pod, { preconditions: { uid: 'another' } }).body).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(evict(rest, 'nobody').body.message).toBe('pods "nobody" not found');
    rest.cluster.apply({ ...aDeployment('web', { cpu: '99' }), metadata: { name: 'big', namespace: 'shop' } });
    rest.cluster.wait('10s');
    const pending = rest.cluster.pods('web').find(({ status }) => status?.phase === 'Pending');
    expect(evict(rest, pending?.metadata.name ?? '').code).toBe(201);
  });
});
