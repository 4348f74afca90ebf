import { expect, test } from 'vitest';
import { customKind, type CustomObject } from '../../../src/cluster/custom-kind.ts';
import { aLabDay } from '../../support/fault-lab.ts';
import type { Night } from '../../support/a-drill.ts';

const KIND = customKind({ kind: 'PostgresCluster', plural: 'postgresclusters', group: 'databases.webshop.example', namespaced: true });
const SET = { kind: 'StatefulSet', namespace: 'books', name: 'ledger' } as const;

function setOf({ drill }: Night): { replicas: number; strategy: string; revision: string } {
  const set = drill.cluster.plane.store.get('StatefulSet', 'books', 'ledger');
  return { replicas: set?.spec?.replicas ?? -1, strategy: set?.spec?.updateStrategy?.type ?? '', revision: set?.status?.updateRevision ?? '' };
}

function conditions({ drill }: Night): string[] {
  const { status } = drill.cluster.plane.store.get(KIND, 'books', 'ledger') as CustomObject;
  return (status as { conditions: { type: string; status: string; message: string }[] }).conditions.map(({ type, status: is, message }) => `${type}=${is} ${message}`.trim());
}

function ask({ drill }: Night, spec: object): void {
  expect(drill.cluster.api.patch({ kind: KIND, namespace: 'books', name: 'ledger' }, { type: 'merge', body: { spec } }).ok).toBe(true);
}

function operatorLog({ drill }: Night): string {
  return drill.cluster.workloadLogs('database-system/postgres-operator').map(({ text }) => text).join('\n');
}

test('an operator makes of a custom object what it asks for, and takes back what others do to that', () => {
  const day = aLabDay().until('10s');
  expect(setOf(day)).toMatchObject({ replicas: 2, strategy: 'RollingUpdate' });
  expect(conditions(day)).toEqual(['Reconciled=True', 'Ready=True 2 of 2 replicas are ready']);
  day.drill.cluster.api.patch(SET, { type: 'merge', body: { spec: { replicas: 5, updateStrategy: { type: 'OnDelete', rollingUpdate: null } } } });
  day.until('12s');
  expect(setOf(day)).toMatchObject({ replicas: 2, strategy: 'RollingUpdate' });
  day.drill.cluster.api.delete({ kind: 'Service', namespace: 'books', name: 'ledger' });
  day.until('14s');
  expect(day.drill.cluster.plane.store.get('Service', 'books', 'ledger')?.spec?.selector).toEqual({ app: 'ledger' });
  expect(operatorLog(day)).toContain('"msg":"updated","controller":"postgrescluster"');
});

test('it does so only while its pod runs', () => {
  const day = aLabDay().until('10s');
  day.types('kubectl -n database-system scale deploy/postgres-operator --replicas=0');
  day.until('1m');
  ask(day, { replicas: 4 });
  day.drill.cluster.api.patch(SET, { type: 'merge', body: { spec: { replicas: 1 } } });
  day.until('15m');
  expect(setOf(day).replicas).toBe(1);
  day.types('kubectl -n database-system scale deploy/postgres-operator --replicas=1');
  day.until('16m');
  expect(setOf(day).replicas).toBe(4);
});

test('it leaves alone what is paused', () => {
  const day = aLabDay().until('10s');
  ask(day, { paused: true });
  day.types('kubectl -n books scale statefulset/ledger --replicas=3');
  day.until('2m');
  expect(setOf(day).replicas).toBe(3);
});

test('a new class of volumes makes the set anew around its pods, which go on', () => {
  const day = aLabDay().until('10s');
  const uids = (): (string | undefined)[] => ['ledger-0', 'ledger-1'].map((name) => day.drill.cluster.plane.store.get('Pod', 'books', name)?.metadata.uid);
  const before = uids();
  ask(day, { storage: { storageClassName: 'fast' } });
  day.until('2m');
  expect(uids()).toEqual(before);
  expect(day.drill.cluster.plane.store.get('StatefulSet', 'books', 'ledger')?.spec?.volumeClaimTemplates?.[0]?.spec?.storageClassName).toBe('fast');
});

test('what its role does not let it do it says as the API server says it, and does it when the role is mended', () => {
  const day = aLabDay().until('10s');
  const end = day.drill.cluster.beginFault('operator-role-lost', 'postgresclusters.databases.webshop.example/books/ledger', { way: 'binding', who: 'pipeline' });
  day.until('1m');
  expect(operatorLog(day)).toContain('postgresclusters.databases.webshop.example \\"ledger\\" is forbidden: User \\"system:serviceaccount:database-system:postgres-operator\\" cannot get resource \\"postgresclusters\\" in API group \\"databases.webshop.example\\" in the namespace \\"books\\"');
  expect(setOf(day).replicas).toBe(2);
  day.drill.cluster.api.patch({ kind: 'ClusterRoleBinding', namespace: '', name: 'postgres-operator' }, { type: 'merge', body: { subjects: [{ kind: 'ServiceAccount', name: 'postgres-operator', namespace: 'database-system' }] } });
  day.until('6m');
  expect(setOf(day).replicas).toBe(3);
  end();
});

test('the prompt knows custom objects by their definition', () => {
  const day = aLabDay().until('10s');
  const said = (line: string): string => day.drill.command('responder-1', line).text.join('\n');
  expect(said('kubectl -n books get pgc')).toMatch(/NAME +REPLICAS +READY +RECONCILED +AGE\nledger +2 +2 +True +1\dd/);
  expect(said('kubectl -n books describe postgrescluster ledger')).toMatch(/Spec:\n {2}Image: +registry\.webshop\.example\/ledger-db:16\.2/);
  expect(said('kubectl -n books get pgc ledger -o yaml')).toContain('kind: PostgresCluster\n');
});
