import type { CallSpec, ClusterSpec, Step } from '../../src/cluster/spec.ts';
import type { KubeObject } from '../../src/cluster/objects.ts';
import { Die } from '../../src/time/dice.ts';
import { node, plain, program, workload } from './a-random-shop.ts';
import { aClusterOf, advance, type Running } from './compare.ts';
import { Oracle } from './oracle.ts';
import type { Outcome } from './storms.ts';
import { worldOf } from './world.ts';

/** What happens to a shop, and is over after a while. */
export const TRIGGERS = ['load spike', 'cache flush', 'slow database', 'pods lost', 'database restarted'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * A front that calls a back with a time-out, retries and perhaps pauses, a budget or a breaker; the back has a cache before a
 * database. Something happens to it and passes. Whether the shop recovers by itself is what model and oracle have to agree on.
 */
export interface Upset {
  readonly seed: number;
  readonly trigger: Trigger;
  /** How bad it is: users, or time of statements, so many times as usual; share of the pods that are lost. */
  readonly severity: number;
  readonly lengthMs: number;
  readonly ratePerS: number;
  readonly pods: number;
  readonly cores: number;
  readonly threads: number;
  readonly workMs: number;
  readonly queryMs: number;
  readonly databaseCores: number;
  readonly hit: number;
  readonly things: number;
  readonly pool: number;
  readonly coldFactor: number;
  readonly connectMs: number;
  /** How long pods take to start. */
  readonly startMs: number;
  readonly timeoutMs: number;
  readonly call: Pick<CallSpec, 'retries' | 'backoffMs' | 'budget' | 'breaker'>;
}

export function anUpset(seed: number): Upset {
  const die = new Die(seed, 'upset');
  const [pods, cores, workMs, hit, databaseCores] = [1 + die.roll(3), 1 + die.roll(3), 8 + die.roll(20), die.between(0.5, 0.97), 1 + die.roll(4)];
  const timeoutMs = 250 + die.roll(1_250);
  const ratePerS = (die.between(0.3, 0.85) * pods * cores * 1_000) / workMs;
  const trigger = TRIGGERS[seed % TRIGGERS.length] as Trigger;
  return {
    seed, trigger, severity: trigger === 'slow database' ? die.between(2, 20) : trigger === 'pods lost' ? die.between(0.3, 1) : die.between(1.2, 8), lengthMs: Math.round(die.between(5_000, 40_000)),
    ratePerS, pods, cores, workMs, hit, databaseCores, threads: 16 + die.roll(49), pool: 4 + die.roll(17),
    // In peace a statement is done long before the front gives up.
    queryMs: Math.min(timeoutMs / 4, (die.between(0.1, 0.8) * databaseCores * 1_000) / (ratePerS * (1 - hit))), things: 200 + die.roll(1_800),
    coldFactor: 1 + die.roll(5), connectMs: die.roll(2) === 0 ? 0 : 10 + die.roll(90), startMs: 2_000 + die.roll(20_000), timeoutMs, call: callOf(die),
  };
}

function callOf(die: Die): Upset['call'] {
  return {
    retries: plain(1 + die.roll(4)), ...(die.roll(2) === 0 ? { backoffMs: plain(20 + die.roll(400)) } : {}),
    ...(die.roll(4) === 0 ? { budget: 0.1 + die.roll(4) / 10 } : {}), ...(die.roll(4) === 0 ? { breaker: { failures: 0.5, openMs: plain(2_000 + die.roll(8_000)) } } : {}),
  };
}

/** The shop of an upset with so much more or less load, and a trigger that is so much more or less severe. */
function changed(upset: Upset, load: number, severity: number): Upset {
  return { ...upset, ratePerS: upset.ratePerS * load, severity: upset.severity * severity, lengthMs: Math.round(upset.lengthMs * severity) };
}

/** A point lies in the boundary band where a tenth more or less of load, or of the trigger, has another outcome by the model. */
export const BAND = 0.1;

export function isInBand(upset: Upset, outcome: Outcome): boolean {
  return [[1 - BAND, 1], [1 + BAND, 1], [1, 1 - BAND], [1, 1 + BAND]].some(([load, severity]) => byModel(changed(upset, load as number, severity as number)).outcome !== outcome);
}

const CALM_MS = 60_000;
const AFTER_MS = 150_000;
const LOOK_MS = 30_000;
const STEP_MS = 500;

/** What the model says, and when pods came and went in it: that much the oracle is told. */
export interface ModelledUpset {
  readonly outcome: Outcome;
  readonly comings: readonly { readonly atMs: number; readonly service: string; readonly pods: number }[];
}

export function byModel(upset: Upset): ModelledUpset {
  const running = aClusterOf(specOf(upset));
  const { cluster, agenda } = running;
  advance(agenda, CALM_MS);
  const end = begin(running, upset);
  const service = upset.trigger === 'pods lost' ? 'default/back' : 'default/db';
  const comings: { atMs: number; service: string; pods: number }[] = [];
  let pods = cluster.traffic.places.service(service).pods.length;
  let failed = 0;
  let looks = 0;
  const { lookMs, untilMs } = timesOf(upset);
  for (let atMs = CALM_MS; atMs <= untilMs; atMs += STEP_MS) {
    if (atMs >= CALM_MS + upset.lengthMs) end();
    advance(agenda, atMs);
    const now = cluster.traffic.places.service(service).pods.length;
    if (now !== pods) comings.push({ atMs, service, pods: now });
    pods = now;
    if (atMs < lookMs) continue;
    failed += cluster.traffic.places.route('default/front', 'default').failShare;
    looks++;
  }
  return { outcome: failed / looks > 0.5 ? 'stays stuck' : 'recovers', comings };
}

export function byOracle(upset: Upset, { comings }: ModelledUpset): Outcome {
  const { cluster, agenda } = aClusterOf(specOf(upset));
  advance(agenda, 30_000);
  const world = worldOf(cluster);
  let statements = 1;
  const oracle = new Oracle({ ...world, statementFactor: () => statements }, { seed: upset.seed });
  const { queue } = oracle;
  const lost = new Map([...world.services].map(([key, pods]) => [key, pods[0]]));
  const there = new Map([...world.services].map(([key, pods]) => [key, pods.length]));
  queue.run(CALM_MS);
  if (upset.trigger === 'load spike') oracle.loadFactor = upset.severity;
  if (upset.trigger === 'slow database') statements = upset.severity;
  if (upset.trigger === 'cache flush') oracle.shelf('default/store').flush();
  queue.in(upset.lengthMs, () => {
    oracle.loadFactor = 1;
    statements = 1;
  });
  for (const { atMs, service, pods } of comings) {
    queue.in(Math.max(0, atMs - queue.nowMs), () => {
      const more = pods - (there.get(service) ?? 0);
      there.set(service, pods);
      if (more < 0) oracle.lose(service, -more);
      const pod = lost.get(service);
      if (pod !== undefined) for (let nth = 0; nth < more; nth++) oracle.join(service, pod);
    });
  }
  const { lookMs, untilMs } = timesOf(upset);
  queue.run(lookMs);
  oracle.forget();
  queue.run(untilMs);
  const ended = oracle.latencies.get('default/front/default')?.length ?? 0;
  return ended === 0 || (oracle.failures.get('default/front/default') ?? 0) / ended > 0.5 ? 'stays stuck' : 'recovers';
}

function timesOf({ lengthMs }: Upset): { readonly lookMs: number; readonly untilMs: number } {
  const lookMs = CALM_MS + lengthMs + AFTER_MS;
  return { lookMs, untilMs: lookMs + LOOK_MS };
}

/** Lets happen in the model what happens; returns what ends it. */
function begin({ cluster }: Running, { trigger, severity, pods }: Upset): () => void {
  const { conditions } = cluster.traffic;
  switch (trigger) {
    case 'load spike':
      return conditions.adjust('load', 'default/front', severity);
    case 'slow database':
      return conditions.adjust('query-factor', 'default/db', severity);
    case 'cache flush':
      conditions.adjust('cache-loss', 'default/store', 1)();
      return () => undefined;
    case 'pods lost':
      removePods({ cluster }, 'back', Math.max(1, Math.round(pods * Math.min(1, severity))));
      return () => undefined;
    case 'database restarted':
      removePods({ cluster }, 'db', 1);
      return () => undefined;
  }
}

function removePods({ cluster }: Pick<Running, 'cluster'>, app: string, count: number): void {
  const names = cluster.traffic.flow.layout.pods.flatMap(({ name, workload: of }) => (of === app ? [name] : [])).slice(0, count);
  for (const name of names) cluster.api.delete({ kind: 'Pod', namespace: 'default', name }, { gracePeriodSeconds: 0 });
}

function specOf({ seed, ratePerS, pods, cores, threads, workMs, queryMs, databaseCores, hit, things, pool, coldFactor, connectMs, startMs, timeoutMs, call }: Upset): ClusterSpec {
  const miss: Step[] = [{ do: 'transaction', on: 'db', pool: plain(pool), acquireTimeoutMs: plain(1_000), steps: [{ do: 'query', ms: queryMs, lock: null }] }];
  return {
    name: `upset-${seed}`,
    objects: [node(1), node(2), node(3), ...workload('front', 2, 16), ...probed(workload('back', pods, cores)), ...workload('store', 1, 2), ...probed(workload('db', 1, databaseCores))],
    traffic: {
      load: [{ service: 'default/front', route: 'default', ratePerS, noise: 0, patienceMs: 1e9, retries: 0 }],
      programs: {
        'example/front': program('service', 4_096, { default: [{ do: 'cpu', ms: 0.2 }, { do: 'call', call: { to: 'back', route: 'default', times: 1, timeoutMs: plain(timeoutMs), onFailure: 'fail', ...call } }] }),
        'example/back': { ...program('service', threads, { default: [{ do: 'cpu', ms: workMs }, { do: 'cached', on: 'store', hit, ms: 1, miss }] }), startMs },
        'example/store': { ...program('cache', 256, {}), cold: { factor: 1, requests: things } },
        'example/db': { ...program('database', 64, {}), cold: { factor: coldFactor, requests: 500 }, startMs, ...(connectMs > 0 ? { connectMs } : {}) },
      },
      externals: {}, alerts: [],
    },
  };
}

/** Pods that are asked each second whether they are ready. */
function probed(objects: KubeObject[]): KubeObject[] {
  const text = JSON.stringify(objects).replaceAll('"resources":', '"readinessProbe":{"httpGet":{"path":"/","port":80},"periodSeconds":1},"resources":');
  return JSON.parse(text) as KubeObject[];
}
