import { count, text } from './settings.ts';
import { templateFault, withFirst } from './template-fault.ts';

export const livenessWrong = templateFault({
  word: 'liveness-wrong',
  group: 'workloads',
  summary: 'The liveness probe of a workload asks where nobody answers.',
  settings: { path: text('The path that it asks.', '/alive'), port: count('The port that it asks.', 8080) },
  lore: {
    symptoms: ['Containers are restarted again and again, though they worked: their liveness probe failed.'],
    mitigations: ['Roll back.'],
    fix: 'Let the probe ask where the program says how it is.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['event Normal Killing Pod', 'event Warning Unhealthy Pod'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/containers/0/livenessProbe"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec, { path, port }) => withFirst(spec, (container) => ({ ...container, livenessProbe: { httpGet: { path: String(path), port: Number(port) }, periodSeconds: 5, failureThreshold: 3 } })),
});
