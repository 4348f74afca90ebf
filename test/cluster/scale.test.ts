import { describe, expect, test } from 'vitest';
import { aDeployment, aService, SmallCluster } from '../support/small-cluster.ts';

describe('a thousand replicas', () => {
  test('are up, rolled out and gone with a handful of writes and steps for each', () => {
    const cluster = new SmallCluster({ nodes: 12, cpu: '64' });
    let writes = 0;
    cluster.plane.store.watch(() => void writes++);
    cluster.apply(aService('web'), aDeployment('web', { replicas: 1000 }));
    cluster.wait('1m');
    expect(cluster.readyPods('web')).toHaveLength(1000);
    expect(new Set(cluster.pods('web').map(({ status }) => status?.podIP)).size).toBe(1000);
    expect(writes).toBeLessThan(12_000);

    cluster.setImage('web', 'registry.example/web:2.0');
    cluster.wait('5m');
    expect(cluster.readyPods('web').filter(({ spec }) => spec?.containers[0]?.image?.endsWith('2.0'))).toHaveLength(1000);
    cluster.delete('Deployment', 'web');
    cluster.wait('1m');
    expect(cluster.pods('web')).toEqual([]);
    expect(writes).toBeLessThan(40_000);
  });
});

describe('events', () => {
  test('that repeat are counted, those that are alike are combined, and all are gone after an hour', () => {
    const cluster = new SmallCluster();
    cluster.apply(aDeployment('web', { replicas: 30 }), aDeployment('bad', { replicas: 1, image: 'registry.example/bad:crash' }));
    cluster.wait('10m');
    const [set] = cluster.sets('web');
    const made = cluster.events(set?.metadata.name ?? '');
    expect(made).toHaveLength(10);
    expect(made.at(-1)).toMatch(/^SuccessfulCreate: \(combined from similar events\): Created pod: web-/);
    const [pod] = cluster.pods('bad');
    const backOffs = cluster.plane.store.list('Event', 'shop').filter(({ involvedObject, reason }) => involvedObject.name === pod?.metadata.name && reason === 'BackOff');
    expect(backOffs.map(({ count }) => count)).toEqual([5]); // the sixth is beyond the 25 things that a kubelet may say of a pod
    expect(backOffs[0]?.firstTimestamp).not.toBe(backOffs[0]?.lastTimestamp);
    cluster.delete('Deployment', 'bad');
    cluster.wait('62m');
    expect(cluster.plane.store.list('Event', null)).toEqual([]);
  });
});
