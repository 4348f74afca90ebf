import { shownKind } from '../../cluster/custom-kind.ts';
import type { AnyObject, WatchType } from '../../cluster/store.ts';
import { statusOf, type Answer, type OpenStream, type Request } from '../answer.ts';
import { watchLine, type EventRing, type WatchEvent } from './event-ring.ts';
import { readWatchOptions } from './list-options.ts';
import { formOf, type Form } from '../negotiation.ts';
import type { Projection } from './projection.ts';
import { notAcceptable, selection, type Reading, type Scope } from './reading.ts';
import type { ServedCluster } from '../served-cluster.ts';
import { metadataOnly } from './table-form.ts';

/** How many polls (one for each step of simulated time) go by between two bookmarks. */
const POLLS_PER_BOOKMARK = 200;
/** The real server ends a watch after 30 to 60 minutes. */
const LONGEST_S = 3_000;

interface Watched {
  readonly cluster: ServedCluster;
  readonly ring: EventRing;
  readonly reading: Reading;
  readonly projection: Projection;
}

/**
 * A watch: what is there (unless the client knows it up to a version), then every change as it happens. An object that
 * stops matching the selector is told as deleted. With `sendInitialEvents` a bookmark says that all is told that was there.
 */
export function watch(watched: Watched, scope: Scope, request: Request): Answer {
  const { ring } = watched;
  const { query } = request;
  // Lists that come as streams are not to be had as tables.
  const form = formOf(request.headers['accept'], query.get('sendInitialEvents') !== 'true');
  if (form === null) return notAcceptable();
  const matches = selection(scope, query);
  if (typeof matches !== 'function') return matches;
  const options = readWatchOptions(query, ring.version);
  if ('kind' in options) return options;
  const { version, sendInitialEvents, bookmarks, timeoutS } = options;
  const initial = sendInitialEvents ?? version === 0;
  const missed = initial ? [] : ring.since(scope.resource.kind, version === 0 ? ring.version : version);
  const plan = { form, matches, initial, bookmarks, ends: sendInitialEvents === true && bookmarks, from: version, timeoutS: timeoutS === 0 ? LONGEST_S : timeoutS };
  return { kind: 'stream', type: 'application/json', open: missed === null ? gone(version, ring.floor(scope.resource.kind)) : opened(watched, scope, request, { ...plan, missed }) };
}

/** The real server accepts such a watch and sends its refusal as an event. */
function gone(asked: number, floor: number): OpenStream {
  return (push, end) => {
    push(watchLine('ERROR', JSON.stringify(statusOf({ code: 410, reason: 'Expired', message: `too old resource version: ${asked} (${floor})` }))));
    end();
    return { timeoutS: null, poll: () => undefined, close: () => undefined };
  };
}

interface Plan {
  readonly form: Form;
  readonly matches: (object: AnyObject) => boolean;
  readonly missed: readonly WatchEvent[];
  readonly initial: boolean;
  readonly bookmarks: boolean;
  /** Whether a bookmark says that all is told that was there. */
  readonly ends: boolean;
  /** Writes up to this version are known to the client. */
  readonly from: number;
  readonly timeoutS: number;
}

function opened(watched: Watched, scope: Scope, request: Request, { form, matches, missed, initial, bookmarks, ends, from, timeoutS }: Plan): OpenStream {
  const { cluster, ring } = watched;
  const { kind } = scope.resource;
  return (push) => {
    const shown = new Shown(watched, request, form);
    const tell = (event: WatchEvent): void => {
      const type = typeFor(event, matches);
      if (type !== null) push(shown.line(event, type));
    };
    if (initial) {
      const { version } = ring;
      for (const object of cluster.store.list(kind, scope.namespace)) if (matches(object)) push(shown.line({ version, type: 'ADDED', object, previous: null }, 'ADDED'));
      if (ends) push(shown.bookmark(scope, version, true));
    }
    for (const event of missed) tell(event);
    const close = ring.listen(kind, (event) => { if (event.version > from) tell(event); });
    let polls = 0;
    const jumps = new Jumps(watched.projection);
    return {
      timeoutS, close,
      poll: () => {
        if (jumps.over()) for (const object of cluster.store.list(kind, scope.namespace)) if (matches(object)) push(shown.line({ version: ring.version, type: 'MODIFIED', object, previous: object }, 'MODIFIED'));
        if (bookmarks && ++polls % POLLS_PER_BOOKMARK === 0) push(shown.bookmark(scope, ring.version, false));
      },
    };
  };
}

/**
 * Notices that the simulated clock was moved against the clients' (paused, resumed, sped up) and runs evenly again. Then
 * whatever shows an age is told anew: clients tell ages from times that they were given before.
 */
class Jumps {
  readonly #projection: Projection;
  #toldMs: number;
  #lastMs: number;
  #evenPolls = 0;

  constructor(projection: Projection) {
    this.#projection = projection;
    this.#toldMs = this.#lastMs = projection.offsetMs;
  }

  over(): boolean {
    const { offsetMs } = this.#projection;
    this.#evenPolls = offsetMs === this.#lastMs ? this.#evenPolls + 1 : 0;
    this.#lastMs = offsetMs;
    if (Math.abs(offsetMs - this.#toldMs) < JUMP_MS || this.#evenPolls < EVEN_POLLS) return false;
    this.#toldMs = offsetMs;
    return true;
  }
}

/** Nobody minds an age that is a few seconds off. */
const JUMP_MS = 10_000;
const EVEN_POLLS = 20;

/** How a watcher is told of a write, given what it selects; null for not at all. */
function typeFor({ type, object, previous }: WatchEvent, matches: (object: AnyObject) => boolean): WatchType | null {
  const is = type !== 'DELETED' && matches(object);
  const was = type === 'DELETED' ? matches(object) : previous !== null && matches(previous);
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : null;
}

/** Events in the form that one watcher asked for. */
class Shown {
  readonly #watched: Watched;
  readonly #request: Request;
  readonly #form: Form;
  #first = true;

  constructor(watched: Watched, request: Request, form: Form) {
    this.#watched = watched;
    this.#request = request;
    this.#form = form;
  }

  line(event: WatchEvent, type: WatchType): string {
    const { ring, projection, reading } = this.#watched;
    const object = type === 'DELETED' && event.type !== 'DELETED' ? lastMatching(event) : event.object;
    if (this.#form === 'metadata') return watchLine(type, JSON.stringify(projection.outward(metadataOnly(object))));
    if (this.#form !== 'table') return object === event.object ? ring.line(event, type) : watchLine(type, projection.text(object));
    const first = this.#first;
    this.#first = false;
    const table = reading.table([object], object.kind, { resourceVersion: object.metadata.resourceVersion ?? '' }, this.#request, first);
    return watchLine(type, JSON.stringify(table));
  }

  bookmark({ resource }: Scope, version: number, endOfInitial: boolean): string {
    const annotations = endOfInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: String(version), creationTimestamp: null, ...annotations };
    const { kind, apiVersion } = this.#form === 'object' ? { kind: shownKind(resource.kind), apiVersion: resource.apiVersion } : { kind: this.#form === 'table' ? 'Table' : 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
    return watchLine('BOOKMARK', JSON.stringify({ kind, apiVersion, metadata, ...(this.#form === 'table' ? { columnDefinitions: null, rows: [] } : {}) }));
  }
}

/** What a watcher whose selector an object has left is told of: the object as it was, at the version of the write. */
function lastMatching({ object, previous }: WatchEvent): AnyObject {
  return previous === null ? object : { ...previous, metadata: { ...previous.metadata, resourceVersion: object.metadata.resourceVersion ?? '' } };
}
