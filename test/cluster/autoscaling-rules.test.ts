import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { aDeployment, SmallCluster } from '../support/small-cluster.ts';

type Spec = NonNullable<KindMap['HorizontalPodAutoscaler']['spec']>;

const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };

function scaled(spec: Partial<Spec>, size = 2, cpuMilli: number | null = 50): SmallCluster {
  const cluster = new SmallCluster();
  if (cpuMilli !== null) cluster.cpuMilli.set('web', cpuMilli);
  cluster.apply(aDeployment('web', { replicas: size }));
  cluster.wait('30s');
  cluster.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'scaler', namespace: 'shop' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 10, metrics: [CPU], ...spec } } as KindMap['HorizontalPodAutoscaler']);
  cluster.wait('10s');
  return cluster;
}

function condition(cluster: SmallCluster, wanted: string): string {
  const { status, reason, message } = cluster.get('HorizontalPodAutoscaler', 'scaler').status?.conditions?.find(({ type }) => type === wanted) ?? {};
  return `${status} ${reason}: ${message}`;
}

function replicas(cluster: SmallCluster): number | undefined {
  return cluster.get('Deployment', 'web').spec?.replicas;
}

// The words are those of pkg/controller/podautoscaler of Kubernetes; after test/e2e/autoscaling/horizontal_pod_autoscaling_behavior.go.
describe('[sig-autoscaling] Horizontal pod autoscaling', () => {
  test('brings a target within its bounds whatever its metrics say', () => {
    const few = scaled({ minReplicas: 4 }, 2, null);
    expect(replicas(few)).toBe(4);
    expect(few.events('scaler')).toContain('SuccessfulRescale: New size: 4; reason: Current number of replicas below Spec.MinReplicas');
    const many = scaled({ maxReplicas: 3 }, 5, null);
    expect(replicas(many)).toBe(3);
    expect(many.events('scaler')).toContain('SuccessfulRescale: New size: 3; reason: Current number of replicas above Spec.MaxReplicas');
  });

  test('is off while its target has no replicas', () => {
    expect(condition(scaled({}, 0), 'ScalingActive')).toBe('False ScalingDisabled: scaling is disabled since the replica count of the target is zero');
  });

  test.each([
    [{ type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '10' } } }, 'FailedGetPodsMetric', 'unable to get metric qps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'],
    [{ type: 'External', external: { metric: { name: 'lag' }, target: { type: 'Value', value: '10' } } }, 'FailedGetExternalMetric', 'unable to get external metric lag: unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered'],
    [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'proxy', target: { type: 'Utilization', averageUtilization: 50 } } }, 'FailedGetContainerResourceMetric', /^failed to get cpu utilization: container proxy not present in metrics for pod shop\/web-/],
  ])('says of a metric that nobody serves why: %o', (metric, reason, why) => {
    const cluster = scaled({ metrics: [metric] });
    const said = condition(cluster, 'ScalingActive').replace(`False ${reason}: the HPA was unable to compute the replica count: `, '');
    expect(said).toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
    expect(cluster.events('scaler').at(-1)).toMatch(/^FailedComputeMetricsReplicas: invalid metrics \(1 invalid out of 1\), first error is: failed to get /);
  });

  test('scales up by what it can measure where another metric fails, and not down', () => {
    const metrics = [CPU, { type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '10' } } }];
    expect(replicas(scaled({ metrics }, 2, 95))).toBe(4);
    const idle = scaled({ metrics, behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } }, 4, 5);
    expect([replicas(idle), condition(idle, 'ScalingActive').split(':')[0]]).toEqual([4, 'False FailedGetPodsMetric']);
  });

  test('with scale limited by number of Pods rate should scale up and down no more than given', () => {
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
    const up = scaled({ behavior: { scaleUp: { policies } } }, 2, 95);
    expect([replicas(up), condition(up, 'ScalingLimited')]).toEqual([3, 'True ScaleUpLimit: the desired replica count is increasing faster than the maximum scale rate']);
    const down = scaled({ behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies } } }, 6, 5);
    expect([replicas(down), condition(down, 'ScalingLimited')]).toEqual([5, 'True ScaleDownLimit: the desired replica count is decreasing faster than the maximum scale rate']);
  });

  test('with autoscaling disabled shouldn\'t scale down', () => {
    const cluster = scaled({ behavior: { scaleDown: { selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 } } }, 4, 5);
    cluster.wait('10m');
    expect(replicas(cluster)).toBe(4);
  });

  test('with long upscale stabilization window should scale up only after the stabilization period', () => {
    const cluster = scaled({ behavior: { scaleUp: { stabilizationWindowSeconds: 180 } } }, 2, 50);
    cluster.cpuMilli.set('web', 95);
    cluster.wait('2m');
    expect([replicas(cluster), condition(cluster, 'AbleToScale')]).toEqual([2, 'True ScaleUpStabilized: recent recommendations were lower than current one, applying the lowest recent recommendation']);
    cluster.wait('90s');
    expect(replicas(cluster)).toBeGreaterThan(2);
  });
});
