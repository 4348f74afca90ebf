import type { FaultKind } from './fault.ts';
import { whileSo } from './lasting.ts';
import { corefileOf, ruleAdded } from './resolver-mistake.ts';
import { AUTHOR } from './settings.ts';

export const dnsErrors: FaultKind = {
  word: 'dns-errors',
  group: 'network',
  summary: 'The resolver of the cluster answers a share of the look-ups with SERVFAIL: a rule of its Corefile says so.',
  target: 'cluster',
  settings: { share: { type: 'share', required: true, summary: 'Share of the look-ups; below 1 they are those that ask for IPv6 first.' }, ...AUTHOR },
  lore: {
    symptoms: ['A small share of all calls fails, whoever calls whom: server misbehaving.', 'The resolver answers with SERVFAIL; its Corefile has a template that makes it.'],
    mitigations: ['Keep connections alive, so that fewer names are looked up.'],
    fix: 'Take the template out of the Corefile.',
    example: {
      target: 'cluster', settings: { share: 1 },
      signs: ['call.errors shop/storefront→shop/catalog rises'],
      cure: ['kubectl apply -f manifests/configmap-coredns.yaml'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => {
    const share = Number(settings['share']);
    const move = (): (() => void) => world.conditions.adjust('dns-errors', 'cluster', share);
    if (corefileOf(world) === undefined) return move();
    const undo = ruleAdded(world, `template ANY ${share >= 1 ? 'ANY' : 'AAAA'} . {\n   rcode SERVFAIL\n}`, settings, 'configmap/coredns: IPv6 switched off');
    if (share >= 1) return undo;
    const stop = whileSo(world, () => /template\s+ANY\s+AAAA[^{]*\{[^}]*rcode\s+SERVFAIL/.test(corefileOf(world) ?? ''), move);
    return () => {
      undo();
      stop();
    };
  },
};
