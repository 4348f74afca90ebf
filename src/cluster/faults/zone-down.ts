import type { FaultKind } from './fault.ts';

export const zoneDown: FaultKind = {
  word: 'zone-down',
  group: 'nodes',
  summary: 'All nodes of a zone are gone at once, as when its switch fails.',
  target: 'zone',
  settings: {  },
  lore: {
    symptoms: ['Several nodes are NotReady at the same moment, and they have the zone in common.'],
    mitigations: ['Let the other zones take the load: scale out what is short.'],
    fix: 'Mend the zone: whoever runs the network has to.',
    example: {
      target: 'zone/eu-1c', settings: {},
      signs: ['node worker-3 Ready', 'event Warning NodeNotReady Pod'],
      cure: [], outside: true,
      tempting: 'kubectl uncordon worker-3',
    },
  },
  begin: (world, target) => {
    const region = target.startsWith('region/') ? target.slice('region/'.length) : null;
    const label = region === null ? 'topology.kubernetes.io/zone' : 'topology.kubernetes.io/region';
    const nodes = world.api.list('Node', null).filter(({ metadata }) => metadata.labels?.[label] === (region ?? target)).map(({ metadata }) => metadata.name);
    const failed = nodes.filter((name) => world.machines.failNode(name));
    return () => {
      for (const name of failed.splice(0)) world.machines.recoverNode(name);
    };
  },
};
