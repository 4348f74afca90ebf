import { expect, test } from 'vitest';
import { aLabDay } from '../../../support/fault-lab.ts';
import type { Night } from '../../../support/a-drill.ts';

function says({ drill }: Night, line: string): string {
  return drill.command('responder-1', line).text.join('\n');
}

test('a responder without a kubectl of their own makes what is missing', () => {
  const day = aLabDay().until('10s');
  const { store } = day.drill.cluster.plane;
  expect(says(day, 'kubectl -n shop expose deployment tariffs --name tariffs-2 --port 81 --target-port 8080')).toContain('service/tariffs-2 exposed');
  expect(store.get('Service', 'shop', 'tariffs-2')?.spec).toMatchObject({ selector: { app: 'tariffs' }, ports: [{ port: 81, targetPort: 8080 }] });
  expect(says(day, "kubectl -n shop create configmap notes --from-literal=who=ana --from-literal=what='a=b'")).toContain('configmap/notes created');
  expect(store.get('ConfigMap', 'shop', 'notes')?.data).toEqual({ who: 'ana', what: 'a=b' });
  expect(says(day, 'kubectl -n shop create secret generic key --from-literal=token=grüße')).toContain('secret/key created');
  expect(store.get('Secret', 'shop', 'key')?.data).toEqual({ token: Buffer.from('grüße').toString('base64') });
  expect(says(day, 'kubectl -n shop create rolebinding looks --clusterrole=view --serviceaccount=shop:default')).toContain('rolebinding.rbac.authorization.k8s.io/looks created');
  expect(store.get('RoleBinding', 'shop', 'looks')?.subjects).toEqual([{ kind: 'ServiceAccount', namespace: 'shop', name: 'default' }]);
});

test('it is told what it lacks in the words of the real one', () => {
  const day = aLabDay().until('10s');
  expect(says(day, 'kubectl -n shop create configmap notes extra')).toContain('error: exactly one NAME is required, got 2');
  expect(says(day, 'kubectl -n shop create rolebinding looks')).toContain('error: exactly one of clusterrole or role must be specified');
  expect(says(day, 'kubectl -n shop expose deployment nothing --port 80')).toContain('Error from server (NotFound): deployments.apps "nothing" not found');
  expect(says(day, 'kubectl -n shop create serviceaccount default')).toContain('Error from server (AlreadyExists): serviceaccounts "default" already exists');
});
