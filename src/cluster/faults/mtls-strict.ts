import { PEER_AUTHENTICATION } from '../mesh/mesh-kinds.ts';
import type { FaultKind } from './fault.ts';
import { meshObject } from './mesh-mistake.ts';
import { AUTHOR } from './settings.ts';

export const mtlsStrict: FaultKind = {
  word: 'mtls-strict',
  group: 'network',
  summary: 'The mesh takes nothing but mutual TLS in a namespace, and not all who call it are in the mesh.',
  target: 'namespace',
  needs: 'mesh',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['Whoever calls from outside of the mesh is cut off, users who come through an Ingress as well: connection reset by peer. Calls between pods of the mesh are well.', 'A PeerAuthentication of the namespace says STRICT.'],
    mitigations: ['Take mutual TLS where it is offered: mode PERMISSIVE.'],
    fix: 'Bring all callers into the mesh before it is strict, or leave the namespace permissive.',
    example: {
      target: 'namespace/shop', settings: {},
      signs: ['http.rate shop/pricing falls'],
      cure: ['kubectl -n shop delete peerauthentication default'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => meshObject(world, { kind: PEER_AUTHENTICATION, namespace: target, name: 'default', spec: { mtls: { mode: 'STRICT' } } }, settings, 'peerauthentication/default: mutual TLS enforced'),
};
