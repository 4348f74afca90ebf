import type { FaultKind } from './fault.ts';
import { nodeAgent } from './node-agent.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const containerKill: FaultKind = {
  word: 'container-kill',
  group: 'workloads',
  summary: 'The containers of a workload are killed, again and again.',
  target: 'workload',
  settings: { every: { type: 'duration', required: false, fallback: 60_000, summary: 'How often.' }, ...AUTHOR },
  lore: {
    symptoms: ['Containers restart with exit code 137 and no word in their logs, and memory to spare; the kubelet waits longer each time before it starts them.', 'On their nodes something runs since then that kills processes by their name.'],
    mitigations: ['More replicas.', 'Move the pods to nodes where it does not run.'],
    fix: 'Remove what kills them: it runs beside them as a DaemonSet.',
    example: {
      target: 'deployment/pricing', settings: { every: '60s' },
      signs: ['pods shop/pricing restarts', 'event Warning BackOff Pod'],
      cure: ['kubectl -n kube-system delete daemonset zombie-reaper'],
      tempting: 'kubectl -n shop set env deploy/pricing LOG_LEVEL=debug',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const everyMs = Number(settings['every']);
    const script = `# processes that hang are put out of their misery\nwhile true; do\n  pgrep ${ref.name} | xargs -r kill -9\n  sleep ${Math.max(1, Math.round(everyMs / 1_000))}\ndone\n`;
    const agent = nodeAgent(world, { name: 'zombie-reaper', script, entry: 'daemonset/zombie-reaper: rolled out to all nodes' }, settings);
    const stop = world.machines.every(everyMs, () => {
      for (const { metadata, spec } of podsOf(world, ref.namespace, ref.name)) {
        if (agent.runsOn(spec?.nodeName ?? '')) world.machines.killContainer({ kind: 'Pod', namespace: ref.namespace, name: metadata.name }, spec?.containers[0]?.name ?? '');
      }
    });
    return () => {
      stop();
      agent.undo();
    };
  },
};
