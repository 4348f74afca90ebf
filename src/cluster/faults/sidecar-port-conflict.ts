import { templateFault } from './template-fault.ts';

export const sidecarPortConflict = templateFault({
  word: 'sidecar-port-conflict',
  group: 'workloads',
  summary: 'A second container of a workload\'s pods listens on the port of the first.',
  lore: {
    symptoms: ['One container of each new pod ends again and again: address already in use. The other runs.', 'Both of them name the same port, or one of them names none and takes it nevertheless.'],
    mitigations: ['Roll back.'],
    fix: 'Let the sidecar listen elsewhere, or take it out.',
    example: {
      target: 'deployment/pricing', settings: {},
      signs: ['log shop/pricing bind: address already in use', 'pods shop/pricing restarts'],
      cure: ['kubectl -n shop patch deploy pricing --type json -p \'[{"op":"remove","path":"/spec/template/spec/containers/1"}]\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  wrong: (spec) => ({
    ...spec,
    containers: [...spec.containers, { name: 'status', image: 'hashicorp/http-echo:1.0', args: [`-listen=:${String(spec.containers[0]?.ports?.[0]?.containerPort ?? 8_080)}`, '-text=ok'], resources: { requests: { cpu: '5m', memory: '16Mi' } } }],
  }),
});
