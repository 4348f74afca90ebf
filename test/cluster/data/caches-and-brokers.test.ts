import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawText, shownText } from '../../../src/cluster/data/redis/reply.ts';
import { RedisSession } from '../../../src/cluster/data/redis/session.ts';
import { LabServer } from './a-lab-server.ts';

test('a cache that was given a password lets in again who shows it, and only them', () => {
  const lab = new LabServer('10s');
  lab.begin('cache-refuses', 'shop/redis');
  lab.until('2m');
  expect(lab.redis('ping')).toBe('NOAUTH Authentication required.\n');
  expect(lab.types('kubectl -n shop logs deploy/catalog --tail 30')).toContain('NOAUTH Authentication required.');
  const password = lab.types("kubectl -n shop get deploy redis -o jsonpath='{.spec.template.spec.containers[0].env[?(@.name==\"REDIS_PASSWORD\")].value}'");
  expect(lab.redis(`-a ${password} --no-auth-warning ping`)).toBe('PONG');
  lab.types(`kubectl -n shop set env deploy/catalog REDIS_URL=redis://:${password}@redis.shop:6379`);
  lab.until('9m');
  expect(lab.redis(`-a ${password} --no-auth-warning client list`).split('\n').filter((line) => line.includes('cmd=auth')).length).toBe(8);
  lab.redis(`-a ${password} --no-auth-warning config set requirepass ''`);
  lab.until('12m');
  expect(lab.metric('cache.hit', 'shop/redis')).toBeGreaterThan(0.9);
});

test('a password that is set by hand is asked of those who connect from then on', () => {
  const lab = new LabServer('10s');
  expect(lab.redis('config set requirepass hunter2')).toBe('OK');
  lab.until('2m');
  expect(lab.redis('ping')).toBe('NOAUTH Authentication required.\n');
  expect(lab.metric('cache.hit', 'shop/redis')).toBeGreaterThan(0.9);
  lab.types('kubectl -n shop rollout restart deploy/catalog');
  lab.until('6m');
  expect(lab.types('kubectl -n shop logs deploy/catalog --tail 30')).toContain('NOAUTH Authentication required.');
});

test('a cache with too little memory evicts; more memory cures it until its next start', () => {
  const lab = new LabServer('10s');
  lab.begin('cache-cold', 'shop/redis', { factor: 0.2 });
  lab.until('6m');
  const info = lab.redis('info');
  const number = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]);
  expect(number('evicted_keys')).toBeGreaterThan(100);
  expect(number('used_memory') / number('maxmemory')).toBeGreaterThan(0.9);
  expect(lab.metric('cache.hit', 'shop/redis')).toBeLessThan(0.3);
  lab.redis('config set maxmemory 1gb');
  lab.until('10m');
  expect(lab.metric('cache.hit', 'shop/redis')).toBeGreaterThan(0.9);
  lab.types('kubectl -n shop rollout restart deploy/redis');
  lab.until('18m');
  expect(lab.metric('cache.hit', 'shop/redis')).toBeLessThan(0.3);
});

test('whoever empties a cache feels it, and is found in its statistics', () => {
  const lab = new LabServer();
  expect(lab.redis('info commandstats')).not.toContain('flushall');
  const before = Number(lab.redis('dbsize'));
  lab.redis('flushall');
  expect(Number(lab.redis('dbsize'))).toBe(0);
  lab.until('75s');
  expect(lab.metric('cache.hit', 'shop/redis')).toBeLessThan(0.8);
  expect(lab.redis('info commandstats')).toContain('cmdstat_flushall:calls=1');
  const keys = Number(lab.redis('dbsize'));
  expect(keys).toBeGreaterThan(0);
  expect(keys).toBeLessThan(before / 10);
  expect(lab.redis('info keyspace')).toContain(`keys=${keys},`);
});

