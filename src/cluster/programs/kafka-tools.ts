import type { Destination } from '../containers/network.ts';
import { groupId, type KafkaServer, type PartitionState, type Producer, topicOf } from '../data/kafka/server.ts';
import type { Call, Program } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { bytesOfText, writeOut } from '../shell/streams.ts';
import { type Arguments, argumentsOf, wrongNumber } from './kafka-arguments.ts';

type Listener = Extract<Destination, { to: 'listener' }>;

/** What a tool does once it has reached its broker. */
type Tool = (call: Call, args: Arguments, kafka: KafkaServer, to: Listener) => Steps;

const TOOLS: Readonly<Record<string, Tool>> = {
  'kafka-topics': topics, 'kafka-consumer-groups': groups, 'kafka-configs': configs, 'kafka-console-consumer': consume, 'kafka-producer-perf-test': produce, 'kafka-get-offsets': offsets,
};

/** The scripts of Apache Kafka, with and without the ending that some images leave off. */
export const KAFKA_COMMANDS: Readonly<Record<string, Program>> = Object.fromEntries(Object.entries(TOOLS).flatMap(([name, tool]) => [[name, reaching(name, tool)], [`${name}.sh`, reaching(name, tool)]]));

function reaching(name: string, tool: Tool): Program {
  return function* (call) {
    const args = argumentsOf(call.args);
    const server = args.value('bootstrap-server') ?? args.value('broker-list') ?? args.value('producer-props', 'bootstrap.servers');
    if (server === undefined) {
      call.io.stderr.write(`Missing required argument "[${name === 'kafka-producer-perf-test' ? 'producer-props' : 'bootstrap-server'}]"\n`);
      return 1;
    }
    const [, host = '', port = '9092'] = /^([^:,]+)(?::(\d+))?/.exec(server) ?? [];
    // A virtual machine of Java has to start first.
    yield* sleep(call.task, 1_200);
    const wrong = wrongNumber(args);
    if (wrong !== null) return yield* complain(call, wrong);
    const to = call.machine.connect(host, Number(port));
    if (to.to !== 'listener') {
      const why = to.to === 'nowhere' ? `WARN Couldn't resolve server ${server} from bootstrap.servers as DNS resolution failed for ${host} (org.apache.kafka.clients.ClientUtils)\n` : `WARN [AdminClient clientId=adminclient-1] Connection to node -1 (${host}/${to.ip}:${port}) could not be established. Node may not be available. (org.apache.kafka.clients.NetworkClient)\n`;
      call.io.stderr.write(why);
      yield* sleep(call.task, to.to === 'nowhere' ? 0 : 60_000);
      call.io.stderr.write(to.to === 'nowhere' ? 'Exception in thread "main" org.apache.kafka.common.KafkaException: Failed to create new KafkaAdminClient\n' : 'Error: Timed out waiting for a node assignment. Call: listTopics\n');
      return 1;
    }
    return yield* tool(call, args, call.machine.data.kafka(to), to);
  };
}

function* say(call: Call, lines: readonly string[]): Steps {
  yield* writeOut(call.task, call.io.stdout, bytesOfText(lines.map((line) => `${line}\n`).join('')));
  return 0;
}

function* complain(call: Call, words: string): Steps {
  yield 1;
  call.io.stderr.write(`${words}\n`);
  return 1;
}

const missing = (topic: string): string => `Error while executing topic command : Topic '${topic}' does not exist as expected`;

function* topics(call: Call, args: Arguments, kafka: KafkaServer): Steps {
  const topic = args.value('topic');
  if (args.has('list')) return yield* say(call, ['__consumer_offsets', ...kafka.topics()]);
  if (topic !== undefined && !kafka.topics().includes(topic)) return yield* complain(call, missing(topic));
  const chosen = topic === undefined ? kafka.topics() : [topic];
  if (args.has('describe')) {
    return yield* say(call, chosen.flatMap((name) => {
      const set = [...(kafka.topicConfigs.get(name) ?? [])].map(([key, value]) => `${key}=${value}`).join(',');
      const partitions = kafka.partitionsOf(name);
      return [`Topic: ${name}\tTopicId: ${topicId(name)}\tPartitionCount: ${partitions}\tReplicationFactor: 1\tConfigs: ${set}`, ...Array.from({ length: partitions }, (_, nth) => `\tTopic: ${name}\tPartition: ${nth}\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: \tLastKnownElr: `)];
    }));
  }
  const partitions = Number(args.value('partitions'));
  if (args.has('alter') && topic !== undefined && partitions > 0) {
    const now = kafka.partitionsOf(topic);
    if (partitions <= now) return yield* complain(call, `Error while executing topic command : The topic ${topic} currently has ${now} partition(s); ${partitions} would not be an increase.`);
    for (const group of kafka.groups()) if (topicOf(group) === topic) group.partitions = Math.min(partitions, 1_000);
    return 0;
  }
  return yield* complain(call, 'Command must include exactly one action: --list, --describe, --create, --alter or --delete');
}

