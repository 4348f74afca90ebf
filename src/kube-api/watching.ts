import type { AnyObject, WatchType } from '../cluster/store.ts';
import { failure, statusOf, type Answer, type OpenStream, type Request } from './answer.ts';
import { watchLine, type EventRing, type WatchEvent } from './event-ring.ts';
import { formOf } from './negotiation.ts';
import type { Projection } from './projection.ts';
import { notAcceptable, selection, wholeNumber, type Reading, type Scope } from './reading.ts';
import type { ServedCluster } from './served-cluster.ts';
import { metadataOnly, tableOf } from './table-form.ts';

/** How many polls (one for each step of simulated time) go by between two bookmarks. */
const POLLS_PER_BOOKMARK = 200;
/** The real server ends a watch after 30 to 60 minutes. */
const LONGEST_S = 3_000;
const GONE = { code: 410, reason: 'Expired', message: 'too old resource version' } as const;

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
  if (formOf(request.headers['accept']) === null) return notAcceptable();
  const matches = selection(scope, query);
  if (typeof matches !== 'function') return matches;
  const asked = wholeNumber(query.get('resourceVersion'));
  const timeoutS = wholeNumber(query.get('timeoutSeconds'));
  if (asked === null) return failure({ code: 400, reason: 'BadRequest', message: `invalid resource version "${query.get('resourceVersion') ?? ''}"` });
  if (timeoutS === null) return failure({ code: 400, reason: 'BadRequest', message: `invalid timeoutSeconds "${query.get('timeoutSeconds') ?? ''}"` });
  const initial = query.get('sendInitialEvents') === 'true' || (asked === 0 && query.get('sendInitialEvents') !== 'false');
  const missed = initial ? [] : ring.since(scope.resource.kind, asked === 0 ? ring.version : asked);
  return {
    kind: 'stream', type: 'application/json',
    open: missed === null ? gone(asked) : opened(watched, scope, request, { matches, missed, initial, timeoutS: timeoutS === 0 ? LONGEST_S : timeoutS }),
  };
}

/** The real server accepts such a watch and sends its refusal as an event. */
function gone(asked: number): OpenStream {
  return (push, end) => {
    push(watchLine('ERROR', JSON.stringify(statusOf({ ...GONE, message: `${GONE.message}: ${asked}` }))));
    end();
    return { timeoutS: null, poll: () => undefined, close: () => undefined };
  };
}

interface Plan {
  readonly matches: (object: AnyObject) => boolean;
  readonly missed: readonly WatchEvent[];
  readonly initial: boolean;
  readonly timeoutS: number;
}

function opened(watched: Watched, scope: Scope, request: Request, { matches, missed, initial, timeoutS }: Plan): OpenStream {
  const { cluster, ring } = watched;
  const { kind } = scope.resource;
  const bookmarks = request.query.get('allowWatchBookmarks') === 'true' || request.query.get('allowWatchBookmarks') === '1';
  return (push) => {
    const shown = new Shown(watched, request);
    const tell = (event: WatchEvent): void => {
      const type = typeFor(event, matches);
      if (type !== null) push(shown.line(event, type));
    };
    if (initial) {
      const { version } = ring;
      for (const object of cluster.store.list(kind, scope.namespace)) if (matches(object)) push(shown.line({ version, type: 'ADDED', object, previous: null }, 'ADDED'));
      if (request.query.get('sendInitialEvents') === 'true' && bookmarks) push(bookmark(scope, version, true));
    }
    for (const event of missed) tell(event);
    const close = ring.listen(kind, tell);
    let polls = 0;
    return {
      timeoutS, close,
      poll: () => {
        if (bookmarks && ++polls % POLLS_PER_BOOKMARK === 0) push(bookmark(scope, ring.version, false));
      },
    };
  };
}

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
  readonly #form: ReturnType<typeof formOf>;
  #first = true;

  constructor(watched: Watched, request: Request) {
    this.#watched = watched;
    this.#request = request;
    this.#form = formOf(request.headers['accept']);
  }

  line(event: WatchEvent, type: WatchType): string {
    const { ring, projection, reading } = this.#watched;
    const { object } = event;
    if (this.#form === 'metadata') return watchLine(type, JSON.stringify(projection.outward(metadataOnly(object))));
    if (this.#form !== 'table') return ring.line(event, type);
    const first = this.#first;
    this.#first = false;
    const table = tableOf(object.kind, [object], { resourceVersion: object.metadata.resourceVersion ?? '' }, reading.tableOptions(this.#request.query), first);
    return watchLine(type, JSON.stringify(table));
  }
}

function bookmark({ resource }: Scope, version: number, endOfInitial: boolean): string {
  const annotations = endOfInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  return watchLine('BOOKMARK', JSON.stringify({ kind: resource.kind, apiVersion: resource.apiVersion, metadata: { resourceVersion: String(version), creationTimestamp: null, ...annotations } }));
}
