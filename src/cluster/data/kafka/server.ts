import type { SimMs } from '../../../time/sim-time.ts';
import type { TopicFlow } from '../../traffic/topics.ts';
import type { Traffic } from '../../traffic/traffic.ts';
import type { Wanted } from '../../traffic/lever-set.ts';

/** A message that its consumers cannot read, in one partition. Until they are told to begin behind it, they come back to it. */
export interface Poison {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly atMs: SimMs;
  readonly bytes: string;
}

/** Somebody who produces beside the application. */
export interface Producer {
  readonly clientId: string;
  readonly topic: string;
  readonly perS: number;
  readonly bytesEach: number;
  readonly address: string;
}

/** One partition as a group of consumers stands in it. */
export interface PartitionState {
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
  readonly consumer: { readonly id: string; readonly address: string; readonly client: string } | null;
}

/** What a broker behind a Service holds beside what the traffic counts: who produces, what cannot be read, how topics are set up. */
export class KafkaServer {
  readonly key: string;
  readonly traffic: Traffic;
  readonly poisons: Poison[] = [];
  readonly producers = new Set<Producer>();
  /** By topic, then name. */
  readonly topicConfigs = new Map<string, Map<string, string>>();
  /** By client id, then name. */
  readonly quotas = new Map<string, Map<string, string>>();

  constructor(key: string, traffic: Traffic) {
    this.key = key;
    this.traffic = traffic;
  }

  /** The groups that read its topics. */
  groups(): TopicFlow[] {
    return [...this.traffic.flow.topics.groups.values()].filter(({ key }) => key.startsWith(`${this.key}/`));
  }

  /** Names of its topics, whoever reads them. */
  topics(): string[] {
    return [...new Set([...this.traffic.places.service(this.key).routes.map(({ name }) => name), ...this.groups().map(topicOf)])].filter((name) => name !== 'default').toSorted((one, other) => (one < other ? -1 : 1));
  }

  partitionsOf(topic: string): number {
    return this.groups().find((group) => topicOf(group) === topic)?.partitions ?? 1;
  }

  /** Messages that were written to each partition of a topic. */
  endOf(topic: string, partition: number): number {
    const group = this.groups().find((one) => topicOf(one) === topic);
    return KEPT_OFFSETS + partition * 311 + Math.floor((group?.producedInAll ?? 0) / this.partitionsOf(topic));
  }

  /** Where a group stands. `addressOf` is that of a pod. */
  states(group: TopicFlow, addressOf: (pod: TopicFlow['pods'][number]) => string): PartitionState[] {
    const topic = topicOf(group);
    const blocked = this.blocked(topic);
    const moving = Math.max(1, group.partitions - blocked.length);
    return Array.from({ length: group.partitions }, (_, partition) => {
      const end = this.endOf(topic, partition);
      const poison = blocked.find((one) => one.partition === partition);
      const lag = poison === undefined ? group.lag / moving : group.blockedLag / Math.max(1, blocked.length);
      const pod = group.pods.length === 0 ? undefined : group.pods[partition % Math.min(group.pods.length, group.partitions)];
      const client = `${groupId(group)}-${(partition % Math.max(1, group.pods.length)) + 1}`;
      return {
        partition, end, committed: poison === undefined ? Math.max(0, Math.round(end - lag)) : poison.offset,
        consumer: pod === undefined ? null : { id: `${client}-${pod.uid}`.slice(0, client.length + 37), address: `/${addressOf(pod)}`, client },
      };
    });
  }

  /** Partitions of a topic that hold a message which nobody can read and which is not behind their group. */
  blocked(topic: string): Poison[] {
    return this.poisons.filter((poison) => poison.topic === topic && poison.partition < this.partitionsOf(topic));
  }

  /** A message that cannot be read is at the head of so many partitions. */
  poison(topic: string, partitions: number, nowMs: SimMs): Poison[] {
    const added = Array.from({ length: Math.min(partitions, this.partitionsOf(topic)) }, (_, nth): Poison => ({ topic, partition: nth, offset: this.endOf(topic, nth), atMs: nowMs, bytes: '{"order_ref": "8f21c0", "lines": [{"sku": "A-1' }));
    this.poisons.push(...added);
    this.#tellReaders();
    return added;
  }

  forget(poisons: readonly Poison[]): void {
    for (const poison of poisons) {
      const at = this.poisons.indexOf(poison);
      if (at !== -1) this.poisons.splice(at, 1);
    }
    this.#tellReaders();
  }

  /** Who reads a topic meets what cannot be read. */
  #tellReaders(): void {
    for (const group of this.groups()) group.unreadable = this.blocked(topicOf(group));
  }

  /** Moves a group to other offsets: what lies before them is not read. */
  move(group: TopicFlow, partition: number, from: PartitionState, to: number): void {
    const topic = topicOf(group);
    const poison = this.blocked(topic).find((one) => one.partition === partition);
    const skipped = to - from.committed;
    if (poison !== undefined && to > poison.offset) {
      const share = group.blockedLag / Math.max(1, this.blocked(topic).length);
      this.forget([poison]);
      group.blockedLag = Math.max(0, group.blockedLag - share);
      group.lag = Math.max(0, group.lag + share - skipped);
    } else if (poison === undefined) group.lag = Math.max(0, group.lag - skipped);
  }

  /** What it does by itself: messages that are older than their topic keeps them are gone. */
  tend(nowMs: SimMs): void {
    for (const group of this.groups()) {
      const said = this.topicConfigs.get(topicOf(group))?.get('retention.ms');
      group.retentionMs = said === undefined || Number(said) < 0 ? group.spec.retentionMs : Number(said);
      this.forget(this.poisons.filter((poison) => poison.topic === topicOf(group) && nowMs - poison.atMs > group.retentionMs));
    }
  }

  /** Messages a second that a producer gets rid of under its quota. */
  rateOf({ clientId, perS, bytesEach }: Producer): number {
    const quota = this.quotas.get(clientId)?.get('producer_byte_rate') ?? this.quotas.get('<default>')?.get('producer_byte_rate');
    return quota === undefined ? perS : Math.min(perS, Number(quota) / bytesEach);
  }

  wanted(): Wanted[] {
    const byTopic = new Map<string, number>();
    for (const producer of this.producers) byTopic.set(producer.topic, (byTopic.get(producer.topic) ?? 0) + this.rateOf(producer));
    const floods = [...byTopic].flatMap(([topic, amount]): Wanted[] => (amount > 0 ? [{ lever: 'messages', target: `${this.key}/${topic}`, amount }] : []));
    const held = [...new Set(this.poisons.map(({ topic }) => topic))].map((topic): Wanted => ({ lever: 'poison', target: `${this.key}/${topic}`, amount: this.blocked(topic).length }));
    return [...floods, ...held];
  }

  lines(): string[] {
    return [...this.poisons.map(({ topic, partition }) => `${this.key} cannot read ${topic}-${partition}`), ...[...this.producers].map(({ clientId, topic, perS }) => `${this.key} ${clientId} produces ${perS} to ${topic}`)];
  }
}

/** Messages that were there before anybody counted. */
const KEPT_OFFSETS = 184_211;

export function topicOf({ key }: TopicFlow): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** The name of a group of consumers: that of their program. */
export function groupId({ group }: TopicFlow): string {
  return group.slice(group.lastIndexOf('/') + 1);
}