test('a message that nobody can read is skipped when its readers are away, as the tool demands', () => {
  const lab = new LabServer('10s');
  lab.begin('poison-message', 'shop/kafka', { topic: 'orders', partitions: 1 });
  lab.until('3m');
  const lags = (): number[] => lab.kafka('kafka-consumer-groups.sh', '--describe --group fulfilment').split('\n').filter((line) => line.startsWith('fulfilment')).map((line) => Number(line.split(/\s+/)[5]));
  expect(lags()).toEqual([expect.toSatisfy((lag: number) => lag > 200), 0, 0, 0]);
  const [offset] = lab.kafka('kafka-consumer-groups.sh', '--describe --group fulfilment').split('\n').flatMap((line) => /^fulfilment +orders +0 +(\d+)/.exec(line)?.[1] ?? []);
  expect(lab.kafka('kafka-console-consumer.sh', `--topic orders --partition 0 --offset ${offset} --max-messages 1`)).toMatch(/^\{"order_ref": "8f21c0", "lines": \[\{"sku": "A-1$/m);
  const complaints = (since: string): string[] => lab.types(`kubectl -n shop logs -l app=fulfilment --tail 200 --since ${since}`).split('\n').filter((line) => line.includes('could not decode message'));
  expect(complaints('1m').length).toSatisfy((lines: number) => lines >= 6 && lines <= 9);
  for (const line of complaints('3m')) expect(line).toContain(`handle: could not decode message, will retry: unexpected end of JSON input topic=orders partition=0 offset=${offset}`);
  const reset = '--group fulfilment --topic orders:0 --reset-offsets --shift-by 1';
  expect(lab.kafka('kafka-consumer-groups.sh', `${reset} --execute`)).toContain("Error: Assignments can only be reset if the group 'fulfilment' is inactive, but the current state is Stable.");
  lab.types('kubectl -n shop scale deploy/fulfilment --replicas=0');
  lab.until('4m');
  expect(lab.kafka('kafka-consumer-groups.sh', reset)).toContain('No action will be performed');
  expect(lab.kafka('kafka-consumer-groups.sh', `${reset} --execute`)).toMatch(/NEW-OFFSET\nfulfilment +orders +0 +\d+/);
  lab.types('kubectl -n shop scale deploy/fulfilment --replicas=2');
  lab.until('7m');
  expect(lags()).toEqual([0, 0, 0, 0]);
  expect(complaints('2m')).toEqual([]);
});

test('who floods a topic is a Job; a quota for its client slows it down', () => {
  const lab = new LabServer('10s');
  const undo = lab.begin('topic-flooded', 'shop/kafka', { topic: 'orders', perS: 900 });
  lab.until('2m');
  expect(lab.types('kubectl -n shop logs job/orders-backfill --tail 1')).toMatch(/4500 records sent, 900\.0 records\/sec/);
  expect(lab.kafka('kafka-console-consumer.sh', '--topic orders --max-messages 3 --property print.headers=true')).toContain('client.id:orders-backfill');
  lab.kafka('kafka-configs.sh', '--alter --entity-type clients --entity-name orders-backfill --add-config producer_byte_rate=9000');
  lab.until('3m');
  expect(lab.types('kubectl -n shop logs job/orders-backfill --tail 1')).toMatch(/ 10\.0 records\/sec/);
  undo();
  lab.until('5m');
  expect(lab.day.drill.cluster.data.lines().filter((line) => line.includes('produces'))).toEqual([]);
});

test('the scripts of a broker take numbers where they ask for numbers', () => {
  const lab = new LabServer('10s');
  lab.types('kubectl -n shop scale deploy/fulfilment --replicas=0');
  lab.until('1m');
  const lags = lab.kafka('kafka-consumer-groups.sh', '--describe --group fulfilment');
  expect(lab.kafka('kafka-consumer-groups.sh', '--group fulfilment --topic orders --reset-offsets --shift-by x --execute')).toBe("Cannot parse argument 'x' of option shift-by");
  expect(lab.kafka('kafka-consumer-groups.sh', '--describe --group fulfilment')).toBe(lags);
  expect(lab.kafka('kafka-console-consumer.sh', '--topic orders --max-messages x')).toBe("Cannot parse argument 'x' of option max-messages");
  expect(lab.kafka('kafka-console-consumer.sh', '--topic orders --partition 0 --offset -5')).toBe("The provided offset value '-5' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.");
  expect(lab.kafka('kafka-configs.sh', '--alter --entity-type topics --entity-name orders --add-config retention.ms=soon')).toContain('Invalid value soon for configuration retention.ms: Not a number of type LONG');
  expect(lab.kafka('kafka-configs.sh', '--alter --entity-type clients --entity-name any --add-config producer_byte_rate=fast')).toContain('Cannot parse quota configuration value for producer_byte_rate: fast');
  expect(lab.kafka('kafka-producer-perf-test.sh', '--topic orders --record-size x')).toContain("argument --record-size: could not convert 'x' to Integer");
});

test('whatever is typed at a cache is answered', () => {
  const { data } = new LabServer('10s').day.drill.cluster;
  const world = { nowMs: 10_000, unixMs: (ms: number) => ms, addressOf: () => null, startedMs: () => 0, changed: () => data.settle() };
  const word = fc.constantFrom('config', 'get', 'set', 'client', 'list', 'kill', 'acl', 'setuser', 'getuser', 'default', '>x', 'on', 'off', 'reset', 'slowlog', 'memory', 'stats', 'info', 'all', 'nope', 'maxmemory', '1mb', 'abc', '-1', 'maxmemory-policy', 'noeviction', 'requirepass', '', 'auth', 'incr', 'a', 'flushall', 'scan', '*', '__proto__', 'constructor');
  fc.assert(fc.property(fc.array(word, { maxLength: 5 }), (words) => {
    const session = new RedisSession(data.redis('shop/redis'), 7, world);
    expect(rawText(session.run(words))).toBeTypeOf('string');
    expect(shownText(session.run(words))).toBeTypeOf('string');
  }), { numRuns: 800 });
});
