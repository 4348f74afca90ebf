import type { Cluster } from '../../cluster/cluster.ts';
import type { KubeObject, Ref } from '../../cluster/objects.ts';
import type { Fact, Happening } from '../../journal/timeline.ts';
import type { Restore } from '../tools/tool.ts';
import type { ApiDoor, ApiRequest } from './api-door.ts';
import { ApiLooks, toolOf } from './api-looks.ts';
import { wayBack, type Change } from './way-back.ts';

/** What the desk asks of its drill. */
interface Host {
  readonly cluster: Cluster;
  emit(happening: Happening, causeSeq: number | null): Fact;
  /** A write was answered, by that tool: the change log and whoever waits for it are told; `restore` takes it back. */
  wrote(fact: Fact<'api-written'>, tool: string, restore: Restore | null): void;
}

/** Where requests to the cluster's API become facts: each as it came, then the look or the write that it was. */
export class ApiDesk {
  readonly #host: Host;
  readonly #looks = new ApiLooks();
  /** The first request of each run of a client that tells its runs apart: what one run did belongs together. */
  readonly #runs = new Map<string, number>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** `causeSeq` is the tool that asks, where the drill started it. */
  ask<Answer>(door: ApiDoor<Answer>, request: ApiRequest, causeSeq: number | null): Answer {
    const { kind, dryRun, ...about } = door.about(request);
    const { store } = this.#host.cluster.plane;
    const ref: Ref | null = kind === null || about.name === null ? null : { kind, namespace: about.namespace ?? '', name: about.name };
    const there = (): KubeObject | null => (ref === null ? null : (store.get(ref.kind, ref.namespace, ref.name) ?? null));
    const [before, version] = [there(), store.resourceVersion];
    const { answer, code, digest } = door.ask(request);
    const asked = this.#host.emit({ type: 'api-requested', ...request, ...about, code, answer: digest }, causeSeq) as Fact<'api-requested'>;
    const cause = causeSeq ?? this.#runOf(asked);
    const unchanged = store.resourceVersion === version;
    if (READS.has(about.verb) || about.subresource === 'exec' || (unchanged && code < 400 && dryRun)) {
      const looked = code < 400 ? this.#looks.lookOf(asked, dryRun) : null;
      if (looked !== null) this.#host.emit(looked, cause);
    } else if (kind !== null && !UNTOUCHING.has(about.subresource ?? '')) {
      this.#write({ asked, kind, before, after: ref === null ? this.#made(asked, kind, version) : there(), unchanged }, cause);
    }
    return answer;
  }

  #write(change: Change, cause: number): void {
    const { seat, verb, resource, namespace, subresource, code } = change.asked;
    const { undoClass, undo, restore } = wayBack(change, this.#host.cluster);
    const name = change.asked.name ?? change.after?.metadata.name ?? '*';
    const evicts = subresource === 'eviction';
    const written = this.#host.emit({ type: 'api-written', seat, verb: evicts ? 'delete' : verb as Fact<'api-written'>['verb'], resource, namespace: namespace ?? '', name, code, undoClass, undo, undoes: null }, cause);
    this.#host.wrote(written as Fact<'api-written'>, toolOf(change.asked), restore);
  }

  #runOf({ session, seq }: Fact<'api-requested'>): number {
    const first = session === null ? seq : (this.#runs.get(session) ?? seq);
    if (session !== null) this.#runs.set(session, first);
    return first;
  }

  /** What a POST made: the newest object of the kind, where one came after `version`. */
  #made({ verb, namespace }: Fact<'api-requested'>, kind: Ref['kind'], version: number): KubeObject | null {
    if (verb !== 'create') return null;
    return this.#host.cluster.plane.store.list(kind, namespace).find(({ metadata }) => Number(metadata.resourceVersion) > version) ?? null;
  }
}

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** Parts of an object that are no change of it. */
const UNTOUCHING: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy', 'token', 'log']);
