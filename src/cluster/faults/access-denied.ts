import { AUTHORIZATION_POLICY } from '../mesh/mesh-kinds.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { leverTarget } from './lever-fault.ts';
import { knowsKind, meshObject, selectorOf } from './mesh-mistake.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR } from './settings.ts';

export const accessDenied: FaultKind = {
  word: 'access-denied',
  group: 'network',
  summary: 'An AuthorizationPolicy of the mesh denies a workload the calls of one Service.',
  target: 'workload',
  needs: 'mesh',
  settings: {
    to: { type: 'text', names: 'service', required: true, summary: 'The Service that it calls: NAME, or NAMESPACE/NAME.' },
    share: { type: 'share', required: false, fallback: 1, summary: 'Share of its pods, at least one: those that the policy names by their addresses.' },
    ...AUTHOR,
  },
  lore: {
    symptoms: ['One caller of a Service is refused at once with 403, RBAC: access denied; its other callers are well.', 'An AuthorizationPolicy selects the pods that are called.'],
    mitigations: ['Take the policy away until it is right.'],
    fix: 'Let the policy admit the caller.',
    example: {
      target: 'deployment/pricing', settings: { to: 'tariffs' },
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl -n shop delete authorizationpolicy tariffs-callers'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const from = leverTarget(target);
    const [namespace = '', workload = ''] = from.split('/');
    const to = String(settings['to']).includes('/') ? String(settings['to']) : `${namespace}/${String(settings['to'])}`;
    const [inNamespace = '', name = ''] = to.split('/');
    if (!knowsKind(world, AUTHORIZATION_POLICY)) return world.conditions.adjust('way-denied', `${from}→${to}`, Number(settings['share']));
    const spec = { selector: { matchLabels: selectorOf(world, to) }, action: 'DENY', rules: [{ from: [{ source: sourceOf(world, namespace, workload, Number(settings['share'])) }] }] };
    return meshObject(world, { kind: AUTHORIZATION_POLICY, namespace: inNamespace, name: `${name}-callers`, spec }, settings, `authorizationpolicy/${name}-callers: callers of the old network denied`);
  },
};

/** A workload as a policy can name it: by an account that is its own, or by the addresses of its pods. */
function sourceOf(world: FaultWorld, namespace: string, workload: string, share: number): Record<string, string[]> {
  const own = podsOf(world, namespace, workload);
  const account = own[0]?.spec?.serviceAccountName ?? 'default';
  const others = world.api.list('Pod', namespace).filter((pod) => !own.includes(pod)).some(({ spec }) => (spec?.serviceAccountName ?? 'default') === account);
  if (!others && share >= 1) return { principals: [`cluster.local/ns/${namespace}/sa/${account}`] };
  const ips = own.flatMap(({ status }) => status?.podIP ?? []);
  return { ipBlocks: ips.slice(0, Math.max(1, Math.round(ips.length * share))).map((ip) => `${ip}/32`) };
}
