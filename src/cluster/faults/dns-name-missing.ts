import type { FaultKind } from './fault.ts';
import { corefileOf, ruleAdded } from './resolver-mistake.ts';
import { AUTHOR } from './settings.ts';

export const dnsNameMissing: FaultKind = {
  word: 'dns-name-missing',
  group: 'network',
  summary: 'The name of one Service is not known, although it is there: the resolver rewrites it to one that is gone.',
  target: 'service',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['Callers say that there is no such host; the Service is there, and has its endpoints.', 'Look-ups of that one name end in NXDOMAIN; the Corefile has a rewrite rule for it.'],
    mitigations: ['Call it by its address.'],
    fix: 'Take the rewrite out of the Corefile.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl apply -f manifests/configmap-coredns.yaml'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    if (corefileOf(world) === undefined) return world.conditions.adjust('dns-missing', target, 1);
    const [namespace = '', name = ''] = target.split('/');
    return ruleAdded(world, `rewrite name exact ${name}.${namespace}.svc.cluster.local ${name}-legacy.${namespace}.svc.cluster.local`, settings, 'configmap/coredns: rewrite rules of the migration applied');
  },
};
