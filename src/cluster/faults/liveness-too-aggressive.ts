import { count } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const livenessTooAggressive = templateFault({
  word: 'liveness-too-aggressive',
  group: 'workloads',
  summary: 'The liveness probe of a workload is less patient than its program needs to start.',
  settings: { period: count('Seconds between two questions.', 1), failures: count('Failures that are enough.', 1) },
  lore: {
    symptoms: ['Containers are killed before they are up, and start again, for ever.'],
    mitigations: ['Roll back.'],
    fix: 'Give the program its time: a startup probe, or more patience.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['event Normal Killing Pod', 'event Warning Unhealthy Pod'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/containers/0/livenessProbe"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { period, failures }) => withFirst(spec, (container) => ({ ...container, livenessProbe: { ...(container.readinessProbe ?? { httpGet: { path: '/healthz', port: 8080 } }), initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: Number(period), failureThreshold: Number(failures) } })),
});
