import type { KindMap } from '../objects.ts';
import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { nodeKeeper } from './node-keeper.ts';
import { AUTHOR } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const containerKill: FaultKind = {
  word: 'container-kill',
  group: 'workloads',
  summary: 'A guard of the nodes\' memory kills the containers of a workload on every node, again and again.',
  target: 'workload',
  settings: { every: { type: 'duration', required: false, fallback: 60_000, summary: 'How often.' }, ...AUTHOR },
  lore: {
    symptoms: ['Containers restart with exit code 137 and no word in their logs, and none of them was out of memory; the kubelet waits longer each time before it starts them.', 'A privileged DaemonSet stops containers by their name through the runtime of its node: its log names them.'],
    mitigations: ['More replicas.'],
    fix: 'Delete the DaemonSet, or take the workload\'s name out of it.',
    example: {
      target: 'deployment/pricing', settings: { every: '60s' },
      signs: ['pods shop/pricing restarts', 'event Warning BackOff Pod'],
      cure: ['kubectl -n kube-system delete daemonset memory-guard', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const container = templateOf(world, ref)?.containers[0]?.name ?? ref.name;
    return err(world, [{ do: 'create', object: guard(container, Math.max(1, Math.round(Number(settings['every']) / 1000))) }], settings, `daemonset/${GUARD}: frees memory before the kernel has to`);
  },
};

const GUARD = 'memory-guard';

function guard(container: string, everyS: number): KindMap['DaemonSet'] {
  const line = `echo "$(date -u) stopping ${container} $id: above its share of the node's memory"; chroot /host crictl stop -t 0 $id >/dev/null`;
  return nodeKeeper(GUARD, 'guard', container, line, everyS);
}
