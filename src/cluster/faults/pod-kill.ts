import type { KindMap } from '../objects.ts';
import type { FaultKind, FaultSettings } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const podKill: FaultKind = {
  word: 'pod-kill',
  group: 'workloads',
  summary: 'A job that was meant to spread pods over the nodes deletes those of a workload, again and again.',
  target: 'workload',
  settings: { every: { type: 'duration', required: false, fallback: 60_000, summary: 'How often; from a minute on, in whole ones.' }, pods: count('How many each time, the oldest first; 0 for all.', 1), ...AUTHOR },
  lore: {
    symptoms: ['Pods of a workload are young, all of them, and were killed without a restart being counted.', 'A CronJob runs whenever they go, and the log of its job names them.'],
    mitigations: ['More replicas. A disruption budget is no help: the job deletes, it does not evict.', 'Suspend the CronJob, or take its right to delete pods.'],
    fix: 'Delete the CronJob, or let it leave alone what should not move.',
    example: {
      target: 'deployment/pricing', settings: { every: '30s' },
      signs: ['cronjob shop/node-rebalancer', 'event Normal Killing Pod', 'event Normal SuccessfulCreate ReplicaSet'],
      cure: ['kubectl -n shop delete cronjob node-rebalancer'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const { kind, namespace, name } = workloadRef(target);
    const found = world.api.get(kind, namespace, name);
    if (!found.ok) return () => undefined;
    const labels = (found.object as KindMap['Deployment']).spec?.selector.matchLabels ?? {};
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
    const metadata = { name: REBALANCER, namespace, labels: { app: REBALANCER } };
    const group = 'rbac.authorization.k8s.io';
    const objects: readonly KindMap['ServiceAccount' | 'Role' | 'RoleBinding' | 'CronJob'][] = [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'delete'] }] },
      { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: group, kind: 'Role', name: REBALANCER }, subjects: [{ kind: 'ServiceAccount', name: REBALANCER, namespace }] },
      { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: cronSpec(selector, settings) },
    ];
    return err(world, objects.map((object) => ({ do: 'create', object })), settings, `cronjob/${REBALANCER}: moves the pods that have sat longest on their node`);
  },
};

const REBALANCER = 'node-rebalancer';
const MINUTE_S = 60;

function cronSpec(selector: string, settings: FaultSettings): NonNullable<KindMap['CronJob']['spec']> {
  const everyS = Math.max(1, Math.round(Number(settings['every']) / 1000));
  const most = Number(settings['pods']) > 0 ? ` | head -n ${String(settings['pods'])}` : '';
  const strike = `for pod in $(kubectl get pods -l ${selector} --sort-by=.metadata.creationTimestamp -o name${most}); do kubectl delete $pod --wait=false; done`;
  const times = Array.from({ length: Math.max(1, Math.floor((MINUTE_S - 5) / everyS) + 1) }, (_, nth) => nth + 1);
  const script = everyS >= MINUTE_S ? strike : `for turn in ${times.join(' ')}; do ${strike}; sleep ${everyS}; done`;
  const container = { name: 'rebalance', image: 'bitnami/kubectl:1.32.3', command: ['sh', '-c', script], resources: { requests: { cpu: '10m', memory: '32Mi' } } };
  return {
    schedule: `*/${Math.max(1, Math.round(everyS / MINUTE_S))} * * * *`, concurrencyPolicy: 'Forbid', successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1,
    jobTemplate: { spec: { backoffLimit: 0, template: { spec: { serviceAccountName: REBALANCER, restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] } } } },
  };
}
