import { badRequest, json, notAllowed, nothingThere, refused, type Answer, type Request, type User } from './answer.ts';
import { admitted } from './authorization/access.ts';
import { attributesOf } from './authorization/attributes.ts';
import { escalationRefusal, givesPermissions } from './authorization/escalation.ts';
import { openid } from './authorization/openid.ts';
import { Rbac } from '../cluster/authorization/rbac.ts';
import { ServiceAccountTokens, type TokenSigner } from './authorization/service-account-tokens.ts';
import { tokenRequest } from './authorization/token-request.ts';
import { TokenSecrets } from './authorization/token-secrets.ts';
import { CustomResources, isCustomResource } from './extensions/custom-resources.ts';
import { customScale } from './extensions/custom-scale.ts';
import { discovery, groupDiscovery, resourceDiscovery } from './discovery/discovery.ts';
import { EventRing } from './reading/event-ring.ts';
import { checkedVersion } from './reading/list-options.ts';
import { health } from './health.ts';
import { OpenApi } from './discovery/openapi.ts';
import type { Descriptions } from './discovery/documented.ts';
import { OTHER_VERSIONS, throughStored } from './other-versions.ts';
import { ephemeralContainers } from './ephemeral-containers.ts';
import { connectOptions } from './connecting/connect-options.ts';
import { podLog } from './connecting/pod-log.ts';
import { podPorts, podProcess } from './connecting/pod-streams.ts';
import { inTurn, tooManyRequests } from './priority.ts';
import { flag } from './query-flag.ts';
import { Projection } from './reading/projection.ts';
import { proxy } from './connecting/proxying.ts';
import { Reading, type Scope } from './reading/reading.ts';
import type { Subresource } from './rest-resources.ts';
import { routeOf, type Route } from './route.ts';
import type { ServedCluster } from './served-cluster.ts';
import { binding, bindings, eviction, finalize, scale, status } from './subresources.ts';
import { virtual } from './virtual.ts';
import { watch } from './reading/watching.ts';
import { FieldOwnership } from './writing/field-ownership.ts';
import { Writing } from './writing/writing.ts';
import { inYamlWhereAsked } from './yaml-answer.ts';
import { ISSUER } from '../cluster/account-claims.ts';
import { asRead } from '../cluster/node-leases.ts';
import { notFound } from '../cluster/refusals.ts';

/**
 * The Kubernetes REST API in front of a cluster. Pure: a request goes in, its answer comes out at once, and time is
 * moved by somebody else. Sources: the API conventions and concepts at https://kubernetes.io/docs/reference/using-api/.
 */
export class RestApi {
  /** Which the caller keeps in step with the clients' clock. */
  readonly projection: Projection;
  readonly #cluster: ServedCluster;
  readonly #ring: EventRing;
  readonly #reading: Reading;
  readonly #writing: Writing;
  readonly #openApi: OpenApi;
  readonly #rbac: Rbac;
  readonly #custom: CustomResources;
  readonly #signer: TokenSigner | null;
  readonly #tokens: ServiceAccountTokens | null;
  readonly #tokenSecrets: TokenSecrets | null;

  /** `describe` gives the words for `kubectl explain`, when they are first asked for; without `signer` there are no tokens of ServiceAccounts. */
  constructor(cluster: ServedCluster, describe: () => Descriptions = () => ({}), signer: TokenSigner | null = null) {
    this.#cluster = cluster;
    const ownership = new FieldOwnership(cluster.store);
    this.projection = new Projection(ownership);
    this.#custom = new CustomResources(cluster.store, cluster.api);
    this.#openApi = new OpenApi(describe, this.#custom);
    this.#rbac = new Rbac(cluster.store);
    const nowUnixMs = (): number => cluster.clock.unixMs(cluster.clock.nowMs);
    this.#signer = signer;
    this.#tokens = signer === null ? null : new ServiceAccountTokens({ store: cluster.store, signer, nowUnixMs });
    this.#tokenSecrets = this.#tokens === null ? null : new TokenSecrets(cluster.store, this.#tokens);
    this.#tokenSecrets?.tend();
    this.#ring = new EventRing(cluster.store, this.projection);
    this.#reading = new Reading(cluster, this.projection, this.#ring);
    this.#writing = new Writing({ cluster, ownership, projection: this.projection, reading: this.#reading });
  }

