import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count } from './settings.ts';
import { workloadRef } from './template-fault.ts';

export const hostPortConflict: FaultKind = {
  word: 'host-port-conflict',
  group: 'scheduling',
  summary: 'The pods of a workload want a port of their node, of which each node has only one.',
  target: 'workload',
  settings: { port: count('Of the node.', 9100), replicas: count('How many pods are wanted; as many as before for 0.', 0), ...AUTHOR },
  lore: {
    symptoms: ['New pods are Pending: no node has free ports for them.'],
    mitigations: ['Scale it down to a pod for each node.'],
    fix: 'Leave the host port out.',
    example: {
      target: 'deployment/tariffs', settings: { replicas: 7 },
      signs: ['pods shop/tariffs Pending', 'event Warning FailedScheduling Pod'],
      cure: ['kubectl -n shop patch deploy tariffs --type json -p \'[{"op":"remove","path":"/spec/template/spec/containers/0/ports/0/hostPort"}]\'', 'kubectl -n shop scale deploy/tariffs --replicas=2'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const replicas = Number(settings['replicas']);
    return err(world, [{ do: 'patch', ref, patch: { type: 'json', body: [
      { op: 'add', path: '/spec/template/spec/containers/0/ports/0/hostPort', value: Number(settings['port']) },
      ...(replicas === 0 ? [] : [{ op: 'replace', path: '/spec/replicas', value: replicas } as const]),
    ] } }], settings, `deployment/${ref.name}: manifests applied`);
  },
};
