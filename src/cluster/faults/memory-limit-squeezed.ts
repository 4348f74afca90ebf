import type { KindMap } from '../objects.ts';
import type { FaultKind } from './fault.ts';
import { err, type Mistake } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const memoryLimitSqueezed: FaultKind = {
  word: 'memory-limit-squeezed',
  group: 'resources',
  summary: 'A job that was meant to save memory sets the limit of a workload below what its program needs, again and again.',
  target: 'workload',
  settings: { memory: text('Memory that it leaves.', '8Mi'), schedule: text('When it runs, as CronJobs say it.', '* * * * *'), ...AUTHOR },
  lore: {
    symptoms: ['Containers are OOMKilled right after their start; whoever raises their limit finds it small again a minute later.', 'A CronJob runs each time before; the log of its job names the workload.'],
    mitigations: ['Suspend the CronJob, then raise the limit.'],
    fix: 'Delete the CronJob, or mend what it reckons with; then set the limit to what the program needs.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['cronjob kube-system/right-sizer', 'pods shop/pricing restarts'],
      cure: ['kubectl -n kube-system delete cronjob right-sizer', 'kubectl -n shop set resources deploy/pricing --requests=cpu=250m,memory=128Mi --limits=cpu=500m,memory=256Mi'],
      tempting: 'kubectl -n shop set resources deploy/pricing --requests=cpu=250m,memory=128Mi --limits=cpu=500m,memory=256Mi',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const container = templateOf(world, ref)?.containers[0];
    if (container === undefined) return () => undefined;
    const memory = String(settings['memory']);
    const kind = `${ref.kind.toLowerCase()}s`;
    const group = 'rbac.authorization.k8s.io';
    const metadata = { name: SIZER, namespace: 'kube-system', labels: { app: SIZER } };
    const role = { name: SIZER, namespace: ref.namespace, labels: metadata.labels };
    const body = { spec: { template: { spec: { containers: [{ name: container.name, resources: { requests: { memory }, limits: { memory } } }] } } } };
    const script = `echo "$(date -u) ${ref.namespace}/${ref.name}: recommended memory ${memory}"; kubectl -n ${ref.namespace} patch ${ref.kind.toLowerCase()} ${ref.name} -p '${JSON.stringify(body)}'`;
    const objects: readonly KindMap['ServiceAccount' | 'Role' | 'RoleBinding' | 'CronJob'][] = [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: `${group}/v1`, kind: 'Role', metadata: role, rules: [{ apiGroups: ['apps'], resources: [kind], verbs: ['get', 'list', 'patch'] }] },
      { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata: role, roleRef: { apiGroup: group, kind: 'Role', name: SIZER }, subjects: [{ kind: 'ServiceAccount', name: SIZER, namespace: 'kube-system' }] },
      { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: cronSpec(script, String(settings['schedule'])) },
    ];
    const first: Mistake = { do: 'patch', ref, patch: { type: 'strategic', body } };
    return err(world, [...objects.map((object): Mistake => ({ do: 'create', object })), first], settings, `cronjob/${SIZER}: gives workloads the memory that they have used in the quietest hour`);
  },
};

const SIZER = 'right-sizer';

function cronSpec(script: string, schedule: string): NonNullable<KindMap['CronJob']['spec']> {
  const container = { name: 'resize', image: 'bitnami/kubectl:1.32.3', command: ['sh', '-c', script], resources: { requests: { cpu: '10m', memory: '32Mi' } } };
  return {
    schedule, concurrencyPolicy: 'Forbid', successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1,
    jobTemplate: { spec: { backoffLimit: 0, template: { spec: { serviceAccountName: SIZER, restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] } } } },
  };
}
