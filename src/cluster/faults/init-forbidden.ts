import type { KindMap } from '../objects.ts';
import type { FaultKind } from './fault.ts';
import { err, type Mistake } from './mistakes.ts';
import { AUTHOR } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const initForbidden: FaultKind = {
  word: 'init-forbidden',
  group: 'policy',
  summary: 'An init container of a workload asks the API server for what its service account may not read.',
  target: 'workload',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['New pods stand in Init:Error and Init:CrashLoopBackOff; the init container logs Forbidden, and who may not do what.', '`kubectl auth can-i list configmaps --as=system:serviceaccount:NAMESPACE:NAME` says no.'],
    mitigations: ['Roll back to the version that asks for nothing.'],
    fix: 'Let the Role of the service account list ConfigMaps.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing Init:CrashLoopBackOff'],
      cure: ['kubectl -n shop patch role config-reader --type json -p \'[{"op":"add","path":"/rules/0/resources/-","value":"configmaps"}]\'', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const spec = templateOf(world, ref);
    if (spec === undefined) return () => undefined;
    const metadata = { name: READER, namespace: ref.namespace, labels: { app: READER } };
    const group = 'rbac.authorization.k8s.io';
    const objects: readonly KindMap['ServiceAccount' | 'Role' | 'RoleBinding'][] = [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }] },
      { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: group, kind: 'Role', name: READER }, subjects: [{ kind: 'ServiceAccount', name: READER, namespace: ref.namespace }] },
    ];
    const init = { name: 'read-config', image: 'bitnami/kubectl:1.32.3', command: ['sh', '-c', 'kubectl get configmaps -o name'] };
    const wrong = { ...spec, serviceAccountName: READER, serviceAccount: READER, initContainers: [...(spec.initContainers ?? []), init] };
    const roll: Mistake = { do: 'replace', ref, patch: { type: 'json', body: [{ op: 'replace', path: '/spec/template/spec', value: wrong }] } };
    return err(world, [...objects.map((object): Mistake => ({ do: 'create', object })), roll], settings, `${target.split('/')[0] ?? ''}/${ref.name}: reads its configuration from the API, with an account of its own`);
  },
};

const READER = 'config-reader';
