import type { KindMap } from '../objects.ts';
import { cpuMillis } from '../quantity.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

/** Thousandths of a core that one look-up a second costs, and look-ups for each new connection: every search domain, for both kinds of addresses. */
const MILLI_PER_LOOK_UP = 0.1;
const LOOK_UPS = 8;
const NEW_CONNECTIONS = 0.05;
/** From here on of its CPU a resolver answers late; with twice what it can do, as late as was set. */
const BUSY = 0.8;
const DROWNED = 2;
const LOOK_MS = 5_000;

export const dnsSlow: FaultKind = {
  word: 'dns-slow',
  group: 'network',
  summary: 'The resolver of the cluster answers late: it may use less CPU than the look-ups need.',
  target: 'cluster',
  settings: { latency: { type: 'duration', required: true, summary: 'How much later, at twice the look-ups that it can answer.' }, ...AUTHOR },
  lore: {
    symptoms: ['All calls take a little longer, some much longer.', 'The pods of the resolver are Ready, and use all of the little CPU that their limits grant.'],
    mitigations: ['Keep connections alive, so that fewer names are looked up.', 'Scale the resolver out.'],
    fix: 'Grant the resolver the CPU that it needs.',
    example: {
      target: 'cluster', settings: { latency: '5s' },
      signs: ['call.ms shop/storefront→shop/catalog rises'],
      cure: ['kubectl -n kube-system set resources deploy/coredns --limits cpu=500m'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => {
    const ref = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } as const;
    const found = world.api.get('Deployment', ref.namespace, ref.name);
    const latency = Number(settings['latency']);
    if (!found.ok) return world.conditions.adjust('dns-latency', 'cluster', latency);
    const cpu = `${Math.max(1, Math.floor(neededMilli(world) / DROWNED / Math.max(1, found.object.spec?.replicas ?? 1)))}m`;
    const undo = err(world, [{ do: 'patch', ref, patch: { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: found.object.spec?.template.spec?.containers[0]?.name ?? 'coredns', resources: { requests: { cpu }, limits: { cpu } } }] } } } } } }], settings, 'deployment/coredns: requests and limits right-sized');
    let lift: (() => void) | null = null;
    let moved = 0;
    const look = (): void => {
      const ms = Math.round((latency * Math.min(1, Math.max(0, (neededMilli(world) / grantedMilli(world) - BUSY) / (DROWNED - BUSY)))) / 50) * 50;
      if (ms === moved) return;
      lift?.();
      lift = ms > 0 ? world.conditions.adjust('dns-latency', 'cluster', ms) : null;
      moved = ms;
    };
    const stop = world.machines.every(LOOK_MS, look);
    return () => {
      undo();
      stop();
      lift?.();
      lift = null;
    };
  },
};

function neededMilli(world: FaultWorld): number {
  return Math.max(4, world.callsPerS(null) * NEW_CONNECTIONS * LOOK_UPS * MILLI_PER_LOOK_UP);
}

/** What the resolver's running pods may use. */
function grantedMilli(world: FaultWorld): number {
  let granted = 0;
  for (const pod of world.api.list('Pod', 'kube-system')) if (isResolver(pod)) granted += cpuMillis(pod.spec?.containers[0]?.resources?.limits?.['cpu'] ?? '4');
  return Math.max(1, granted);
}

function isResolver({ metadata, status }: KindMap['Pod']): boolean {
  return metadata.labels?.['k8s-app'] === 'kube-dns' && status?.containerStatuses?.[0]?.state?.running !== undefined;
}
