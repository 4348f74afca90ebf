import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import { customKind } from '../cluster/custom-kind.ts';
import type { Kind } from '../cluster/objects.ts';
import type { ContainerTarget, Processes, ProcessOptions, ProcessReceiver, Started } from '../cluster/processes.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { ApiDoor, ApiRequest } from '../drill/api/api-door.ts';
import { bytesOf } from '../drill/api/received.ts';
import type { Drill } from '../drill/drill.ts';
import type { ApiRequested, SeatId } from '../journal/timeline.ts';
import { failure, type Answer, type Request, type User } from '../kube-api/answer.ts';
import type { Projection } from '../kube-api/reading/projection.ts';
import { attributesOf } from '../kube-api/authorization/attributes.ts';
import { seatUser } from '../kube-api/authorization/seats.ts';
import { RestApi } from '../kube-api/rest-api.ts';
import { servedBy, type ServedCluster } from '../kube-api/served-cluster.ts';
import { routeOf } from '../kube-api/route.ts';
import { readDescriptions } from '../outside/kubernetes-descriptions.ts';
import { TokenKey } from '../outside/token-key.ts';

/** The REST API in front of a drill's cluster, as the drill knows it: by what it writes down of a request. */
export class RestDoor implements ApiDoor<Answer> {
  readonly processes: Processes;
  readonly #served: ServedCluster;
  readonly #api: RestApi;
  readonly #key: TokenKey;
  readonly #cluster: Cluster;
  readonly #store: ObjectStore;
  /** Whose client starts a process just now. */
  #seat: SeatId = '';

  constructor(drill: Drill, processes: Processes = drill.cluster.processes) {
    this.processes = processes;
    const start = (verb: 'exec' | 'attach', target: ContainerTarget, command: readonly string[], options: ProcessOptions, receiver: ProcessReceiver): Started =>
      drill.startProcess(this.processes, { seat: this.#seat, verb, target, command, options }, receiver);
    this.#served = servedBy(drill.cluster, {
      exec: (target, command, options, receiver) => start('exec', target, command, options, receiver),
      attach: (target, options, receiver) => start('attach', target, [], options, receiver),
      listener: (target, port) => this.processes.listener(target, port),
      request: (target, port, request, respond) => drill.askPod(this.processes, { seat: this.#seat, target: { namespace: target.namespace, pod: target.pod }, port, request }, respond),
    });
    this.#store = drill.cluster.plane.store;
    this.#key = new TokenKey(drill.cluster.tokenSecret());
    this.#api = new RestApi(this.#served, readDescriptions, this.#key);
    this.#cluster = drill.cluster;
  }

  get projection(): Projection {
    return this.#api.projection;
  }

  admit(user: string, role: string): ReturnType<ApiDoor<Answer>['admit']> {
    // From here on: a drill that runs again comes to this moment, too.
    this.#cluster.mountTokens((claims) => this.#key.sign(claims));
    const granted = seatUser(this.#served, user, role);
    return 'problem' in granted ? granted : { groups: granted.user.groups };
  }

  /** What a request would do to a resource; null where it is about none, such as discovery. */
  concern({ method, path, query }: Pick<Request, 'method' | 'path' | 'query'>): 'read' | 'write' | null {
    const wanted = attributesOf(method, path, query);
    if (wanted.of === 'path' || wanted.verb === '') return null;
    return READS.has(wanted.verb) ? 'read' : 'write';
  }

  about(request: ApiRequest): ReturnType<ApiDoor<Answer>['about']> {
    const { method, path, query } = httpOf(request);
    const wanted = attributesOf(method, path, query);
    const route = routeOf(path);
    const { verb, group, resource, subresource, namespace, name } = wanted.of === 'path' ? { ...NO_RESOURCE, verb: 'get' } : wanted;
    const kind = route?.to === 'object' ? route.resource.kind : this.#customKind(resource, group);
    const dryRun = query.has('dryRun') || (verb === 'delete' && DRY_DELETE.test(request.body?.data ?? ''));
    return { verb: verb as ApiRequested['verb'], group, resource, subresource: orNull(subresource), namespace: orNull(namespace), name: orNull(name), kind, dryRun };
  }

  /** The kind of a resource that a definition describes. */
  #customKind(plural: string, group: string): Kind | null {
    const spec = this.#store.get('CustomResourceDefinition', '', `${plural}.${group}`)?.spec;
    return spec === undefined ? null : customKind({ kind: spec.names.kind, plural, group, namespaced: spec.scope === 'Namespaced' });
  }

  /** Answers as the projection was when it was asked first, so that a later run gives the same bytes. */
  ask(request: ApiRequest): ReturnType<ApiDoor<Answer>['ask']> {
    this.#api.projection.offsetMs = request.offsetMs;
    return told(this.#asSeat(request.seat, this.answer(httpOf(request))));
  }

  /** What comes of an answer later comes of the seat that it went to. */
  #asSeat(seat: SeatId, answer: Answer): Answer {
    const asIts = <Rest extends readonly unknown[], Made>(act: (...rest: Rest) => Made) => (...rest: Rest): Made => {
      this.#seat = seat;
      return act(...rest);
    };
    if (answer.kind === 'later') return { ...answer, ask: asIts(answer.ask) };
    if (answer.kind !== 'upgrade') return answer;
    const { upgrade } = answer;
    if (upgrade.to === 'process') return { kind: 'upgrade', upgrade: { ...upgrade, start: asIts((receiver: ProcessReceiver) => upgrade.start(receiver)) } };
    const { processes } = upgrade;
    const request = asIts((...asked: Parameters<Processes['request']>) => processes.request(...asked));
    return { kind: 'upgrade', upgrade: { ...upgrade, processes: { listener: (target, port) => processes.listener(target, port), request } } };
  }

  /** Whom a token of the cluster's own stands for. */
  userOfToken(token: string): User | null {
    return this.#api.userOfToken(token);
  }

  /** Answers without a look at the timeline. A mistake of ours is told as one, and is the same one when it is asked again. */
  answer(request: Request): Answer {
    try {
      return this.#api.answer(request);
    } catch (error) {
      if (process.env['GAMEDAY_DEBUG'] !== undefined) throw error;
      return failure({ code: 500, reason: 'InternalError', message: 'Internal error occurred: the sandbox met a mistake of its own' });
    }
  }
}

const NO_RESOURCE = { group: '', resource: '', subresource: '', namespace: '', name: '' };
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

function orNull(text: string): string | null {
  return text === '' ? null : text;
}

function httpOf({ method, path, query, accept, mediaType, agent, body, upgrade, user, groups, as }: ApiRequest): Request {
  return {
    method, path, query: new URLSearchParams(query), user: { name: user, groups },
    headers: { accept: accept === '' ? undefined : accept, 'content-type': mediaType ?? undefined, 'user-agent': agent, ...(upgrade === null ? {} : { connection: 'Upgrade', upgrade }) },
    body: bytesOf(body),
    ...(as === null ? {} : { impersonate: { ...as, uid: '', extra: {} } }),
  };
}

function told(answer: Answer): ReturnType<ApiDoor<Answer>['ask']> {
  if (answer.kind !== 'whole') return { answer, code: answer.kind === 'upgrade' ? 101 : 200, digest: '' };
  // The token by which a client reads on counts what all clients read, and says nothing.
  return { answer, code: answer.code, digest: createHash('sha256').update(answer.body.replace(/"continue":"[^"]*"/, '"continue":""')).digest('hex') };
}

/** A delete says in its body that it is only tried. */
const DRY_DELETE = /"dryRun":\s*\[\s*"All"\s*\]/;
