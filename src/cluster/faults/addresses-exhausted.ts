import type { KindMap } from '../objects.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, count, text } from './settings.ts';
import { losePods, RESTART } from './restarts.ts';

export const addressesExhausted: FaultKind = {
  word: 'addresses-exhausted',
  group: 'nodes',
  summary: 'A node has fewer addresses for pods than pods: a small range, and what a load test left behind.',
  target: 'node',
  settings: { bits: count('The length of the prefix of its range: 27 leaves 29 addresses.', 27), leftovers: count('Pods that were left behind on it.', 30), namespace: text('Where they are.', 'default'), restart: RESTART, ...AUTHOR },
  lore: {
    symptoms: ['Pods on one node stay in ContainerCreating: FailedCreatePodSandBox, no IP addresses available in range set. Elsewhere the same pods start.', 'The node says that it is ready and has room.'],
    mitigations: ['Cordon the node, and delete the pods that wait: they start elsewhere.'],
    fix: 'Delete what holds the addresses and is not needed, or give the node a larger range.',
    example: {
      target: 'worker-2', settings: {},
      signs: ['event Warning FailedCreatePodSandBox Pod', 'pods default/checkout-soak ContainerCreating'],
      cure: ['kubectl -n default delete deployment checkout-soak'],
      tempting: 'kubectl -n default delete pod -l app=checkout-soak',
    },
  },
  begin: (world, target, settings) => {
    const namespace = String(settings['namespace']);
    const undo = err(world, [
      { do: 'patch', ref: { kind: 'Node', namespace: '', name: target }, patch: { type: 'merge', body: { spec: { podCIDR: `${baseOf(world, target)}/${String(settings['bits'])}` } } } },
      { do: 'create', object: leftover(target, namespace, Number(settings['leftovers'])) },
    ], settings, `node/${target}: registered anew, by the new plan of addresses`);
    const [, home = 'default', workload = ''] = String(settings['restart']).split('/');
    losePods(world, home, workload);
    return undo;
  },
};

/** The network that a node's pods have their addresses of. */
function baseOf(world: FaultWorld, node: string): string {
  const known = world.api.list('Pod', null).find(({ spec, status }) => spec?.nodeName === node && spec.hostNetwork !== true && status?.podIP !== undefined)?.status?.podIP;
  const nth = world.api.list('Node', null).findIndex(({ metadata }) => metadata.name === node);
  return known === undefined ? `10.244.${nth}.0` : known.replace(/\d+$/, '0');
}

function leftover(node: string, namespace: string, replicas: number): KindMap['Deployment'] {
  const labels = { app: 'checkout-soak' };
  const container = { name: 'pause', image: 'registry.k8s.io/pause:3.9', resources: { requests: { cpu: '1m', memory: '4Mi' } } };
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout-soak', namespace, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { nodeSelector: { 'kubernetes.io/hostname': node }, terminationGracePeriodSeconds: 1, containers: [container] } } },
  };
}