function topicId(name: string): string {
  let sum = 17;
  for (let at = 0; at < name.length; at++) sum = (sum * 131 + name.charCodeAt(at)) % 4_294_967_296;
  return `${sum.toString(36).padStart(7, 'Q')}kR2aYx8v${name.length}wA`.slice(0, 22).padEnd(22, 'A');
}

const addressOf = (call: Call) => (pod: { readonly namespace: string; readonly name: string }): string => call.machine.data.addressOf(pod) ?? '127.0.0.1';

function* groups(call: Call, args: Arguments, kafka: KafkaServer): Steps {
  const all = kafka.groups();
  if (args.has('list')) return yield* say(call, [...new Set(all.map(groupId))]);
  const id = args.value('group');
  const chosen = all.filter((group) => args.has('all-groups') || groupId(group) === id);
  if (chosen.length === 0) return id === undefined ? yield* complain(call, 'Missing required argument "[group]"') : yield* complain(call, `\nError: Consumer group '${id}' does not exist.`);
  if (args.has('reset-offsets')) return yield* reset(call, args, kafka, chosen);
  if (!args.has('describe')) return yield* complain(call, 'Command must include exactly one action: [list], [describe], [delete], [reset-offsets], [delete-offsets]');
  if (args.has('state')) return yield* say(call, ['', ...table([['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', '#MEMBERS'], ...chosen.map((group) => [groupId(group), 'kafka-0:9092 (1)', 'range', stateOf(group), String(group.pods.length)])])]);
  const rows = chosen.flatMap((group) => kafka.states(group, addressOf(call)).map(({ partition, committed, end, consumer }) => [groupId(group), topicOf(group), String(partition), String(committed), String(end), String(end - committed), consumer?.id ?? '-', consumer?.address ?? '-', consumer?.client ?? '-']));
  const idle = chosen.filter(({ pods }) => pods.length === 0).map((group) => `\nConsumer group '${groupId(group)}' has no active members.`);
  if (args.has('members')) return yield* say(call, ['', ...table([['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS'], ...memberRows(rows)])]);
  return yield* say(call, [...idle, '', ...table([['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET', 'LOG-END-OFFSET', 'LAG', 'CONSUMER-ID', 'HOST', 'CLIENT-ID'], ...rows])]);
}

function memberRows(rows: readonly (readonly string[])[]): string[][] {
  const byMember = new Map<string, string[]>();
  for (const [group = '', , , , , , id = '', host = '', client = ''] of rows) {
    const known = byMember.get(id);
    if (id !== '-') byMember.set(id, [group, id, host, client, String(Number(known?.[4] ?? 0) + 1)]);
  }
  return [...byMember.values()];
}

function stateOf({ pods, rebalancingMs }: { readonly pods: readonly unknown[]; readonly rebalancingMs: number }): string {
  return pods.length === 0 ? 'Empty' : rebalancingMs > 0 ? 'PreparingRebalance' : 'Stable';
}

