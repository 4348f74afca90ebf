import { DATAPLANE_MODE, PEER_AUTHENTICATION } from '../mesh/mesh-kinds.ts';
import type { FaultKind } from './fault.ts';
import { meshObject, selectorOf } from './mesh-mistake.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

export const meshDisabled: FaultKind = {
  word: 'mesh-disabled',
  group: 'network',
  summary: 'A namespace has left the mesh, and calls a Service that takes nothing but mutual TLS.',
  target: 'namespace',
  needs: 'mesh',
  settings: { to: { type: 'text', names: 'service', required: true, summary: 'The Service, NAMESPACE/NAME: in another namespace, which takes mutual TLS alone.' }, ...AUTHOR },
  lore: {
    symptoms: ['All callers in one namespace are cut off from a Service of another: connection reset by peer. Callers elsewhere are well.', 'The namespace lacks the label that brings its pods into the mesh.'],
    mitigations: ['Let the Service take calls without mutual TLS: mode PERMISSIVE.'],
    fix: 'Bring the namespace back into the mesh: its label istio.io/dataplane-mode=ambient.',
    example: {
      target: 'namespace/finance', settings: { to: 'shop/tariffs' },
      signs: ['call.errors finance/payouts→shop/tariffs rises'],
      cure: ['kubectl label namespace finance istio.io/dataplane-mode=ambient --overwrite'],
      tempting: 'kubectl -n finance rollout restart deploy/payouts',
    },
  },
  begin: (world, target, settings) => {
    const to = String(settings['to']);
    const [namespace = '', name = ''] = to.split('/');
    const strict = meshObject(world, { kind: PEER_AUTHENTICATION, namespace, name, spec: { selector: { matchLabels: selectorOf(world, to) }, mtls: { mode: 'STRICT' } } }, { entry: 'none' }, '');
    const left = err(world, [{ do: 'patch', ref: { kind: 'Namespace', namespace: '', name: target }, patch: { type: 'merge', body: { metadata: { labels: { [DATAPLANE_MODE]: 'none' } } } } }], settings, `namespace/${target}: labels applied`);
    return () => {
      left();
      strict();
    };
  },
};
