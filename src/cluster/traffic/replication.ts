import { hostIn } from './addresses.ts';
import type { Conditions } from './conditions.ts';
import type { DatabaseFlow, PodFlow } from './graph.ts';
import type { Places } from './places.ts';
import { regionLoss, roundTripMs } from './regions.ts';

/** A database that follows another, or did: what a promotion would lose. */
export interface ReplicaFlow {
  readonly database: DatabaseFlow;
  /** Whom it follows; null where it is a primary. */
  source: DatabaseFlow | null;
  /** Whom its settings name, though it was promoted since. */
  overruled: string | null;
  /** Writes that the source has acknowledged and this one has not. */
  behind: number;
  /** Writes since somebody else became primary in its place: nobody else has them. */
  apart: number;
  forked: boolean;
  /** Acknowledged writes that are gone for good, in all. */
  lost: number;
}

/** What a database says of a change of its part. */
export interface Said {
  readonly pod: PodFlow;
  readonly text: string;
}

/**
 * Databases that follow others by a stream of what was written. Asynchronous: what the primary acknowledged and the replica
 * has not yet is lost if the replica takes over. A cluster without replicas pays nothing.
 */
export class Replication {
  readonly replicas = new Map<string, ReplicaFlow>();
  readonly #places: Places;
  readonly #conditions: Conditions;

  constructor(places: Places, conditions: Conditions) {
    this.#places = places;
    this.#conditions = conditions;
  }

  /** Finds who follows whom, by what the pods were started with. To be called when the layout changed. */
  refresh(): Said[] {
    const said: Said[] = [];
    for (const service of Array.from(this.#places.services.values())) {
      const pod = service.pods[0];
      const spec = pod?.variant.program.replica;
      if (pod === undefined || spec === undefined) continue;
      const written = pod.environment.get(spec.env) ?? '';
      const key = written === '' ? null : hostIn(written, pod.namespace);
      const replica = this.#replica(service.key);
      if (replica.overruled !== key) replica.overruled = null;
      this.#follow(pod, replica, key === null || replica.overruled === key ? null : this.#places.database(key), said);
    }
    return said;
  }

  /** A replica takes over by hand, whatever its settings say: it stays a primary until they name another. */
  promote(key: string): Said[] {
    const replica = this.replicas.get(key);
    const pod = replica?.database.service.pods[0];
    if (replica === undefined || replica.source === null || pod === undefined) return [];
    const said: Said[] = [];
    replica.overruled = replica.source.key;
    this.#follow(pod, replica, null, said);
    return said;
  }

  /** One tick: what is written travels as far as the network lets it. */
  step(tickMs: number): void {
    for (const replica of this.replicas.values()) {
      const { source, database } = replica;
      if (replica.forked && source === null) replica.apart += (database.writesPerS * tickMs) / 1000;
      if (source !== null) this.#stream(replica, source, tickMs);
    }
  }

  #replica(key: string): ReplicaFlow {
    let replica = this.replicas.get(key);
    if (replica === undefined) {
      replica = { database: this.#places.database(key), source: null, overruled: null, behind: 0, apart: 0, forked: false, lost: 0 };
      this.replicas.set(key, replica);
    }
    return replica;
  }

  #follow(pod: PodFlow, replica: ReplicaFlow, source: DatabaseFlow | null, said: Said[]): void {
    const before = replica.source;
    if (before === source) return;
    replica.source = source;
    replica.database.readOnly = source !== null;
    if (source === null) this.#promote(pod, replica, before, said);
    else if (replica.forked) rejoin(pod, replica, said);
    if (source === null) replica.database.behindMs = 0;
  }

  /** It takes over: what it never got is gone as far as its users are concerned. */
  #promote(pod: PodFlow, replica: ReplicaFlow, source: DatabaseFlow | null, said: Said[]): void {
    said.push({ pod, text: 'received promote request' }, { pod, text: 'selected new timeline ID: 2' }, { pod, text: 'archive recovery complete' });
    replica.lost += replica.behind;
    const old = source === null ? undefined : this.#replica(source.key);
    if (old !== undefined && old.source === null) {
      old.forked = true;
      old.apart = replica.behind;
    }
    replica.behind = 0;
  }

  #stream(replica: ReplicaFlow, source: DatabaseFlow, tickMs: number): void {
    const { database } = replica;
    const [from, to] = [source.service.pods[0], database.service.pods[0]];
    const spec = to?.variant.program.replica;
    if (spec === undefined || to === undefined) return;
    // A source that is gone writes nothing more: what was behind stays so.
    if (from === undefined || !source.up) return;
    const [here, there] = [from.node.region, to.node.region];
    const loss = here === there ? 0 : regionLoss(this.#conditions, here, there);
    const leastMs = spec.lagMs + roundTripMs(this.#places.spec.regions ?? {}, here, there) / 2;
    const busy = to.cpuDemand >= to.cores ? 0 : 1;
    const speed = loss >= 0.5 ? 0 : spec.catchUp * busy * (1 - loss);
    database.behindMs = Math.max(leastMs, database.behindMs + tickMs * (1 - speed));
    replica.behind = (source.writesPerS * database.behindMs) / 1000;
  }
}

/** What it wrote alone has to go before it can follow again. */
function rejoin(pod: PodFlow, replica: ReplicaFlow, said: Said[]): void {
  said.push({ pod, text: 'servers diverged; rewinding from last common checkpoint' }, { pod, text: 'started streaming WAL from primary on timeline 2' });
  replica.lost += replica.apart;
  replica.apart = 0;
  replica.forked = false;
}
