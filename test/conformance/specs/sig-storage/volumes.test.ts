import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AGNHOST, AnE2eCluster, aPod } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('volumes');
});

const core = (plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;

/** What `mounttest` says of a volume. */
function mounted(volume: object, args: readonly string[], spec: object = {}): string {
  e2e.create(core('pods'), aPod('pod', { container: { name: 'agnhost-container', image: AGNHOST, args: ['mounttest', ...args], volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] }, spec: { restartPolicy: 'Never', volumes: [{ name: 'v', ...volume }], ...spec } }));
  e2e.until(`${core('pods')}/pod`, ({ status }) => status.phase === 'Succeeded', 'success');
  return e2e.logs(namespace, 'pod');
}

const KINDS = [['ConfigMap', 'configmaps', { kind: 'ConfigMap', data: { 'data-1': 'value-1' } }, (more: object) => ({ configMap: { name: 'it', ...more } })], ['Secrets', 'secrets', { kind: 'Secret', data: { 'data-1': 'dmFsdWUtMQ==' } }, (more: object) => ({ secret: { secretName: 'it', ...more } })]] as const;

for (const [word, plural, body, volume] of KINDS) {
  describe(`[sig-storage] ${word}`, () => {
    beforeEach(() => {
      e2e.create(core(plural), { apiVersion: 'v1', ...body, metadata: { name: 'it' } });
    });

    it('should be consumable from pods in volume [NodeConformance] [Conformance]', () => {
      expect(mounted(volume({}), ['--file_content=/etc/v/data-1', '--file_mode=/etc/v/data-1'])).toContain('content of file "/etc/v/data-1": value-1\nmode of file "/etc/v/data-1": -rw-r--r--'.split('\n')[0]);
    });

    it('should be consumable from pods in volume with defaultMode set [LinuxOnly] [NodeConformance] [Conformance]', () => {
      expect(mounted(volume({ defaultMode: 0o400 }), ['--file_content=/etc/v/data-1', '--file_mode=/etc/v/data-1'])).toContain('mode of file "/etc/v/data-1": -r--------');
    });

    it('should be consumable from pods in volume with mappings [NodeConformance] [Conformance]', () => {
      expect(mounted(volume({ items: [{ key: 'data-1', path: 'path/to/data-1' }] }), ['--file_content=/etc/v/path/to/data-1'])).toContain('value-1');
    });

    it(`should be consumable from pods in volume with mappings and Item ${word === 'ConfigMap' ? 'mode' : 'Mode'} set [LinuxOnly] [NodeConformance] [Conformance]`, () => {
      expect(mounted(volume({ items: [{ key: 'data-1', path: 'path/to/data-1', mode: 0o400 }] }), ['--file_mode=/etc/v/path/to/data-1'])).toContain('-r--------');
    });

    it('should be immutable if `immutable` field is set [Conformance]', () => {
      const at = `${core(plural)}/it`;
      e2e.change(at, (object) => { object.immutable = true; });
      expect(e2e.ask('PUT', at, { body: { ...e2e.read(at), data: { 'data-4': 'dmFsdWU=' } } }).code).toBe(422);
      expect(e2e.ask('PUT', at, { body: { ...e2e.read(at), immutable: false } }).code).toBe(422);
      e2e.change(at, ({ metadata }) => { metadata.labels = { label1: 'value1' }; });
      e2e.delete(at);
    });
  });
}

