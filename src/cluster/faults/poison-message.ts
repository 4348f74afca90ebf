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
    symptoms: ['The lag of a topic grows, in some of its partitions; its consumers are idle.', '`kafka-consumer-groups.sh --describe` shows partitions whose current offset stands still; `kafka-console-consumer.sh --partition P --offset N` shows the message that is there.'],
    mitigations: ['A short retention.ms lets the message go, and with it all that waits as long.'],
    fix: 'Stop the consumers, skip the message (kafka-consumer-groups.sh --reset-offsets --shift-by 1 --execute), start them again; put aside what cannot be read.',
    example: {
      target: 'kafka', settings: { topic: 'orders', partitions: 2 },
      signs: ['topic.lag shop/kafka/orders rises'],
      cure: ['kubectl -n shop exec deploy/kafka -- kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type topics --entity-name orders --add-config retention.ms=60000'],
      tempting: 'kubectl -n shop rollout restart deploy/fulfilment',
    },
  },
  begin: (world, target, settings) => {
    const kafka = world.data.kafka(target);
    const added = kafka.poison(String(settings['topic']), Number(settings['partitions']), world.data.nowMs);
    world.data.settle();
    const stop = world.machines.every(5_000, () => world.data.tend());
    return () => {
      stop();
      kafka.forget(added);
      world.data.settle();
    };
  },
};