/** Columns as wide as their widest cell, as the tool pads them. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, nth) => Math.max(15, ...rows.map((row) => (row[nth] ?? '').length)));
  return rows.map((row) => row.map((cell, nth) => cell.padEnd(widths[nth] ?? 0)).join(' ').trimEnd());
}

function* reset(call: Call, args: Arguments, kafka: KafkaServer, chosen: ReturnType<KafkaServer['groups']>): Steps {
  const [topic, only] = (args.value('topic') ?? '').split(':');
  if (topic === '' && !args.has('all-topics')) return yield* complain(call, 'Option "[reset-offsets]" takes the option: [all-topics, topic]');
  const wanted = only === undefined ? null : only.split(',').map(Number);
  const rows: string[][] = [];
  for (const group of chosen) {
    if (!args.has('all-topics') && topicOf(group) !== topic) continue;
    const state = stateOf(group);
    if (state !== 'Empty') return yield* complain(call, `\nError: Assignments can only be reset if the group '${groupId(group)}' is inactive, but the current state is ${state}.`);
    for (const partition of kafka.states(group, addressOf(call))) {
      if (wanted !== null && !wanted.includes(partition.partition)) continue;
      const to = target(args, partition);
      if (to === null) return yield* complain(call, 'Option "[reset-offsets]" takes one of these options: [to-offset], [shift-by], [to-earliest], [to-latest], [to-current], [to-datetime], [by-duration], [from-file]');
      if (args.has('execute')) kafka.move(group, partition.partition, partition, to);
      rows.push([groupId(group), topicOf(group), String(partition.partition), String(to)]);
    }
  }
  if (!args.has('execute') && !args.has('export')) call.io.stderr.write('WARN: No action will be performed as the --execute option is missing. In a future major release, the default behavior of this command will be to prompt the user before executing the reset rather than doing a dry run.\n');
  if (args.has('execute')) call.machine.data.settle();
  return yield* say(call, ['', ...table([['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows])]);
}

/** The offset that is asked for, inside of what there is; null where nothing is asked. */
function target(args: Arguments, { committed, end }: PartitionState): number | null {
  const within = (offset: number): number => Math.min(end, Math.max(0, Math.round(offset)));
  const [shift, to] = [args.value('shift-by'), args.value('to-offset')];
  if (shift !== undefined) return within(committed + Number(shift));
  if (to !== undefined) return within(Number(to));
  if (args.has('to-latest')) return end;
  if (args.has('to-earliest')) return committed;
  return args.has('to-current') ? committed : null;
}

function* configs(call: Call, args: Arguments, kafka: KafkaServer): Steps {
  const type = args.value('entity-type') ?? (args.value('topic') === undefined ? '' : 'topics');
  const name = args.value('entity-name') ?? args.value('topic') ?? (args.has('entity-default') ? '<default>' : '');
  const all = type === 'topics' ? kafka.topicConfigs : type === 'clients' ? kafka.quotas : null;
  if (all === null) return yield* complain(call, `Invalid entity type ${type}, the entity type must be one of topics, clients, users, brokers, ips, client-metrics, groups with a --bootstrap-server or --bootstrap-controller argument`);
  if (type === 'topics' && name !== '' && !kafka.topics().includes(name)) return yield* complain(call, `Error while executing config command with args '${call.args.join(' ')}'\njava.lang.IllegalArgumentException: The topic '${name}' does not exist.`);
  if (args.has('alter')) {
    const added = (args.value('add-config') ?? '').split(',').flatMap((pair) => (pair.includes('=') ? [[pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()] as const] : []));
    const wrong = added.find(([key, value]) => (type === 'clients' || /\.(?:ms|bytes)$/.test(key)) && !/^[+-]?\d+(?:\.\d+)?$/.test(value));
    if (wrong !== undefined) {
      const [key, value] = wrong;
      return yield* complain(call, `Error while executing config command with args '${call.args.join(' ')}'\n${type === 'clients' ? `java.lang.IllegalArgumentException: Cannot parse quota configuration value for ${key}: ${value}` : `java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.InvalidConfigurationException: Invalid value ${value} for configuration ${key}: Not a number of type LONG`}`);
    }
    const set = all.get(name) ?? new Map<string, string>();
    all.set(name, set);
    for (const [key, value] of added) set.set(key, value);
    for (const key of (args.value('delete-config') ?? '').split(',')) set.delete(key);
    call.machine.data.tend();
    return yield* say(call, [`Completed updating config for ${type === 'topics' ? 'topic' : 'client'} ${name}.`]);
  }
  const names = name === '' ? [...(type === 'topics' ? kafka.topics() : all.keys())] : [name];
  return yield* say(call, names.flatMap((one) => (type === 'topics' ? [`Dynamic configs for topic ${one} are:`, ...[...(all.get(one) ?? [])].map(([key, value]) => `  ${key}=${value} sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:${key}=${value}}`)] : [`Quota configs for client-id '${one}' are ${[...(all.get(one) ?? [])].map(([key, value]) => `${key}=${value}`).join(', ')}`])));
}

