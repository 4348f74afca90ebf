import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count, text } from './settings.ts';

export const priorityPreempted: FaultKind = {
  word: 'priority-preempted',
  group: 'scheduling',
  summary: 'A batch of a higher priority takes the place of pods that have none.',
  target: 'cluster',
  settings: { replicas: count('Pods of the batch.', 4), cpu: text('CPU that each asks for.', '3'), namespace: text('Where they run.', 'default'), ...AUTHOR },
  lore: {
    symptoms: ['Pods of several workloads are Preempted and stay Pending: insufficient cpu. Pods of a batch that nobody knew run in their place.'],
    mitigations: ['Scale the batch down.'],
    fix: 'Remove the priority from the batch, or give those who serve users a higher one.',
    example: {
      target: 'cluster', settings: {},
      signs: ['event Normal Preempted Pod', 'priorityclass batch-critical'],
      cure: ['kubectl -n default delete deployment forecast-batch', 'kubectl delete priorityclass batch-critical'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => {
    const namespace = String(settings['namespace']);
    const labels = { app: 'forecast-batch' };
    const resources = { requests: { cpu: String(settings['cpu']), memory: '64Mi' } };
    return err(world, [
      { do: 'create', object: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'batch-critical' }, value: 1_000_000, description: 'Month-end forecasts.' } },
      { do: 'create', object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'forecast-batch', namespace, labels }, spec: { replicas: Number(settings['replicas']), selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { priorityClassName: 'batch-critical', terminationGracePeriodSeconds: 1, containers: [{ name: 'forecast', image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 3600; done'], resources }] } } } } },
    ], settings, 'deployment/forecast-batch: month-end forecasts started');
  },
};
