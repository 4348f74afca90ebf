import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { losePods, RESTART } from './restarts.ts';
import { AUTHOR, text } from './settings.ts';

export const podSecurityRestricted: FaultKind = {
  word: 'pod-security-restricted',
  group: 'policy',
  summary: 'A namespace enforces the restricted Pod Security Standard, which its pods do not meet.',
  target: 'namespace',
  settings: { level: { ...text('The standard.', 'restricted'), oneOf: ['baseline', 'restricted'] }, restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods that go do not come back: the ReplicaSet is forbidden to create them, violates PodSecurity.'],
    mitigations: ['Take the label off until the workloads meet it.'],
    fix: 'Let the workloads meet the standard, or enforce one that they meet.',
    example: {
      target: 'namespace/shop', settings: { restart: 'pricing' },
      signs: ['event Warning FailedCreate ReplicaSet', 'namespace shop'],
      cure: ['kubectl label namespace shop pod-security.kubernetes.io/enforce-'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const undo = err(world, [{ do: 'patch', ref: { kind: 'Namespace', namespace: '', name: target }, patch: { type: 'merge', body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': String(settings['level']) } } } } }], settings, `namespace/${target}: manifests applied`);
    losePods(world, target, settings['restart']);
    return undo;
  },
};