describe('[sig-storage] PersistentVolumes CSI Conformance', () => {
  const volumes = '/api/v1/persistentvolumes';
  const make = (): void => {
    e2e.create(volumes, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `pv-${namespace}`, labels: { 'e2e-pv-pool': namespace } }, spec: { persistentVolumeReclaimPolicy: 'Retain', capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/e2e' }, storageClassName: namespace, volumeMode: 'Filesystem' } });
    e2e.create(core('persistentvolumeclaims'), { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'pvc', labels: { 'e2e-pvc-pool': namespace } }, spec: { storageClassName: namespace, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, volumeName: `pv-${namespace}` } });
    e2e.until(`${core('persistentvolumeclaims')}/pvc`, ({ status }) => status.phase === 'Bound', 'the binding');
  };

  it('should run through the lifecycle of a PV and a PVC [Conformance]', () => {
    make();
    expect(e2e.read(`${volumes}?labelSelector=${encodeURIComponent(`e2e-pv-pool=${namespace}`)}`).items).toHaveLength(1);
    e2e.patch(`${volumes}/pv-${namespace}`, 'strategic', { metadata: { labels: { patched: 'true' } } });
    e2e.patch(`${core('persistentvolumeclaims')}/pvc`, 'strategic', { metadata: { labels: { patched: 'true' } } });
    e2e.delete(`${core('persistentvolumeclaims')}/pvc`);
    e2e.gone(`${core('persistentvolumeclaims')}/pvc`);
    e2e.delete(`${volumes}/pv-${namespace}`);
    e2e.gone(`${volumes}/pv-${namespace}`);
    make();
    e2e.change(`${volumes}/pv-${namespace}`, ({ metadata }) => { metadata.labels.updated = 'true'; });
    e2e.delete(`${core('persistentvolumeclaims')}?labelSelector=${encodeURIComponent(`e2e-pvc-pool=${namespace}`)}`);
    e2e.gone(`${core('persistentvolumeclaims')}/pvc`);
    e2e.delete(`${volumes}?labelSelector=${encodeURIComponent(`e2e-pv-pool=${namespace}`)}`);
    e2e.gone(`${volumes}/pv-${namespace}`);
  });

  it('should apply changes to a pv/pvc status [Conformance]', () => {
    make();
    const condition = { type: 'StatusPatched', status: 'True', reason: 'E2E patchedStatus', message: 'Set from e2e test' };
    expect(e2e.patch(`${core('persistentvolumeclaims')}/pvc/status`, 'merge', { status: { conditions: [condition] } }).status.conditions).toMatchObject([condition]);
    expect(e2e.patch(`${volumes}/pv-${namespace}/status`, 'merge', { status: { message: 'StatusPatched', reason: 'E2E patchStatus' } }).status).toMatchObject({ message: 'StatusPatched', reason: 'E2E patchStatus' });
    e2e.change(`${core('persistentvolumeclaims')}/pvc/status`, ({ status }) => { status.conditions = [{ ...condition, type: 'StatusUpdated' }]; });
    e2e.change(`${volumes}/pv-${namespace}/status`, ({ status }) => { status.reason = 'E2E updateStatus'; });
  });
});

describe('[sig-instrumentation] Events', () => {
  const anEvent = (name: string, labels: object): object => ({ apiVersion: 'v1', kind: 'Event', metadata: { name, labels }, message: 'This is a test event', reason: 'Test', type: 'Normal', count: 1, involvedObject: { namespace } });

  it('should manage the lifecycle of an event [Conformance]', () => {
    const at = `${core('events')}/event-test`;
    e2e.create(core('events'), anEvent('event-test', { 'testevent-constant': namespace }));
    expect(e2e.read(`/api/v1/events?labelSelector=${encodeURIComponent(`testevent-constant=${namespace}`)}`).items).toHaveLength(1);
    e2e.patch(at, 'strategic', { message: 'This is a test event - patched' });
    expect(e2e.read(at).message).toBe('This is a test event - patched');
    e2e.change(at, (event) => { event.series = { count: 100, lastObservedTime: '2026-02-10T03:10:00.000000Z' }; });
    expect(e2e.read(at).series.count).toBe(100);
    e2e.delete(at);
    expect(e2e.get(at).code).toBe(404);
  });

  it('should delete a collection of events [Conformance]', () => {
    for (const name of ['test-event-1', 'test-event-2', 'test-event-3']) e2e.create(core('events'), anEvent(name, { 'testevent-set': 'true' }));
    e2e.delete(`${core('events')}?labelSelector=testevent-set%3Dtrue`);
    expect(e2e.read(`${core('events')}?labelSelector=testevent-set%3Dtrue`).items).toHaveLength(0);
  });
});
