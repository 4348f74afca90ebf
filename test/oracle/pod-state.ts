import type { CallSpec } from '../../src/cluster/spec.ts';
import { Caller } from './breakers.ts';
import type { Cores, Places } from './servers.ts';
import type { PodOf } from './world.ts';

/** A pod as requests find it. */
export interface PodState {
  readonly threads: Places;
  readonly cores: Cores;
  readonly pools: ReadonlyMap<string, Places>;
  /** What it remembers of the calls that it makes. */
  readonly callers: Map<CallSpec, Caller>;
  /** Whoever waits for an answer of it. */
  readonly inside: Set<(failed: boolean) => void>;
  /** 0 right after its start, 1 when warm. */
  warmth: number;
  gone: boolean;
}

export function callerOf(pod: PodOf, state: PodState, call: CallSpec): Caller {
  let caller = state.callers.get(call);
  if (caller === undefined) {
    caller = new Caller(call, call.breaker === undefined ? 0 : pod.number(call.breaker.openMs));
    state.callers.set(call, caller);
  }
  return caller;
}

/** How many times as long work takes as in a warm program. */
export function coldness({ cold }: PodOf, { warmth }: PodState): number {
  return cold === null ? 1 : 1 + (cold.factor - 1) * (1 - warmth);
}

/** Each request warms what a part of all requests need. */
export function warm({ cold }: PodOf, state: PodState): void {
  if (cold !== null) state.warmth += (1 - state.warmth) / cold.requests;
}

/** What a transaction holds. */
export interface Held {
  readonly database: string;
  readonly locks: Set<Places>;
}

/** `payments` is the Service of that name in the caller's namespace, `payments.shop` the one in `shop`. */
export function keyOf(name: string, namespace: string): string {
  if (name.includes('/')) return name;
  const [service, inNamespace] = name.split('.');
  return `${inNamespace ?? namespace}/${service ?? ''}`;
}

/** Opens or closes a pool's connections, where there is one. */
export function setPlaces(pool: Places | undefined, places: number): void {
  if (pool !== undefined) pool.places = places;
}
