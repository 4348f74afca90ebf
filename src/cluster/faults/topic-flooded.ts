import type { KindMap, KubeObject } from '../objects.ts';
import type { AnyObject } from '../store.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { servedBy } from './served-by.ts';
import { AUTHOR } from './settings.ts';
import { templateOf } from './template-fault.ts';

export const topicFlooded: FaultKind = {
  word: 'topic-flooded',
  group: 'dependencies',
  summary: 'Somebody produces many more messages than the consumers of a topic can take.',
  target: 'service',
  settings: {
    topic: { type: 'text', required: true, summary: 'The topic: a route of the broker.' },
    perS: { type: 'number', required: true, summary: 'Messages a second.' },
    ...AUTHOR,
  },
  lore: {
    symptoms: ['The lag of a topic grows, in all of its partitions; its consumers are busy with all that they have.', 'A Job that nobody asked for sends to the topic; its messages carry its client id.'],
    mitigations: ['More consumers, as far as there are partitions; more partitions.', 'A quota for the client: kafka-configs.sh --entity-type clients --add-config producer_byte_rate=…'],
    fix: 'Stop who produces them.',
    example: {
      target: 'kafka', settings: { topic: 'orders', perS: 60 },
      signs: ['topic.lag shop/kafka/orders rises'],
      cure: ['kubectl -n shop delete job orders-backfill'],
      tempting: 'kubectl -n shop rollout restart deploy/fulfilment',
    },
  },
  begin: (world, target, settings) => {
    const [topic, perS] = [String(settings['topic']), Number(settings['perS'])];
    const job = producer(world, target, topic, perS);
    if (job === null) return world.conditions.adjust('messages', `${target}/${topic}`, perS);
    return err(world, [{ do: 'create', object: job }], settings, `job/${job.metadata.name}: started`);
  },
};

/** A Job that sends messages to a topic, from the image of the broker itself; null where nobody runs that. */
function producer(world: FaultWorld, service: string, topic: string, perS: number): AnyObject | null {
  const [namespace = '', name = ''] = service.split('/');
  const ref = servedBy(world, service);
  const image = ref === null ? undefined : templateOf(world, ref)?.containers[0]?.image;
  const found = world.api.get('Service', namespace, name);
  const port = found.ok ? (found.object.spec?.ports?.[0]?.port ?? 9_092) : 9_092;
  if (image === undefined || !/kafka|redpanda|\/broker/.test(image)) return null;
  const of = `${topic}-backfill`;
  const command = ['kafka-producer-perf-test.sh', '--topic', topic, '--num-records', '900000000', '--record-size', '900', '--throughput', String(perS), '--producer-props', `bootstrap.servers=${name}.${namespace}:${port}`, `client.id=${of}`];
  const job: KindMap['Job'] & KubeObject = {
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name: of, namespace, labels: { app: of } },
    spec: { backoffLimit: 6, template: { metadata: { labels: { app: of } }, spec: { restartPolicy: 'OnFailure', terminationGracePeriodSeconds: 5, containers: [{ name: 'producer', image, command, resources: { requests: { cpu: '50m', memory: '64Mi' } } }] } } },
  };
  return job;
}
