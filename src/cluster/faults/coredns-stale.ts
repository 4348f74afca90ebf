import type { FaultKind } from './fault.ts';
import { ruleAdded } from './resolver-mistake.ts';
import { AUTHOR } from './settings.ts';

export const corednsStale: FaultKind = {
  word: 'coredns-stale',
  group: 'network',
  summary: 'The configuration of the cluster resolver denies the names of Services.',
  target: 'cluster',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['No program finds any Service by its name; names of the world outside resolve.', 'The pods of the resolver are well; its Corefile was changed.'],
    mitigations: [],
    fix: 'Take the rule for the names of the cluster out of the Corefile.',
    example: {
      target: 'cluster', settings: {},
      signs: ['configmap kube-system/coredns', 'call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl apply -f manifests/configmap-coredns.yaml'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => ruleAdded(world, 'template ANY ANY svc.cluster.local {\n   rcode NXDOMAIN\n}', settings, 'configmap/coredns: resolver settings of the old cluster applied'),
};