function* offsets(call: Call, args: Arguments, kafka: KafkaServer): Steps {
  const topic = args.value('topic');
  return yield* say(call, kafka.topics().filter((name) => topic === undefined || name === topic).flatMap((name) => Array.from({ length: kafka.partitionsOf(name) }, (_, nth) => `${name}:${nth}:${kafka.endOf(name, nth)}`)));
}

/** Shows messages: those of a partition from an offset on, or what comes now. */
function* consume(call: Call, args: Arguments, kafka: KafkaServer): Steps {
  const topic = args.value('topic') ?? '';
  if (!kafka.topics().includes(topic)) return yield* complain(call, `WARN [Consumer clientId=console-consumer, groupId=console-consumer-71204] Error while fetching metadata with correlation id 2 : {${topic}=UNKNOWN_TOPIC_OR_PARTITION} (org.apache.kafka.clients.NetworkClient)`);
  const most = Math.min(200, Math.max(0, Number(args.value('max-messages') ?? 10)));
  const partition = Number(args.value('partition') ?? 0);
  const end = kafka.endOf(topic, partition);
  const asked = args.value('offset');
  if (asked !== undefined && !/^(?:earliest|latest|\d{1,15})$/.test(asked)) return yield* complain(call, `The provided offset value '${asked}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`);
  const from = asked === undefined || asked === 'latest' ? end : asked === 'earliest' ? end - 10_000 : Number(asked);
  const producers = [...kafka.producers].filter((producer) => producer.topic === topic);
  const lines = Array.from({ length: most }, (_, nth) => {
    const offset = from + nth;
    const poison = kafka.poisons.find((one) => one.topic === topic && one.partition === partition && one.offset === offset);
    const foreign = producers.length > 0 && nth % 8 !== 0 ? producers[nth % producers.length] : undefined;
    const headers = args.property('print.headers') ? `${foreign === undefined ? 'client.id:storefront' : `client.id:${foreign.clientId}`}\t` : '';
    return `${args.property('print.partition') ? `Partition:${partition}\t` : ''}${args.property('print.offset') ? `Offset:${offset}\t` : ''}${headers}${poison?.bytes ?? (foreign === undefined ? `{"order_ref": "${(offset * 7_919).toString(16)}", "lines": [{"sku": "A-${offset % 900}", "count": ${(offset % 3) + 1}}]}` : 'SSXVNJHPDQDXVCRASTVYBCWVMGNYKRXVZXKGXTSPSJDGYLUEGQFLAQLOCFLJBEPO')}`;
  });
  // What is not written yet is waited for.
  if (asked === undefined || asked === 'latest') yield* sleep(call.task, 2_000);
  yield* writeOut(call.task, call.io.stdout, bytesOfText(lines.map((line) => `${line}\n`).join('')));
  call.io.stderr.write(`Processed a total of ${most} messages\n`);
  return 0;
}

/** Produces until it is ended or has sent what it was to send: what it sends, the broker really gets. */
function* produce(call: Call, args: Arguments, kafka: KafkaServer): Steps {
  const records = Number(args.value('num-records') ?? 0) || Infinity;
  const rate = Number(args.value('throughput') ?? -1);
  const producer: Producer = { clientId: args.value('producer-props', 'client.id') ?? 'perf-producer-client', topic: args.value('topic') ?? '', perS: rate > 0 ? rate : 20_000, bytesEach: Number(args.value('record-size') ?? 1_000), address: call.machine.podIp };
  kafka.producers.add(producer);
  call.machine.data.settle();
  try {
    for (let sent = 0; sent < records; ) {
      yield* sleep(call.task, 5_000);
      const perS = kafka.rateOf(producer);
      sent += perS * 5;
      call.io.stdout.write(`${Math.round(perS * 5)} records sent, ${perS.toFixed(1)} records/sec (${((perS * producer.bytesEach) / 1_048_576).toFixed(2)} MB/sec), 1.${1 + (Math.round(sent) % 8)} ms avg latency, ${8 + (Math.round(sent) % 23)}.0 ms max latency.\n`);
    }
  } finally {
    kafka.producers.delete(producer);
    call.machine.data.settle();
  }
  return 0;
}
