import { cpuMillis } from '../quantity.ts';
import { containerTarget } from '../traffic/hardship.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { nodeAgent } from './node-agent.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR } from './settings.ts';
import { templateOf, workloadRef } from './template-fault.ts';

export const cpuThrottled: FaultKind = {
  word: 'cpu-throttled',
  group: 'resources',
  summary: 'The pods of a workload get a part of the CPU that their limits grant: something on their nodes has written another quota into their cgroups.',
  target: 'workload',
  settings: { factor: { type: 'factor', required: true, summary: 'Which part, such as 0.1.' }, ...AUTHOR },
  lore: {
    symptoms: ['One service is slow at its usual load, though its limits are as ever: nearly all periods of the kernel are throttled, and /sys/fs/cgroup/cpu.max is not what the limits say.', 'New pods are well for a moment; then they are as slow.'],
    mitigations: ['Scale it out.'],
    fix: 'Remove what writes the quotas, a DaemonSet; then start new containers, whose quota is that of their limits.',
    example: {
      target: 'deployment/pricing', settings: { factor: 0.02 },
      signs: ['http.p95 shop/pricing rises'],
      cure: ['kubectl -n kube-system delete daemonset cpu-governor', 'kubectl -n shop rollout restart deploy/pricing'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const factor = Number(settings['factor']);
    const quota = Math.max(1_000, Math.round((cpuMillis(templateOf(world, ref)?.containers[0]?.resources?.limits?.['cpu']) || 4_000) * 100 * factor));
    const script = `# the loud ones shall not starve the others\nwhile true; do\n  for scope in /host/cgroup/kubepods.slice/*/*/cri-containerd-*.scope; do\n    pid=$(head -n 1 "$scope/cgroup.procs" 2>/dev/null) || continue\n    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = ${ref.name} ] && echo "${quota} 100000" > "$scope/cpu.max"\n  done\n  sleep 5\ndone\n`;
    const agent = nodeAgent(world, { name: 'cpu-governor', script, entry: 'daemonset/cpu-governor: rolled out to all nodes' }, settings);
    const written = new Map<string, () => void>();
    const stop = world.machines.every(5_000, () => write(world, ref, factor, agent.runsOn, written));
    return () => {
      stop();
      agent.undo();
      for (const back of written.values()) back();
    };
  },
};

/** Each container once: its quota stays what was written as long as it runs, whoever wrote it. */
function write(world: FaultWorld, ref: { readonly namespace: string; readonly name: string }, factor: number, runsOn: (node: string) => boolean, written: Map<string, () => void>): void {
  const running = new Set<string>();
  for (const { metadata, spec, status } of podsOf(world, ref.namespace, ref.name)) {
    const container = containerTarget(metadata.uid ?? '', status?.containerStatuses?.[0]?.restartCount ?? 0);
    running.add(container);
    if (!written.has(container) && status?.containerStatuses?.[0]?.state?.running !== undefined && runsOn(spec?.nodeName ?? '')) written.set(container, world.conditions.adjust('cpu-limit', container, factor));
  }
  for (const [container, back] of written) {
    if (running.has(container)) continue;
    back();
    written.delete(container);
  }
}
