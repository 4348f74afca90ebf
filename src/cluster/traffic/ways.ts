import type { Conditions, Lever } from './conditions.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { Layout, Op, PodFlow, ServiceFlow, Variant } from './graph.ts';
import type { RegionSpec } from '../spec.ts';
import type { NodeFlow } from './machines.ts';
import { refusal, shownBy } from './shown-certificate.ts';
import { regionLoss, roundTripMs } from './regions.ts';

/** What lies between a program and what it calls, over all pods of both. */
export interface Way {
  /** Added to each call: the mean in ms, and the variance in ms². */
  readonly ms: number;
  readonly variance: number;
  /** What single calls meet of it, by whom they come from and go to and whether they open a connection; none where all meet the same. */
  readonly kinds: readonly WayKind[];
  /** Share of calls that get lost: nobody answers, and the caller's time-out tells. */
  readonly loss: number;
  /** Share that fails at once, before anybody was reached. */
  readonly errors: number;
  /** Of these, what the other end refuses because it does not know the caller. */
  readonly denied: number;
  /** Statements: how many times as much work they are as described. */
  readonly factor: number;
  /** What such a failure says, as programs log it; null where nothing fails. */
  readonly says: string | null;
}

export const OPEN_WAY: Way = { ms: 0, variance: 0, kinds: [], loss: 0, errors: 0, denied: 0, factor: 1, says: null };

const LEVERS: readonly Lever[] = [
  'node-latency', 'node-loss', 'zone-latency', 'zone-loss', 'region-loss', 'way-loss', 'way-denied', 'conntrack', 'dns-latency', 'dns-errors', 'dns-missing', 'clock-skew', 'connection-churn', 'query-errors', 'query-factor', 'disk-used',
];
/** Share of calls for which a program that keeps its connections alive opens a new one, and what that costs. */
const CHURN = 0.05;
const CONNECT_MS = 1.5;

/** Calls of a way that take so long, and the share of it that they are. */
export interface WayKind {
  readonly ms: number;
  readonly share: number;
}

/** Finds the way of each step of each program. Called when objects or conditions change, not with the ticks. */
export class Ways {
  readonly #conditions: Conditions;
  readonly #regions: Readonly<Record<string, RegionSpec>>;
  /** What calls go through; null where there is none. */
  mesh: Mesh | null = null;
  #open = true;
  #nowMs = 0;

  constructor(conditions: Conditions, regions: Readonly<Record<string, RegionSpec>> = {}) {
    this.#conditions = conditions;
    this.#regions = regions;
  }

