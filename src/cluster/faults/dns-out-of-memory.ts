import type { KindMap } from '../objects.ts';
import { quantityBytes } from '../quantity.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

const MIB = 1_048_576;
/** What the resolver needs: its caches, and what it knows of all Services and endpoints. */
const NEEDED_MIB = 48;
/** It has that much a while after its start. */
const FILLED_AFTER_LOOKS = 5;
const LOOK_MS = 5_000;

export const dnsOutOfMemory: FaultKind = {
  word: 'dns-out-of-memory',
  group: 'network',
  summary: 'The resolver of the cluster may use less memory than it needs: it is killed again and again, and between that nobody knows any name.',
  target: 'cluster',
  settings: { ...AUTHOR },
  lore: {
    symptoms: ['For minutes at a time no program finds any other by its name, whoever calls whom; then all is well for half a minute.', 'The pods of the resolver are in CrashLoopBackOff; their last state is OOMKilled.'],
    mitigations: ['Keep connections alive, so that fewer names are looked up.'],
    fix: 'Grant the resolver the memory that it needs.',
    example: {
      target: 'cluster', settings: {},
      signs: ['pods kube-system/coredns restarts', 'endpoints kube-system/kube-dns none'],
      cure: ['kubectl -n kube-system set resources deploy/coredns --limits memory=170Mi'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, _target, settings) => {
    const ref = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } as const;
    const found = world.api.get('Deployment', ref.namespace, ref.name);
    if (!found.ok) return world.conditions.adjust('dns-missing', 'cluster', 1);
    const name = found.object.spec?.template.spec?.containers[0]?.name ?? 'coredns';
    const undo = err(world, [{ do: 'patch', ref, patch: { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name, resources: { requests: { memory: '24Mi' }, limits: { memory: '24Mi' } } }] } } } } } }], settings, 'deployment/coredns: requests and limits right-sized');
    const looks = new Map<string, number>();
    const stop = world.machines.every(LOOK_MS, () => look(world, looks));
    return () => {
      undo();
      stop();
    };
  },
};

/** The kernel ends what has outgrown its limit. */
function look(world: FaultWorld, looks: Map<string, number>): void {
  for (const pod of world.api.list('Pod', 'kube-system')) {
    if (!isShort(pod)) continue;
    const { name, uid = '' } = pod.metadata;
    const status = pod.status?.containerStatuses?.[0];
    const run = `${uid}/${status?.restartCount ?? 0}`;
    const seen = (looks.get(run) ?? 0) + 1;
    looks.set(run, seen);
    if (seen === FILLED_AFTER_LOOKS) world.machines.killContainer({ kind: 'Pod', namespace: 'kube-system', name }, status?.name ?? '', 'OOMKilled');
  }
}

function isShort({ metadata, spec, status }: KindMap['Pod']): boolean {
  const limit = spec?.containers[0]?.resources?.limits?.['memory'];
  return metadata.labels?.['k8s-app'] === 'kube-dns' && status?.containerStatuses?.[0]?.state?.running !== undefined && limit !== undefined && quantityBytes(limit) < NEEDED_MIB * MIB;
}
