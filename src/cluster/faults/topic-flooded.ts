import type { FaultKind } from './fault.ts';

export const topicFlooded: FaultKind = {
  word: 'topic-flooded',
  group: 'dependencies',
  summary: 'Somebody produces many more messages than the consumers of a topic can take.',
  target: 'service',
  settings: {
    topic: { type: 'text', required: true, summary: 'The topic: a route of the broker.' },
    perS: { type: 'number', required: true, summary: 'Messages a second.' },
  },
  lore: {
    symptoms: ['The lag of a topic grows, in all of its partitions; its consumers are busy with all that they have.'],
    mitigations: ['More consumers, as far as there are partitions.'],
    fix: 'Stop who produces them.',
    example: {
      target: 'kafka', settings: { topic: 'orders', perS: 60 },
      signs: ['topic.lag shop/kafka/orders rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/fulfilment',
      outside: true,
    },
  },
  begin: (world, target, settings) => world.conditions.adjust('messages', `${target}/${String(settings['topic'])}`, Number(settings['perS'])),
};
