import { describe, expect, test } from 'vitest';
import { BackOff } from '../../src/cluster/kubelet/back-off.ts';
import type { KindMap } from '../../src/cluster/objects.ts';
import { accepted, aDeployment, SmallCluster } from '../support/small-cluster.ts';

function stateOf(pod: KindMap['Pod']): string {
  const state = pod.status?.containerStatuses?.[0]?.state;
  return state?.waiting?.reason ?? state?.terminated?.reason ?? (state?.running === undefined ? 'none' : 'Running');
}

function patchContainer(cluster: SmallCluster, deployment: string, change: Record<string, unknown>): void {
  const body = { spec: { template: { spec: { containers: [{ name: 'app', ...change }] } } } };
  accepted(cluster.plane.api.patch({ kind: 'Deployment', namespace: 'shop', name: deployment }, { type: 'strategic', body }));
}

describe('a container that crashes', () => {
  test('is restarted at once, then after 10, 20, 40, 80, 160 and ever 300 seconds', () => {
    const cluster = new SmallCluster();
    const starts: number[] = [];
    const ends: number[] = [];
    cluster.plane.store.watchKind('Pod', (_type, pod, previous) => {
      const [now, before] = [pod.status?.containerStatuses?.[0]?.state, previous?.status?.containerStatuses?.[0]?.state];
      if (now?.running !== undefined && before?.running === undefined) starts.push(cluster.agenda.nowMs);
      if (now?.terminated !== undefined && before?.terminated === undefined) ends.push(cluster.agenda.nowMs);
    });
    cluster.apply(aDeployment('web', { replicas: 1, image: 'registry.example/web:crash' }));
    cluster.wait('30m');
    const waits = ends.map((end, at) => (starts[at + 1] ?? Number.NaN) - end).filter((wait) => !Number.isNaN(wait));
    expect(waits[0]).toBeLessThanOrEqual(1000);
    expect(waits.slice(1, 8)).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);

    const [pod] = cluster.pods('web');
    const status = pod?.status?.containerStatuses?.[0];
    expect(status).toMatchObject({ ready: false, restartCount: starts.length - 1 });
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(status?.state?.waiting).toEqual({
      reason: 'CrashLoopBackOff',
      message: `back-off 5m0s restarting failed container=app pod=${pod?.metadata.name}_shop(${pod?.metadata.uid})`,
    });
    expect(pod?.status?.phase).toBe('Running');
  });

  test('after more than ten good minutes starts its back-off anew', () => {
    const backOff = new BackOff();
    let nowMs = 0;
    const waits = [1, 1, 1, 10, 11, 1].map((ranMinutes) => {
      nowMs += ranMinutes * 60_000;
      const waitMs = backOff.waitMs(nowMs);
      backOff.restarted(nowMs, nowMs + waitMs);
      nowMs += waitMs;
      return waitMs / 1000;
    });
    expect(waits).toEqual([0, 10, 20, 40, 0, 10]);
  });

  test('for want of memory says so, and comes back', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 1 }));
    cluster.wait('30s');
    const [pod] = cluster.readyPods('web');
    expect(cluster.plane.kubelet.killContainer({ kind: 'Pod', namespace: 'shop', name: pod?.metadata.name ?? '' }, 'app', 'OOMKilled', 137)).toBe(true);
    expect(stateOf(cluster.pods('web')[0] as KindMap['Pod'])).toBe('OOMKilled');
    expect(cluster.readyPods('web')).toHaveLength(0);
    expect(cluster.runtime.stoppedPods).toEqual([pod?.metadata.name]);
    cluster.wait('10s');
    expect(cluster.readyPods('web')).toHaveLength(1);
    expect(cluster.pods('web')[0]?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } } });
  });
});

describe('an image that cannot be pulled', () => {
  test('is tried again after 10, 20, 40 seconds, until the registry has it', () => {
    const cluster = new SmallCluster();
    cluster.runtime.missing.add('registry.example/web:1.0');
    cluster.apply(aDeployment('web', { replicas: 1 }));
    cluster.wait('8s');
    expect(stateOf(cluster.pods('web')[0] as KindMap['Pod'])).toBe('ErrImagePull');
    cluster.wait('5s');
    expect(stateOf(cluster.pods('web')[0] as KindMap['Pod'])).toBe('ImagePullBackOff');
    cluster.wait('30s');
    const events = cluster.events(cluster.pods('web')[0]?.metadata.name ?? '');
    expect(events).toContain('Pulling: Pulling image "registry.example/web:1.0"');
    expect(events).toContain('Failed: Failed to pull image "registry.example/web:1.0": rpc error: code = NotFound desc = failed to pull and unpack image "registry.example/web:1.0": not found');
    expect(events).toContain('Failed: Error: ErrImagePull');
    expect(events).toContain('BackOff: Back-off pulling image "registry.example/web:1.0"');
    cluster.runtime.missing.clear();
    cluster.wait('2m');
    expect(cluster.readyPods('web')).toHaveLength(1);
  });
});