  /** `nowMs` is Unix time: certificates end by it. */
  find(layout: Layout, nowMs: number): void {
    const open = this.mesh?.acts !== true && Object.keys(this.#regions).length === 0 && !LEVERS.some((lever) => this.#conditions.moves(lever)) && !layout.pods.some(({ variant, local, certificate }) => local || variant.program.certificateUntilMs !== undefined || certificate !== null);
    if (open && this.#open) return;
    this.#open = open;
    this.#nowMs = nowMs;
    for (const variant of layout.variants) {
      const callers = open ? [] : layout.pods.filter((pod) => pod.variant === variant);
      for (const route of variant.routes) for (const op of route.ops) op.way = open ? OPEN_WAY : this.#way(variant, callers, op);
    }
  }

  #way(variant: Variant, callers: readonly PodFlow[], op: Op): Way {
    const conditions = this.#conditions;
    const service = serviceOf(op);
    const workload = callers[0]?.workloadKey ?? `${variant.namespace}/`;
    const churn = Math.min(1, CHURN + conditions.share('connection-churn', workload));
    const { times, lost } = service === null ? this.#out(callers) : this.#between(callers, service.pods);
    const kinds = opening(times, churn, conditions.sum('dns-latency', 'cluster') + (1 - CHURN / churn) * CONNECT_MS);
    let ms = 0;
    for (const kind of kinds) ms += kind.share * kind.ms;
    let variance = 0;
    for (const kind of kinds) variance += kind.share * (kind.ms - ms) * (kind.ms - ms);
    let loss = lost;
    loss = any(loss, churn * tableFull(callers, service));
    const failures: [share: number, says: string][] = [[churn * conditions.share('dns-errors', 'cluster'), `lookup ${hostOf(op)}: server misbehaving`]];
    let denied = 0;
    let factor = 1;
    if (service !== null) {
      loss = any(loss, conditions.share('way-loss', `${workload}→${service.key}`));
      if (conditions.sum('dns-missing', service.key) > 0 || conditions.sum('dns-missing', 'cluster') > 0) failures.push([1, `lookup ${hostOf(op)}: no such host`]);
      failures.push(this.#distrust(callers, service));
      if (service.local) loss = any(loss, strangers(callers, service.pods));
      const way = `${workload}→${service.key}`;
      denied = conditions.share('way-denied', way);
      failures.push([denied, conditions.words('way-denied', way) ?? 'unexpected status 403: RBAC: access denied']);
      if (this.mesh?.acts === true) {
        const verdict = this.mesh.judge(callers, service.key, service.pods, op.kind === 'call' ? op.route : '');
        if (verdict.says !== null) failures.push([verdict.share, verdict.says]);
        denied = any(denied, verdict.share);
        ms += verdict.ms;
      }
      if (op.kind === 'query') {
        failures.push(...this.#statement(service, `${service.key}/${op.table}`));
        factor = conditions.product('query-factor', `${service.key}/${op.table}`);
      }
    }
    let errors = 0;
    let says: string | null = null;
    let worst = 0;
    for (const [share, text] of failures) {
      errors = any(errors, share);
      if (share > worst) [worst, says] = [share, text];
    }
    return { ms, variance, kinds: variance === 0 ? [] : kinds, loss, errors, denied, factor, says };
  }

  /** Share of the connections whose caller refuses the certificate that it is shown, by its own clock, and why. */
  #distrust(callers: readonly PodFlow[], { key, pods }: ServiceFlow): [number, string] {
    let refused = 0;
    let why = '';
    for (const pod of pods) {
      if (shownBy(pod) === null) continue;
      for (const { node } of callers) {
        const says = refusal(pod, key, this.#nowMs, this.#conditions.sum('clock-skew', node.name));
        if (says === null) continue;
        refused++;
        why = says;
      }
    }
    return [refused === 0 ? 0 : refused / (callers.length * pods.length), why];
  }

  /** What a database itself refuses, whatever the table and of this one. */
  #statement({ key }: ServiceFlow, table: string): [number, string][] {
    return [
      [this.#conditions.share('query-errors', table), this.#conditions.words('query-errors', table) ?? 'ERROR: relation does not exist (SQLSTATE 42P01)'],
      [this.#conditions.share('query-errors', key), this.#conditions.words('query-errors', key) ?? 'ERROR: permission denied or relation does not exist (SQLSTATE 42P01)'],
      [this.#conditions.sum('disk-used', key) >= 1 ? 1 : 0, 'ERROR: could not extend file: No space left on device (SQLSTATE 53100)'],
    ];
  }

  /** What a new connection between two nodes costs. */
  across(from: NodeFlow, to: NodeFlow): { readonly ms: number; readonly loss: number } {
    const full = (node: NodeFlow): number => (node.connections > 1 ? 1 - 1 / node.connections : 0);
    return { ms: this.#latency(from, to), loss: any(this.#loss(from, to), any(full(from), full(to))) };
  }

  /** Over all pairs of pods that may meet: the time of each, by how often, and the mean loss. */
  #between(callers: readonly PodFlow[], called: readonly PodFlow[]): { times: Map<number, number>; lost: number } {
    const times = new Map<number, number>();
    let lost = 0;
    const pairs = callers.length * called.length;
    for (const from of callers) {
      for (const to of called) {
        const ms = this.#latency(from.node, to.node);
        times.set(ms, (times.get(ms) ?? 0) + 1 / pairs);
        lost += this.#loss(from.node, to.node) / pairs;
      }
    }
    return { times, lost };
  }

  #out(callers: readonly PodFlow[]): { times: Map<number, number>; lost: number } {
    const times = new Map<number, number>();
    let lost = 0;
    for (const { node } of callers) {
      const ms = this.#conditions.sum('node-latency', node.name) + this.#conditions.sum('zone-latency', node.zone);
      times.set(ms, (times.get(ms) ?? 0) + 1 / callers.length);
      lost += any(this.#conditions.share('node-loss', node.name), this.#conditions.share('zone-loss', node.zone)) / callers.length;
    }
    return { times, lost };
  }

  #latency(from: NodeFlow, to: NodeFlow): number {
    const conditions = this.#conditions;
    let ms = 0;
    if (from !== to) ms += conditions.sum('node-latency', from.name) + conditions.sum('node-latency', to.name);
    if (from.region !== to.region) ms += roundTripMs(this.#regions, from.region, to.region);
    if (from.zone !== to.zone) ms += conditions.sum('zone-latency', from.zone) + conditions.sum('zone-latency', to.zone) + conditions.sum('zone-latency', pairOf(from.zone, to.zone));
    return ms;
  }

  #loss(from: NodeFlow, to: NodeFlow): number {
    const conditions = this.#conditions;
    let loss = 0;
    if (from !== to) loss = any(conditions.share('node-loss', from.name), conditions.share('node-loss', to.name));
    if (from.region !== to.region) loss = any(loss, regionLoss(conditions, from.region, to.region));
    if (from.zone === to.zone) return loss;
    return any(loss, any(any(conditions.share('zone-loss', from.zone), conditions.share('zone-loss', to.zone)), conditions.share('zone-loss', pairOf(from.zone, to.zone))));
  }
}

/** The share `opens` of all calls takes so much longer, because a connection is opened for it. */
function opening(times: ReadonlyMap<number, number>, opens: number, openMs: number): WayKind[] {
  const kinds: WayKind[] = [];
  for (const [ms, share] of times.size === 0 ? [[0, 1] as const] : times) {
    if (openMs === 0) kinds.push({ ms, share });
    else kinds.push({ ms, share: share * (1 - opens) }, { ms: ms + openMs, share: share * opens });
  }
  return kinds;
}

function serviceOf(op: Op): ServiceFlow | null {
  if (op.kind === 'query') return op.database.service;
  if (op.kind === 'cache') return op.cache;
  return 'service' in op.to ? op.to.service : null;
}

function hostOf(op: Op): string {
  if (op.kind === 'call' && 'host' in op.to) return op.to.host;
  const [namespace = '', name = ''] = op.target.split('/');
  return `${name}.${namespace}.svc.cluster.local`;
}

/** Share of the callers on whose node none of the pods is. */
function strangers(callers: readonly PodFlow[], pods: readonly PodFlow[]): number {
  let share = 0;
  for (const { node } of callers) if (!pods.some((pod) => pod.node === node)) share += 1 / callers.length;
  return share;
}

/** A new connection finds no room in the table of either node. */
function tableFull(callers: readonly PodFlow[], service: ServiceFlow | null): number {
  return any(mean(callers), service === null ? 0 : mean(service.pods));
}

function mean(pods: readonly PodFlow[]): number {
  let share = 0;
  for (const { node } of pods) share += (node.connections > 1 ? 1 - 1 / node.connections : 0) / pods.length;
  return share;
}

function any(one: number, other: number): number {
  return 1 - (1 - one) * (1 - other);
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one}~${other}` : `${other}~${one}`;
}
