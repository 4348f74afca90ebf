import type { ConsumerSpec } from '../spec.ts';
import { serviceKey } from './addresses.ts';
import type { Conditions } from './conditions.ts';
import type { Layout, PodFlow, RouteFlow, ServiceRoute } from './graph.ts';
import { cpuFactorOf } from './pod-flow.ts';
import type { Places } from './places.ts';

/** A message at the head of a partition that its readers cannot make anything of. */
interface Unreadable {
  readonly partition: number;
  readonly offset: number;
}

/** A topic of a broker as one group of consumers finds it. */
export interface TopicFlow {
  /** `namespace/broker/topic`, and the workload's image and namespace that consume it. */
  readonly key: string;
  readonly group: string;
  readonly spec: ConsumerSpec;
  /** The broker's route of the topic: what is asked of it is what is produced. */
  readonly produced: ServiceRoute;
  /** The group's pods, and those of them that have a partition. */
  pods: PodFlow[];
  /** Messages that wait in partitions that move, and in those that a message nobody can read holds up. */
  lag: number;
  blockedLag: number;
  /** Messages a second in and out, in the last tick. */
  inPerS: number;
  outPerS: number;
  /** How many partitions it has now, and how long it keeps what waits. */
  partitions: number;
  retentionMs: number;
  /** Messages produced, in all. */
  producedInAll: number;
  /** Messages that ended unread, in all. */
  expired: number;
  blockedPartitions: number;
  /** What holds partitions up, as its broker has it. */
  unreadable: readonly Unreadable[];
  /** While the group shares its partitions out anew, nobody reads. */
  rebalancingMs: number;
}

/** Brokers: what is produced waits in partitions until consumers have room for it. Cheap where nothing consumes. */
export class Topics {
  readonly groups = new Map<string, TopicFlow>();
  readonly #conditions: Conditions;

  constructor(conditions: Conditions) {
    this.#conditions = conditions;
  }

  /** Finds the groups' pods. To be called when the layout changed. */
  refresh(layout: Layout, places: Places): void {
    const members = new Map<string, PodFlow[]>();
    for (const pod of layout.pods) {
      for (const spec of pod.variant.program.consumes ?? []) {
        const broker = serviceKey(spec.from, pod.namespace);
        const id = `${broker}/${spec.topic} ${pod.namespace}/${pod.variant.repository}`;
        if (!this.groups.has(id)) this.groups.set(id, group(id, broker, spec, places));
        members.set(id, [...(members.get(id) ?? []), pod]);
      }
    }
    for (const [id, topic] of this.groups) {
      const pods = members.get(id) ?? [];
      const same = pods.length === topic.pods.length && pods.every((pod, nth) => pod === topic.pods[nth]);
      if (!same && topic.pods.length > 0) topic.rebalancingMs = topic.spec.rebalanceMs;
      topic.pods = pods;
    }
  }

  /** Takes in what was produced and hands out what the consumers can take. Called after the pods' arrivals were cleared. */
  deliver(tickMs: number): void {
    for (const topic of this.groups.values()) this.#step(topic, tickMs);
  }

  #step(topic: TopicFlow, tickMs: number): void {
    const { partitions, produced } = topic;
    const seconds = tickMs / 1000;
    topic.inPerS = produced.ratePerS * (1 - produced.failShare) + this.#conditions.sum('messages', topic.key);
    topic.producedInAll += topic.inPerS * seconds;
    const blocked = Math.min(partitions, this.#conditions.sum('poison', topic.key));
    // A partition that moves again brings back what it held up.
    if (blocked < topic.blockedPartitions) {
      const freed = topic.blockedLag * (1 - blocked / topic.blockedPartitions);
      topic.blockedLag -= freed;
      topic.lag += freed;
    }
    topic.blockedPartitions = blocked;
    const held = (topic.inPerS * seconds * blocked) / partitions;
    topic.blockedLag += held;
    topic.lag += topic.inPerS * seconds - held;
    expire(topic);
    topic.outPerS = hand(topic, tickMs) / seconds;
  }
}

function group(id: string, broker: string, spec: ConsumerSpec, places: Places): TopicFlow {
  return {
    key: `${broker}/${spec.topic}`, group: id, spec, produced: places.route(broker, spec.topic),
    pods: [], lag: 0, blockedLag: 0, inPerS: 0, outPerS: 0, partitions: spec.partitions, retentionMs: spec.retentionMs, producedInAll: 0, expired: 0, blockedPartitions: 0, unreadable: [], rebalancingMs: 0,
  };
}

/** What waits longer than the topic keeps it is gone. */
function expire(topic: TopicFlow): void {
  const { retentionMs, inPerS } = topic;
  const most = inPerS * (retentionMs / 1000);
  if (inPerS <= 0 || topic.lag + topic.blockedLag <= most) return;
  const keep = most / (topic.lag + topic.blockedLag);
  topic.expired += (topic.lag + topic.blockedLag) * (1 - keep);
  topic.lag *= keep;
  topic.blockedLag *= keep;
}

/** Hands messages to the pods that have a partition, each partition's one after the other; returns how many are done with. */
function hand(topic: TopicFlow, tickMs: number): number {
  const { spec, pods } = topic;
  if (topic.rebalancingMs > 0) {
    topic.rebalancingMs -= tickMs;
    return 0;
  }
  const moving = topic.partitions - topic.blockedPartitions;
  const active = Math.min(pods.length, moving);
  let done = 0;
  for (let nth = 0; nth < active; nth++) {
    const pod = pods[nth] as PodFlow;
    const at = pod.variant.routeIndex.get(spec.route) ?? -1;
    const route = pod.variant.routes[at];
    if (route === undefined) continue;
    const read = partitionsOf(moving, active, nth);
    const most = Math.min(read, pod.threads.places) * tickMs / aloneMs(pod, at, route, read);
    const given = Math.min((topic.lag * read) / moving, most);
    pod.arriving[at] = (pod.arriving[at] as number) + given;
    // Who fails at a message reads it again.
    done += given * (1 - route.failShare) * (1 - pod.hardship.errors);
  }
  topic.lag = Math.max(0, topic.lag - done);
  return done;
}

/** How many partitions that move the nth of the pods reads. */
function partitionsOf(moving: number, active: number, nth: number): number {
  const whole = Math.floor(moving / active);
  return whole + (nth < moving - whole * active ? 1 : 0);
}

/** How long a message takes where the messages of the other partitions that a pod reads are all that it shares its cores with, in ms. */
function aloneMs(pod: PodFlow, at: number, route: RouteFlow, read: number): number {
  const cpuMs = route.cpuMs * cpuFactorOf(pod);
  const elsewhereMs = Math.max(0, (pod.holdMs[at] as number) - cpuMs * pod.stretch);
  return Math.max(0.1, cpuMs * pod.pace + elsewhereMs, (cpuMs * read) / (pod.cores * pod.given));
}