describe('a container whose ConfigMap is missing', () => {
  test('is not created before it is there', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 1 }));
    patchContainer(cluster, 'web', { envFrom: [{ configMapRef: { name: 'flags' } }] });
    cluster.wait('1m');
    const stuck = cluster.pods('web').find(({ spec }) => spec?.containers[0]?.envFrom !== undefined);
    expect(stuck?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'configmap "flags" not found' });
    expect(cluster.events(stuck?.metadata.name ?? '')).toContain('Failed: Error: configmap "flags" not found');
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'flags', namespace: 'shop' } });
    cluster.wait('1m');
    expect(cluster.readyPods('web').map(({ metadata }) => metadata.name)).toEqual([stuck?.metadata.name]);
  });
});

describe('probes', () => {
  test('a pod that stops answering is taken out after three failures and put back after one success', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 2 }));
    cluster.wait('1m');
    const sick = cluster.readyPods('web')[0] as KindMap['Pod'];
    cluster.runtime.unwell.add(sick.metadata.name);
    cluster.plane.kubelet.healthChanged(sick.metadata.uid ?? '');
    cluster.wait('9s');
    expect(cluster.readyPods('web')).toHaveLength(2);
    cluster.wait('6s');
    expect(cluster.readyPods('web')).toHaveLength(1);
    expect(cluster.events(sick.metadata.name)).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503');
    cluster.runtime.unwell.clear();
    cluster.wait('5s');
    expect(cluster.readyPods('web')).toHaveLength(2);
    expect(cluster.pods('web').map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual([0, 0]);
  });

  test('a hung process is killed by its liveness probe and restarted', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 1 }));
    patchContainer(cluster, 'web', { livenessProbe: { httpGet: { path: '/livez', port: 8080 }, initialDelaySeconds: 10, periodSeconds: 10 } });
    cluster.wait('1m');
    const [pod] = cluster.readyPods('web');
    cluster.runtime.unwell.add(pod?.metadata.name ?? '');
    cluster.plane.kubelet.healthChanged(pod?.metadata.uid ?? '');
    cluster.wait('35s');
    expect(cluster.events(pod?.metadata.name ?? '')).toContain('Killing: Container app failed liveness probe, will be restarted');
    cluster.runtime.unwell.clear();
    cluster.wait('1m');
    const status = cluster.pods('web')[0]?.status?.containerStatuses?.[0];
    expect(status).toMatchObject({ restartCount: 1, ready: true, lastState: { terminated: { exitCode: 137 } } });
  });

  test('a quiet cluster has nothing on its agenda but the end of its events', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 20 }));
    cluster.wait('5m');
    expect(cluster.readyPods('web')).toHaveLength(20);
    expect(cluster.agenda.length).toBe(1);
    cluster.settle();
    expect(cluster.plane.store.list('Event', null)).toEqual([]);
  });
});

describe('a pod that is deleted', () => {
  test('stops its containers within its grace, and a new one takes its place', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 1 }));
    cluster.wait('1m');
    const [pod] = cluster.readyPods('web');
    cluster.delete('Pod', pod?.metadata.name ?? '');
    expect(cluster.get('Pod', pod?.metadata.name ?? '').metadata).toMatchObject({ deletionTimestamp: '2026-02-10T03:11:30Z', deletionGracePeriodSeconds: 30 });
    cluster.wait('5s');
    expect(cluster.runtime.stoppedPods).toEqual([pod?.metadata.name]);
    cluster.wait('10s');
    expect(cluster.readyPods('web').map(({ metadata }) => metadata.name)).not.toEqual([pod?.metadata.name]);
    expect(cluster.readyPods('web')).toHaveLength(1);
  });

  test('by force is gone at once, and so is its process', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 1 }));
    cluster.wait('1m');
    const name = cluster.pods('web')[0]?.metadata.name ?? '';
    cluster.delete('Pod', name, { gracePeriodSeconds: 0 });
    expect(cluster.plane.store.get('Pod', 'shop', name)).toBeUndefined();
    expect(cluster.runtime.stoppedPods).toEqual([name]);
  });
});
