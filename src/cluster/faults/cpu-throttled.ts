import { liftQuota } from '../nodes/quotas.ts';
import type { KindMap } from '../objects.ts';
import { cpuMillis } from '../quantity.ts';
import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { nodeKeeper } from './node-keeper.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const cpuThrottled: FaultKind = {
  word: 'cpu-throttled',
  group: 'resources',
  summary: 'The pods of a workload get a part of the CPU that their limits grant: a governor on every node gives their containers another quota.',
  target: 'workload',
  settings: { factor: { type: 'factor', required: true, summary: 'Which part, such as 0.1.' }, ...AUTHOR },
  lore: {
    symptoms: ['One service is slow at its usual load, though its limits are as ever: nearly all periods of the kernel are throttled, and /sys/fs/cgroup/cpu.max is not what the limits say.', 'New pods are well for a moment; then they are as slow.'],
    mitigations: ['Scale it out.', 'Give the containers their quota back: crictl update --cpu-quota on their nodes, until the governor comes round again.'],
    fix: 'Delete the DaemonSet that governs, or take the workload out of it; then start new containers, whose quota is that of their limits.',
    example: {
      target: 'deployment/pricing', settings: { factor: 0.02 },
      signs: ['http.p95 shop/pricing rises'],
      cure: ['kubectl -n kube-system delete daemonset cpu-governor', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const [container] = templateOf(world, ref)?.containers ?? [];
    if (container === undefined) return () => undefined;
    const grantedUs = (cpuMillis(container.resources?.limits?.['cpu']) || UNLIMITED_MILLI) * 100;
    const undo = err(world, [{ do: 'create', object: governor(container.name, Math.max(1_000, Math.round(grantedUs * Number(settings['factor'])))) }], settings, `daemonset/${GOVERNOR}: loud neighbours are kept in bounds`);
    return () => {
      undo();
      for (const pod of podsOf(world, ref.namespace, ref.name)) {
        const host = world.machines.host(pod.spec?.nodeName ?? '');
        if (host !== null) liftQuota(host, pod);
      }
    };
  },
};

const GOVERNOR = 'cpu-governor';
/** A container without a limit may use so much. */
const UNLIMITED_MILLI = 4_000;

function governor(container: string, quotaUs: number): KindMap['DaemonSet'] {
  const line = `chroot /host crictl update --cpu-period 100000 --cpu-quota ${quotaUs} $id >/dev/null && echo "$(date -u) ${container} $id: cpu.max ${quotaUs} 100000"`;
  return nodeKeeper(GOVERNOR, 'governor', container, line, 20);
}
