import { count, text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const readinessWrong = templateFault({
  word: 'readiness-wrong',
  group: 'workloads',
  summary: 'The readiness probe of a workload asks where nobody answers.',
  settings: { path: text('The path that it asks.', '/healthz'), port: count('The port that it asks.', 8081) },
  lore: {
    symptoms: ['Pods run, and are not ready: their readiness probe fails.', 'The Service has no ready endpoint.'],
    mitigations: ['Roll back.'],
    fix: 'Let the probe ask where the program says how it is.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['pods shop/pricing unready', 'event Warning Unhealthy Pod'],
      cure: ['kubectl -n shop patch deploy pricing -p \'{"spec":{"template":{"spec":{"containers":[{"name":"pricing","readinessProbe":{"httpGet":{"path":"/healthz","port":8080}}}]}}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { path, port }) => withFirst(spec, (container) => ({ ...container, readinessProbe: { httpGet: { path: String(path), port: Number(port) }, periodSeconds: 5, failureThreshold: 3 } })),
});
