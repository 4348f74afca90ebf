import type { SimMs } from '../../time/sim-time.ts';
import type { KindMap } from '../objects.ts';
import { PROXY_CODES, proxyShares } from '../traffic/answers.ts';
import type { ObjectStore } from '../store.ts';
import type { LoadFlow } from '../traffic/load-flow.ts';
import { LatencyMeter } from './meters/latency-meter.ts';

/** What went through the ingress controller for one stream of users, in one window. */
export interface EntranceWindow {
  readonly endMs: SimMs;
  readonly streams: readonly {
    readonly host: string;
    readonly path: string;
    readonly route: string;
    /** `namespace/service` that it went to; null where no rule led anywhere. */
    readonly service: string | null;
    /** Names of the pods behind it. */
    readonly pods: readonly string[];
    /** By the order of {@link PROXY_CODES}. */
    readonly counts: readonly number[];
    readonly detMs: number;
    readonly spreadMs: number;
  }[];
}

/** Counters of one stream since the traffic began. */
export interface Stream {
  readonly load: LoadFlow;
  readonly counts: Float64Array;
  readonly latency: LatencyMeter;
}

/** Two hours. */
const KEPT = 480;

/** What the ingress controller of a cluster counts and logs. A cluster whose users come without one has none. */
export class Entrance {
  readonly streams: readonly Stream[];
  readonly windows: EntranceWindow[] = [];
  readonly #shares = new Float64Array(PROXY_CODES.length);
  readonly #before: Float64Array[];

  constructor(loads: readonly LoadFlow[]) {
    this.streams = loads.flatMap((load) => (load.spec.ingress === undefined ? [] : [{ load, counts: new Float64Array(PROXY_CODES.length), latency: new LatencyMeter() }]));
    this.#before = this.streams.map(() => new Float64Array(PROXY_CODES.length));
  }

  /** One tick, after the flow has taken it. */
  tick(tickMs: number): void {
    for (const { load, counts, latency } of this.streams) {
      if (load.shutOut) continue;
      const asked = (load.ratePerS * load.factor * tickMs) / 1000 + (load.retryPerS * tickMs) / 1000;
      proxyShares(this.#shares, load.reaches, load.spec.patienceMs, asked > 0 ? load.cut / asked : 0);
      let good = 0;
      for (let at = 0; at < counts.length; at++) {
        const count = asked * (this.#shares[at] as number);
        counts[at] = (counts[at] as number) + count;
        if (at === 0) good = count;
      }
      latency.beginTick();
      const { detMs, spreadMs } = load.reaches ?? { detMs: 1, spreadMs: 0 };
      latency.add(good, asked - good, detMs + spreadMs, spreadMs * spreadMs);
    }
  }

  closeWindow(endMs: SimMs): void {
    this.windows.push({
      endMs,
      streams: this.streams.map(({ load: { spec, reaches }, counts }, nth) => {
        const before = this.#before[nth] as Float64Array;
        const since = Array.from(counts, (count, at) => count - (before[at] as number));
        before.set(counts);
        return {
          host: spec.ingress?.host ?? '', path: spec.ingress?.path ?? '/', route: spec.route, service: reaches?.service.key ?? null, pods: reaches?.service.pods.map(({ name }) => name) ?? [],
          counts: since, detMs: reaches?.detMs ?? 1, spreadMs: reaches?.spreadMs ?? 0,
        };
      }),
    });
    if (this.windows.length > KEPT) this.windows.shift();
  }
}

/** Whether a pod is one of the ingress controller's, by the labels of its chart. */
export function isIngressController({ metadata }: KindMap['Pod']): boolean {
  const { labels = {} } = metadata;
  return labels['app.kubernetes.io/name'] === 'ingress-nginx' && (labels['app.kubernetes.io/component'] ?? 'controller') === 'controller';
}

/** Whether anybody is at the door: a cluster that shows no controller of its own has one that is not its affair. */
export function controllerAnswers(store: ObjectStore): boolean {
  const controllers = store.list('Pod', null).filter(isIngressController);
  if (controllers.length > 0) return controllers.some(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true);
  return !store.list('Deployment', null).some(({ spec }) => spec?.template.metadata?.labels?.['app.kubernetes.io/name'] === 'ingress-nginx');
}
