import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count, text } from './settings.ts';

export const priorityPreempted: FaultKind = {
  word: 'priority-preempted',
  group: 'scheduling',
  summary: 'A batch of a higher priority takes the place of pods that have none.',
  target: 'cluster',
  settings: { replicas: count('Pods of the batch.', 4), cpu: text('CPU that each asks for.', '3'), namespace: text('Where they run.', 'default'), byDefault: { type: 'switch', required: false, fallback: false, summary: 'The class is for all who name none, from now on: those who were there before have no priority.' }, ...AUTHOR },
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
    const byDefault = settings['byDefault'] === true;
    const name = byDefault ? 'platform-medium' : 'batch-critical';
    const resources = { requests: { cpu: String(settings['cpu']), memory: '64Mi' } };
    return err(world, [
      { do: 'create', object: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: byDefault ? 1_000 : 1_000_000, ...(byDefault ? { globalDefault: true } : {}), description: byDefault ? 'For all who do not say how important they are.' : 'Month-end forecasts.' } },
      { do: 'create', object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'forecast-batch', namespace, labels }, spec: { replicas: Number(settings['replicas']), selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { ...(byDefault ? {} : { priorityClassName: name }), terminationGracePeriodSeconds: 1, containers: [{ name: 'forecast', image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 3600; done'], resources }] } } } } },
    ], settings, 'deployment/forecast-batch: month-end forecasts started');
  },
};
