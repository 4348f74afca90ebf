import { type Image, splitImage } from '../image.ts';
import type { KindMap } from '../objects.ts';
import type { TrafficSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import { freshBatch } from './batch.ts';
import { cpuTableOf } from './erlang.ts';
import type { Layout, PodFlow, ServiceFlow, Variant } from './graph.ts';
import { namedPorts, portOf } from './addresses.ts';
import type { Machines } from './machines.ts';
import { localPortsOf } from './ports.ts';
import { type Places, routeAt } from './places.ts';
import { closedOf, listensOn, Policies, resolverAnswers, resolvesNames } from './reach.ts';
import { compileVariant, programOf } from './program.ts';
import { coresOf, environmentOf } from './settings.ts';
import { NO_HARDSHIP } from './hardship.ts';
import { quantityBytes } from '../quantity.ts';
import { mountedCertificate } from './shown-certificate.ts';
import { idle } from './sharing.ts';
import { Station } from './station.ts';
import { unworn } from './wear.ts';

/** Brings the layout in step with the store. Returns requests that were inside containers that are gone. */
export function refresh(layout: Layout, places: Places, machines: Machines, store: ObjectStore, spec: TrafficSpec, nowMs: number): number {
  const before = new Map(layout.pods.map((pod) => [pod.uid, pod]));
  const variants = new Map(layout.variants.map((variant) => [variant.key, variant]));
  const used = new Map<string, Variant>();
  const byName = new Map<string, PodFlow>();
  const policies = new Policies(store);
  machines.refresh(store);
  const resolver = resolverAnswers(store);
  let lost = 0;
  layout.pods = [];
  for (const object of store.list('Pod', null)) {
    const image = runningImage(object);
    const program = image === null ? undefined : programOf(spec, image.repository);
    if (image === null || program === undefined) continue;
    const known = before.get(object.metadata.uid ?? '');
    const pod = carriedOver(known, object, store, machines, nowMs);
    if (pod === null) continue;
    if (known !== undefined && known !== pod) lost += known.threads.clear();
    const [flagsNamespace, flagsName] = (program.flags ?? '/').split('/') as [string, string];
    const flags = store.get('ConfigMap', flagsNamespace, flagsName)?.data ?? NO_FLAGS;
    const written = object.spec?.containers[0]?.image;
    const resolves = resolver && resolvesNames(object, policies);
    const closed = pod.namedPorts.length === 0 ? '' : closedOf(pod.namedPorts, store);
    if (pod.image !== written || pod.flags !== flags || pod.resolves !== resolves || pod.closed !== closed) {
      const key = variantKey(object, image, pod.environment, flags, resolves, closed);
      fit(pod, used.get(key) ?? variants.get(key) ?? compileVariant(key, pod.namespace, image, program, { environment: pod.environment, flags, resolves, closed: closed.split(' ') }, places), flags);
      pod.image = written;
      pod.flags = flags;
      pod.resolves = resolves;
      pod.closed = closed;
    }
    used.set(pod.variant.key, pod.variant);
    layout.pods.push(pod);
    byName.set(`${pod.namespace}/${pod.name}`, pod);
    before.delete(pod.uid);
  }
  layout.variants = [...used.values()];
  connect(layout, places, store, byName, policies);
  for (const gone of before.values()) lost += gone.threads.clear();
  return lost;
}

/** The image that a pod's first container runs now, or null where it does not run. */
function runningImage(pod: KindMap['Pod']): Image | null {
  if (pod.status?.containerStatuses?.[0]?.state?.running === undefined) return null;
  const container = pod.spec?.containers[0];
  // With a command of the pod's own, the image's program does not run.
  return (container?.command ?? []).length > 0 ? null : splitImage(container?.image ?? '');
}

function variantKey(pod: KindMap['Pod'], image: Image, environment: ReadonlyMap<string, string>, flags: Readonly<Record<string, string>>, resolves: boolean, closed: string): string {
  return JSON.stringify([pod.metadata.namespace, image.repository, image.tag, [...environment], flags, resolves, closed]);
}

/** The flow of a pod that ran before, or a new one where its container (re)started since. Null for a pod without its uid. */
function carriedOver(known: PodFlow | undefined, object: KindMap['Pod'], store: ObjectStore, machines: Machines, nowMs: number): PodFlow | null {
  const status = object.status?.containerStatuses?.[0];
  const uid = object.metadata.uid;
  if (uid === undefined || status === undefined) return null;
  if (known !== undefined && known.run === status.restartCount) return known;
  const cores = coresOf(object.spec?.containers[0]?.resources?.limits?.['cpu']) ?? UNLIMITED_CORES;
  const environment = environmentOf(object, store);
  return {
    uid,
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? 'default',
    workload: workloadOf(object),
    workloadKey: `${object.metadata.namespace ?? 'default'}/${workloadOf(object)}`,
    run: status.restartCount,
    startedAtMs: nowMs,
    environment,
    cores,
    limited: object.spec?.containers[0]?.resources?.limits?.['cpu'] !== undefined,
    node: machines.node(object.spec?.nodeName ?? ''),
    cpuTable: cpuTableOf(cores),
    image: undefined,
    flags: NO_FLAGS,
    resolves: true,
    namedPorts: namedPorts(object.metadata.namespace ?? 'default', environment),
    closed: '',
    variant: NO_VARIANT,
    threads: new Station(0, 0),
    arriving: NOTHING,
    holdMs: NOTHING,
    holdVariance: NOTHING,
    pools: [],
    stalls: null,
    throttled: { periods: 0, ms: 0 },
    localPorts: localPortsOf(object.spec?.securityContext?.sysctls),
    refusedShare: 0,
    starvedShare: 0,
    shedding: false,
    cpuDemand: 0,
    cpuBacklog: 0,
    cpuPieceMs: 1,
    visitedMs: 0,
    visitedSquares: 0,
    stretch: 1,
    sharing: idle(),
    hardship: NO_HARDSHIP,
    wear: unworn(restMiB(object.spec), mib(object.spec?.containers[0]?.resources?.limits?.['memory']) || Infinity, environment),
    given: 1,
    pace: 1,
    warmth: 0,
    queryDemand: 0,
    queriesPerS: 0,
    connectCores: 0,
    leaked: 0, atOnce: Infinity,
    certificate: mountedCertificate(object, store),
    batch: null,
    local: false,
    serving: false,
    patienceMs: Infinity,
  };
}

/** Memory that a pod takes at rest: nobody requests quite what is needed. */
export function restMiB(spec: KindMap['Pod']['spec']): number {
  return Math.max(90, mib(spec?.containers[0]?.resources?.requests?.['memory']) * 0.6);
}

function mib(quantity: string | number | undefined): number {
  return quantityBytes(quantity) / 1_048_576;
}

/** A container without a CPU limit may use this many cores of its node. */
const UNLIMITED_CORES = 4;
const NOTHING = new Float64Array(0);
const NO_VARIANT = {} as Variant;
const NO_FLAGS: Readonly<Record<string, string>> = {};

/** Name of the Deployment or StatefulSet that a pod belongs to; its own name where it belongs to none. */
export function workloadOf(pod: KindMap['Pod']): string {
  const owner = pod.metadata.ownerReferences?.[0];
  if (owner === undefined) return pod.metadata.name;
  const hash = pod.metadata.labels?.['pod-template-hash'];
  return owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
    ? owner.name.slice(0, -hash.length - 1)
    : owner.name;
}

/** Gives a pod the stations of its variant; what was inside is kept where the variant stays the same program. */
function fit(pod: PodFlow, variant: Variant, flags: Readonly<Record<string, string>>): void {
  if (pod.variant === variant) return;
  const routes = variant.routes.length;
  pod.variant = variant;
  if (pod.threads.inside.length !== routes) {
    pod.threads = new Station(variant.threads, routes);
    pod.arriving = new Float64Array(routes);
    pod.holdMs = new Float64Array(routes);
    pod.holdVariance = new Float64Array(routes);
  }
  pod.threads.resize(variant.threads);
  pod.stalls = variant.routes.some(({ bursty }) => bursty) ? [] : null;
  const { job } = variant.program;
  const at = job === undefined ? undefined : variant.routeIndex.get(job.route);
  // What it has done is done; how much there was to do, it read when it began.
  if (job !== undefined && at !== undefined) pod.batch ??= freshBatch(job, at, { environment: pod.environment, flags });
  const pools = pod.pools;
  pod.pools = variant.pools.map((plan) => {
    const kept = pools.find((pool) => pool.plan.database === plan.database);
    if (kept !== undefined && kept.arriving.length === routes) {
      kept.plan = plan;
      return kept;
    }
    return { plan, station: new Station(0, routes), arriving: new Float64Array(routes), holdMs: new Float64Array(routes), granted: 0, connecting: { tries: 0, emptyMs: 0 }, fail: 0 };
  });
}

/** Fills in which pods each Service reaches, from its EndpointSlices. */
function connect(layout: Layout, places: Places, store: ObjectStore, byName: ReadonlyMap<string, PodFlow>, policies: Policies): void {
  for (const pod of layout.pods) {
    pod.serving = false;
    pod.local = false;
  }
  for (const service of places.services.values()) {
    service.exists = false;
    service.silent = false;
    service.refuses = false;
    service.pods = [];
  }
  for (const object of store.list('Service', null)) {
    const service = places.service(`${object.metadata.namespace}/${object.metadata.name}`);
    service.exists = true;
    service.local = object.spec?.internalTrafficPolicy === 'Local';
  }
  for (const slice of store.list('EndpointSlice', null)) {
    const service = places.service(`${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`);
    if (service.exists) connectSlice(service, slice, store, byName, policies);
  }
  for (const [key, service] of places.services) if (key.includes(':')) connectPort(service, key, places);
  for (const service of places.services.values()) {
    service.silent &&= service.pods.length === 0;
    for (const route of service.routes) {
      // Where nobody was, and somebody is again, nobody is turned away any more.
      if (route.at.length === 0 && service.pods.length > 0) {
        route.failShare = 0;
        route.refusedShare = 0;
      }
      route.at = service.pods.map((pod) => routeAt(pod, route.name));
    }
  }
}

/** A pod whose port nobody listens on refuses; one that a policy shuts off says nothing at all. */
function connectSlice(service: ServiceFlow, slice: KindMap['EndpointSlice'], store: ObjectStore, byName: ReadonlyMap<string, PodFlow>, policies: Policies): void {
  const ports = (slice.ports ?? []).flatMap(({ port }) => port ?? []);
  for (const endpoint of slice.endpoints) {
    const { namespace = '', name = '' } = endpoint.targetRef ?? {};
    const pod = byName.get(`${namespace}/${name}`);
    const object = store.get('Pod', namespace, name);
    if (pod === undefined || object === undefined || endpoint.conditions?.ready !== true) continue;
    pod.serving = true;
    if (!policies.admits(object, ports)) service.silent = true;
    else if (listensOn(object, ports)) {
      service.pods.push(pod);
      pod.local ||= service.local;
      pod.patienceMs = Math.min(pod.patienceMs, service.patienceMs);
    } else service.refuses = true;
  }
}

/** A Service has an address; at a port that it does not have, nobody answers there. */
function connectPort(service: ServiceFlow, key: string, places: Places): void {
  service.exists = places.services.get(portOf(key)?.service ?? '')?.exists === true;
  service.silent = service.exists;
}
