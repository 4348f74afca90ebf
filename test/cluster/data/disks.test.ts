import { expect, test } from 'vitest';
import type { KindMap } from '../../../src/cluster/objects.ts';
import { LabServer } from './a-lab-server.ts';

const DATA = '/var/lib/postgresql/data';

test.each([
  ['logs', `rm ${DATA}/log/postgresql-2026-02-0*.log`],
  ['dump', `rm -r ${DATA}/backup`],
])('a disk full of %s has room again when they are deleted', (of, line) => {
  const lab = new LabServer('10s');
  lab.begin('disk-full', 'shop/postgres', { of });
  lab.until('1m');
  expect(lab.types(`kubectl -n shop exec postgres-0 -- df -h ${DATA}`)).toMatch(/40G +40G +0K 100%/);
  expect(lab.statements('carts').fails).toBe(1);
  lab.types(`kubectl -n shop exec postgres-0 -- sh -c '${line}'`);
  lab.until('90s');
  expect(lab.types(`kubectl -n shop exec postgres-0 -- df -h ${DATA}`)).toMatch(/ \d% /);
  expect(lab.statements('carts').fails).toBe(0);
});

test('a slot that nobody reads keeps the log; segments that somebody deletes by hand are kept all the same', () => {
  const lab = new LabServer('10s');
  lab.begin('disk-full', 'shop/postgres');
  lab.until('1m');
  expect(lab.sql('select slot_name, active, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) from pg_replication_slots')).toBe('standby_eu_2|f|38 GB');
  expect(lab.types(`kubectl -n shop exec postgres-0 -- du -sh ${DATA}/pg_wal`)).toMatch(/^3[89]G/);
  lab.sql("select pg_drop_replication_slot('standby_eu_2')");
  expect(lab.statements('carts').fails).toBe(0);
});

test('a claim that may grow gives a full database room', () => {
  const lab = new LabServer('5s');
  const { api, plane } = lab.day.drill.cluster;
  const found = plane.store.get('StatefulSet', 'shop', 'postgres') as KindMap['StatefulSet'];
  const made = [
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'ssd' }, provisioner: 'ebs.csi.aws.com', allowVolumeExpansion: true },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'pgdata', namespace: 'shop' }, spec: { storageClassName: 'ssd', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } } },
  ].map((object) => api.create(object as unknown as KindMap['PersistentVolumeClaim']).ok);
  expect(made).toEqual([true, true]);
  const [container] = found.spec?.template.spec?.containers ?? [];
  const body = { spec: { template: { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'pgdata' } }], containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: DATA }] }] } } } };
  expect(api.patch({ kind: 'StatefulSet', namespace: 'shop', name: 'postgres' }, { type: 'merge', body }).ok).toBe(true);
  lab.until('3m').begin('disk-full', 'shop/postgres');
  lab.until('4m');
  expect(lab.types(`kubectl -n shop exec postgres-0 -- df -h ${DATA}`)).toMatch(/ 8\.0G +8\.0G +0K 100%/);
  expect(lab.statements('carts').fails).toBe(1);
  lab.types(`kubectl -n shop patch pvc pgdata -p '{"spec":{"resources":{"requests":{"storage":"20Gi"}}}}'`);
  lab.until('8m');
  expect(lab.types(`kubectl -n shop exec postgres-0 -- df -h ${DATA}`)).toMatch(/ 20G +8\.0G/);
  expect(lab.statements('carts').fails).toBe(0);
});