  /** Whom a bearer token stands for, of those that the cluster itself gave out; null where it gave out no such token, or it is over. */
  userOfToken(token: string): User | null {
    const holder = this.#tokens?.holderOf(token) ?? null;
    return holder?.audiences.includes(ISSUER) === true ? holder.user : null;
  }

  answer(request: Request): Answer {
    return inYamlWhereAsked(request, (asked) => this.#answer(asked));
  }

  #answer(given: Request): Answer {
    const unclear = unclearTimeout(given);
    if (unclear !== null) return badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(unclear)}`);
    const request = admitted(this.#rbac, given);
    if ('kind' in request) return request;
    const { flow } = this.#cluster;
    const verdict = flow?.judge(request.user, attributesOf(request.method, request.path, request.query));
    if (verdict !== undefined && verdict.rejected !== null) return tooManyRequests(verdict);
    const answer = this.#answerTo(request);
    if (request.method !== 'GET') this.#tokenSecrets?.tend();
    return flow === undefined || verdict === undefined ? answer : inTurn(answer, verdict, flow);
  }

  #answerTo(request: Request): Answer {
    const route = routeOf(request.path, this.#custom);
    if (route === null) return nothingThere();
    if (route.to === 'object') {
      const { resource } = route;
      if (givesPermissions({ resource, user: request.user, method: request.method })) {
        const refusal = escalationRefusal({ rbac: this.#rbac, store: this.#cluster.store, target: route, request }, (trial) => this.#object(route, trial));
        if (refusal !== null) return refusal;
      }
      if (isCustomResource(resource)) return this.#custom.answer(resource, () => this.#object(route, request));
      const other = OTHER_VERSIONS.find((one) => one.resource === resource);
      return other === undefined ? this.#object(route, request) : throughStored(other, request, (passed) => this.#object({ ...route, resource: other.stored }, passed));
    }
    if (route.to === 'virtual' && route.resource.kind === 'Binding') return request.method === 'POST' ? bindings({ cluster: this.#cluster, projection: this.projection, reading: this.#reading, writing: this.#writing }, route.namespace, request) : notAllowed();
    if (route.to === 'virtual') return virtual(this.#cluster, this.projection, { rbac: this.#rbac, tokens: this.#tokens }, route, request);
    return request.method === 'GET' || request.method === 'HEAD' ? this.#document(route, request) : notAllowed();
  }

  /** The documents that say what there is. */
  #document(route: Exclude<Route, { to: 'object' | 'virtual' }>, request: Request): Answer {
    switch (route.to) {
      case 'discovery':
        return discovery(route.of, request, this.#custom.served);
      case 'group':
        return groupDiscovery(route.group, this.#custom.served);
      case 'group-version':
        return resourceDiscovery(route.group, route.version, this.#custom.served);
      case 'openapi':
        return this.#openApi.answer(route.document, request);
      case 'version':
        return json(200, VERSION);
      case 'openid':
        return openid(route.document, this.#signer);
      case 'health':
        return health(route.check, route.part, request.query);
    }
  }

  #object(route: Extract<Route, { to: 'object' }>, request: Request): Answer {
    const { resource, namespace, name, subresource } = route;
    if (name === null) return this.#collection({ resource, namespace, name }, request);
    const scope = { resource, namespace, name };
    if (subresource !== null) return this.#subresource(scope, subresource, request);
    switch (request.method) {
      case 'HEAD':
      case 'GET': {
        const tooNew = checkedVersion(request.query, this.#cluster.store.resourceVersion);
        if (tooNew !== null) return tooNew;
        const object = this.#cluster.store.get(resource.kind, namespace ?? '', name);
        return object === undefined ? refused(notFound(resource.kind, name).status) : this.#reading.object(asRead(object, this.#cluster.clock), request);
      }
      case 'PUT':
        return this.#writing.update(scope, request);
      case 'PATCH':
        return this.#writing.patch(scope, request);
      case 'DELETE':
        return this.#writing.remove(scope, request);
      default:
        return notAllowed();
    }
  }

  #collection(scope: Scope, request: Request): Answer {
    const { resource, namespace } = scope;
    switch (request.method) {
      case 'HEAD':
      case 'GET':
        return flag(request.query, 'watch') ? this.#watch(scope, request) : this.#reading.list(scope, request);
      case 'POST':
        if (resource.namespaced && namespace === null) return badRequest('an empty namespace may not be set during creation');
        return this.#writing.create(scope, request);
      case 'DELETE':
        return resource.kind === 'Namespace' ? notAllowed() : this.#writing.removeCollection(scope, request);
      default:
        return notAllowed();
    }
  }

  #subresource(scope: Scope & { readonly name: string }, subresource: NonNullable<Extract<Route, { to: 'object' }>['subresource']>, request: Request): Answer {
    const parts = { cluster: this.#cluster, projection: this.projection, reading: this.#reading, writing: this.#writing };
    const { method } = request;
    const reads = method === 'GET' || method === 'HEAD';
    const writes = method === 'PUT' || method === 'PATCH';
    if (CONNECTIONS.has(subresource)) {
      const { resource: { kind, apiVersion }, namespace, name } = scope;
      const verdict = this.#cluster.api.admits({ operation: 'CONNECT', kind, apiVersion, subresource, namespace: namespace ?? '', name, object: connectOptions(kind, subresource, request.query), oldObject: null, user: request.user, dryRun: false });
      if ('ok' in verdict) return refused(verdict.status);
    }
    switch (subresource) {
      case 'log':
        return reads ? podLog(this.#cluster, this.projection, scope, request) : notAllowed();
      case 'scale':
        if (!reads && !writes) return notAllowed();
        return isCustomResource(scope.resource) ? customScale(parts, scope.resource, scope, request) : scale(parts, scope, request);
      case 'approval':
      case 'status':
        return reads || writes ? status(parts, scope, request, subresource) : notAllowed();
      case 'eviction':
        return method === 'POST' ? eviction(parts, scope, request) : notAllowed();
      case 'binding':
        return method === 'POST' ? binding(parts, scope, request) : notAllowed();
      case 'token':
        if (method !== 'POST') return notAllowed();
        return this.#tokens === null ? nothingThere() : tokenRequest({ store: this.#cluster.store, tokens: this.#tokens, offsetMs: this.projection.offsetMs }, { namespace: scope.namespace ?? '', name: scope.name }, request);
      case 'exec':
      case 'attach':
        return method === 'GET' || method === 'POST' ? podProcess(subresource, this.#cluster, scope, request) : notAllowed();
      case 'portforward':
        return method === 'GET' || method === 'POST' ? podPorts(this.#cluster, scope, request) : notAllowed();
      case 'proxy':
        return proxy(this.#cluster, this.projection, scope, request);
      case 'ephemeralcontainers':
        return reads || writes ? ephemeralContainers(parts, scope, request) : notAllowed();
      case 'finalize':
        return finalize(parts, scope, request);
    }
  }

  #watch(scope: Scope, request: Request): Answer {
    return watch({ cluster: this.#cluster, ring: this.#ring, reading: this.#reading, projection: this.projection }, scope, request);
  }
}

/** Which lead to what runs, instead of to what is stored. */
const CONNECTIONS: ReadonlySet<Subresource> = new Set(['exec', 'attach', 'portforward', 'proxy']);

const VERSION = {
  major: '1', minor: '32', gitVersion: 'v1.32.3', gitCommit: '32cc146f75aad04beaaa245a7157eb35063a9f99', gitTreeState: 'clean',
  buildDate: '2025-03-11T19:52:21Z', goVersion: 'go1.23.6', compiler: 'gc', platform: 'linux/amd64',
} as const;

/** What a request says of how long it may take, where nobody understands it; null else. */
function unclearTimeout({ query }: Request): string | null {
  const asked = query.get('timeout') ?? '';
  return asked === '' || asked === '0' || /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(asked) ? null : asked;
}
