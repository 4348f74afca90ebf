import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { aDeployment, SmallCluster } from '../support/small-cluster.ts';

function anAutoscaler(maxReplicas = 6): KindMap['HorizontalPodAutoscaler'] {
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }];
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', namespace: 'shop' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas, metrics } };
}

function replicas(cluster: SmallCluster): number {
  return cluster.get('Deployment', 'web').spec?.replicas ?? 0;
}

describe('an autoscaler', () => {
  test('adds pods when they are busy, never beyond its maximum', () => {
    const cluster = new SmallCluster();
    cluster.cpuMilli.set('web', 55);
    cluster.apply(aDeployment('web', { replicas: 2 }), anAutoscaler());
    cluster.wait('1m');
    expect(replicas(cluster)).toBe(2); // 55% of 50% is within the tolerance
    cluster.cpuMilli.set('web', 90);
    cluster.wait('10s');
    expect(replicas(cluster)).toBe(4);
    expect(cluster.events('web')).toContain('SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target');
    cluster.wait('3m');
    expect(replicas(cluster)).toBe(6);
    const limited = cluster.get('HorizontalPodAutoscaler', 'web').status?.conditions?.find(({ type }) => type === 'ScalingLimited');
    expect(limited).toMatchObject({ status: 'True', reason: 'TooManyReplicas' });
  });

  test('takes pods away when they have been idle for five minutes', () => {
    const cluster = new SmallCluster();
    cluster.cpuMilli.set('web', 50);
    cluster.apply(aDeployment('web', { replicas: 6 }), anAutoscaler());
    cluster.wait('2m');
    cluster.cpuMilli.set('web', 5);
    cluster.wait('4m');
    expect(replicas(cluster)).toBe(6);
    expect(cluster.get('HorizontalPodAutoscaler', 'web').status?.conditions?.find(({ type }) => type === 'AbleToScale')?.reason).toBe('ScaleDownStabilized');
    cluster.wait('2m');
    expect(replicas(cluster)).toBe(2);
  });

  test('says what it cannot find', () => {
    const cluster = new SmallCluster();
    cluster.apply(anAutoscaler());
    cluster.wait('1m');
    expect(cluster.events('web')).toContain('FailedGetScale: deployments.apps "web" not found');
    cluster.apply(aDeployment('web', { replicas: 2 }));
    cluster.wait('1m');
    expect(cluster.events('web').find((line) => line.startsWith('FailedGetResourceMetric'))).toBe('FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API');
  });
});

describe('a disruption budget', () => {
  test.each([
    [{ minAvailable: 3 }, { currentHealthy: 4, desiredHealthy: 3, disruptionsAllowed: 1, expectedPods: 4 }],
    [{ maxUnavailable: '50%' }, { currentHealthy: 4, desiredHealthy: 2, disruptionsAllowed: 2, expectedPods: 4 }],
    [{ minAvailable: '100%' }, { currentHealthy: 4, desiredHealthy: 4, disruptionsAllowed: 0, expectedPods: 4 }],
  ])('of %o says how many may go', (spec, status) => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 4 }), { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } } as KindMap['PodDisruptionBudget']);
    cluster.wait('1m');
    expect(cluster.get('PodDisruptionBudget', 'web').status).toMatchObject(status);
    cluster.delete('Pod', cluster.readyPods('web')[0]?.metadata.name ?? '');
    cluster.wait('100ms');
    expect(cluster.get('PodDisruptionBudget', 'web').status?.disruptionsAllowed).toBe(Math.max(0, status.disruptionsAllowed - 1));
  });
});
