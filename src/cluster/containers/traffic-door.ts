import type { Die } from '../../time/dice.ts';
import type { PodRequest } from '../processes.ts';
import { EXPOSITION_TYPE } from '../signals/metric-pages.ts';
import { bufferOf } from '../shell/streams.ts';
import type { ExternalFlow, PodFlow, ServiceFlow, ServiceRoute } from '../traffic/graph.ts';
import { Histogram } from '../signals/histogram.ts';
import type { KindMap } from '../objects.ts';
import { oneHump } from '../traffic/humps.ts';
import { workloadOf } from '../traffic/layout.ts';
import { routeAt } from '../traffic/places.ts';
import { Tracer } from '../traffic/tracer.ts';
import type { Traffic } from '../traffic/traffic.ts';
import { type Answer, text } from './servers.ts';

/** Its tracer measures nobody. */
const UNMEASURED = new Histogram();

/** The programs of the traffic model as somebody with `curl` meets them: its latencies and failures, its numbers. Asking loads nothing. */
export class TrafficDoor {
  readonly #traffic: () => Traffic;
  readonly #tracer: Tracer;
  readonly #die: Die;

  constructor(traffic: () => Traffic, die: Die) {
    this.#traffic = traffic;
    this.#die = die;
    this.#tracer = new Tracer(die, { learns: false });
  }

  /** The pod in the flow; undefined where it runs no program of the model. */
  pod(uid: string): PodFlow | undefined {
    return this.#traffic().flow.layout.pods.find((pod) => pod.uid === uid);
  }

  service(key: string): ServiceFlow | undefined {
    return this.#traffic().places.services.get(key);
  }

  /** What lies between two pods: what it adds in ms, and the share of connections that get lost. */
  between(from: KindMap['Pod'], to: KindMap['Pod'], service: string | null): { readonly ms: number; readonly loss: number } {
    const { flow, conditions } = this.#traffic();
    const { ms, loss } = flow.across(from.spec?.nodeName ?? '', to.spec?.nodeName ?? '');
    const known = service === null ? this.#servedBy(to) : this.service(service);
    const lost = service === null ? 0 : conditions.share('way-loss', `${from.metadata.namespace ?? ''}/${workloadOf(from)}→${service}`);
    // Whoever asks a Service by its name has been made to wait for its way already.
    return { ms: ms + (service === null ? (known?.extraMs ?? 0) : 0), loss: 1 - (1 - loss) * (1 - (known?.loss ?? 0)) * (1 - lost) };
  }

  /** A Service whose way leads to a pod, for who asks the pod by its own address. */
  #servedBy(pod: KindMap['Pod']): ServiceFlow | undefined {
    return [...this.#traffic().places.services.values()].find(({ pods }) => pods.some(({ uid }) => uid === pod.metadata.uid));
  }

  /** Why the mesh refuses a call from one pod to another; null where it does not. */
  refusal(from: KindMap['Pod'], to: KindMap['Pod'], service: string | null, path: string): string | null {
    const { mesh } = this.#traffic();
    return mesh.acts ? mesh.refusal(from, to, service ?? '', path.replace(/^\//, '').replace(/[?].*$/, '')) : null;
  }

  /** A party outside by the name of its host. */
  external(host: string): ExternalFlow | undefined {
    const { places } = this.#traffic();
    const found = Object.keys(places.spec.externals).find((name) => places.spec.externals[name]?.host === host);
    return found === undefined ? undefined : places.external(`external/${found}`);
  }

  /** One request to a pod, or to whichever pod a Service (`namespace/name`) chooses. */
  ask(pod: PodFlow, service: string | null, request: PodRequest): Answer {
    const [path = '/'] = request.path.split('?');
    if (/^\/(?:healthz?|livez|readyz|ready|live|ping)$/.test(path)) return text(200, 'ok\n');
    const metrics = path === '/metrics' ? (this.#traffic().pages?.pod(pod.uid) ?? null) : null;
    if (metrics !== null) return text(200, metrics, { 'content-type': EXPOSITION_TYPE });
    const { routes } = pod.variant;
    const asked = path.split('/').find((part) => part !== '') ?? '';
    const name = routes.find((route) => route.name === asked)?.name ?? (pod.variant.routeIndex.has('default') ? 'default' : asked === '' ? routes[0]?.name : undefined);
    if (name === undefined) return json(404, { error: 'not found', path: path.slice(0, 200) }, 2);
    const tookMs = Math.max(1, Math.round(this.#tracer.request(this.#route(pod, service, name))));
    const id = this.#die.hex();
    if (!this.#tracer.failed) return asked === '' && routes.length > 3 ? page(tookMs) : json(200, { status: 'ok', request: id }, tookMs);
    return json(tookMs < 10 ? 503 : 500, { error: tookMs < 10 ? 'service unavailable' : 'internal server error', request: id }, tookMs);
  }

  /** One request to a party outside. */
  askOutside(external: ExternalFlow): Answer {
    const tookMs = Math.max(1, Math.round(this.#tracer.requestOutside(external)));
    return this.#tracer.failed ? json(503, { error: 'service unavailable' }, tookMs) : json(200, { status: 'ok' }, tookMs);
  }

  /** A route of its own to one pod or to those of the Service: nothing in the flow knows of it. */
  #route(pod: PodFlow, service: string | null, name: string): ServiceRoute {
    const known = service === null ? undefined : this.service(service);
    const pods = service === null ? [pod] : (known?.pods ?? []);
    const own: ServiceFlow = { key: service ?? `${pod.namespace}/${pod.name}`, exists: true, silent: false, refuses: false, local: false, pods, routes: [], extraMs: known?.extraMs ?? 0, loss: known?.loss ?? 0, hitFactor: 1, patienceMs: Infinity, latencies: UNMEASURED };
    return { service: own, name, ratePerS: 0, nextRatePerS: 0, detMs: 0, spreadMs: 0, humps: oneHump(), failShare: 0, refusedShare: 0, starvedShare: 0, done: 0, failed: 0, at: pods.map((each) => routeAt(each, name)) };
  }
}

function json(status: number, body: unknown, tookMs: number): Answer {
  return { ...text(status, `${JSON.stringify(body)}\n`, { 'content-type': 'application/json' }), tookMs };
}

function page(tookMs: number): Answer {
  const body = bufferOf('<!doctype html>\n<html lang="en"><head><title>Home</title></head><body><main id="app"></main></body></html>\n');
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'content-length': String(body.length) }, body, tookMs };
}
