import type { FaultKind } from './fault.ts';

export const poisonMessage: FaultKind = {
  word: 'poison-message',
  group: 'dependencies',
  summary: 'A message that nobody can read holds up the partitions that it is in.',
  target: 'service',
  settings: {
    topic: { type: 'text', required: true, summary: 'The topic: a route of the broker.' },
    partitions: { type: 'number', required: true, summary: 'How many partitions hold one.' },
  },
  lore: {
    symptoms: ['The lag of a topic grows, in some of its partitions; its consumers are idle, and log that they cannot read a message.'],
    mitigations: [],
    fix: 'Skip the message, and put aside what cannot be read.',
    example: {
      target: 'kafka', settings: { topic: 'orders', partitions: 2 },
      signs: ['topic.lag shop/kafka/orders rises'],
      cure: [],
      tempting: 'kubectl -n shop rollout restart deploy/fulfilment',
      outside: true,
    },
  },
  begin: (world, target, settings) => world.conditions.adjust('poison', `${target}/${String(settings['topic'])}`, Number(settings['partitions'])),
};
