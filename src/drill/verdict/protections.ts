import type { Cluster } from '../../cluster/cluster.ts';
import type { PodFlow } from '../../cluster/traffic/graph.ts';
import { isOn } from '../../cluster/traffic/settings.ts';
import { servicesBehind, stepsOf, workloadsOf } from '../../scenario/cluster-workloads.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import type { Check } from './check.ts';
import { ServedRoutes } from './served.ts';

/** A Service that no pod has answered for so long is gone; a restart may take this long. */
const GONE_MS = 2 * MINUTE_MS;

/**
 * What every verdict asks, whatever its scenario writes: that users are served on every route, by the programs that are
 * meant to serve them, with nothing left out. It looks at the world, never at what anybody typed.
 */
export class Protections {
  readonly served: ServedRoutes;
  /** The workloads that take part in serving, as `namespace/name`. */
  readonly workloads: ReadonlySet<string>;
  readonly #cluster: Cluster;
  readonly #keeps: readonly string[];
  readonly #slo: string;
  /** By Service: the programs that answer it, as the cluster was described. */
  readonly #programs: ReadonlyMap<string, readonly string[]>;
  readonly #answeredMs = new Map<string, SimMs>();

  constructor(cluster: Cluster, scenario: Scenario) {
    this.#cluster = cluster;
    this.#keeps = scenario.verdict.keeps;
    this.#slo = scenario.slo.service;
    this.served = new ServedRoutes(cluster.traffic.loads.filter(({ spec }) => spec.service === scenario.slo.service));
    const workloads = workloadsOf(scenario.cluster);
    this.#programs = new Map(
      servicesBehind(scenario.slo.service, workloads, scenario.cluster).flatMap((key) => {
        const programs = workloads.filter(({ services }) => services.includes(key)).map(({ repository }) => repository);
        return programs.length === 0 ? [] : [[key, programs]];
      }),
    );
    this.workloads = new Set(workloads.filter(({ services }) => services.some((key) => this.#programs.has(key))).map(({ namespace, name }) => `${namespace}/${name}`));
  }

  /** To be called at each sample. */
  sample(nowMs: SimMs): void {
    this.served.sample();
    for (const key of this.#programs.keys()) if (this.#podsOf(key).length > 0) this.#answeredMs.set(key, nowMs);
  }

  /** What the service is back without which it is not: users are served, by what is meant to serve them. */
  lately(): Check[] {
    return [this.served.check('lately'), ...[...this.#programs.keys()].map((key) => this.#answeredBy(key)), ...this.#keeps.map((name) => this.#kept(name))];
  }

  /** What it takes besides to be over for good. */
  atTheEnd(nowMs: SimMs): Check[] {
    return [this.#quietAlerts(), this.served.check('quiet'), ...[...this.#programs.keys()].flatMap((key) => [this.#answeredBy(key), this.#there(key, nowMs)]), ...this.#keeps.map((name) => this.#kept(name))];
  }

  /** The rules are the cluster's own, as it was described: nobody's edit of what holds them makes them quiet. */
  #quietAlerts(): Check {
    const firing = this.#cluster.alerts.firing.filter(({ severity, service }) => severity === 'page' && service === this.#slo).map(({ name }) => name);
    return { check: 'no alert of the service pages any more', holds: firing.length === 0, seen: firing.length === 0 ? '' : `firing: ${firing.join(', ')}` };
  }

  #podsOf(key: string): readonly PodFlow[] {
    return this.#cluster.traffic.places.services.get(key)?.pods ?? [];
  }

  #answeredBy(key: string): Check {
    const meant = this.#programs.get(key) ?? [];
    const found = new Set(this.#podsOf(key).map(({ variant }) => variant.repository));
    const strange = [...found].filter((repository) => !meant.includes(repository));
    return { check: `${shortName(key)} is answered by its own program`, holds: strange.length === 0, seen: strange.length === 0 ? '' : `pods of ${strange.map(programName).join(', ')} answer, where ${meant.map(programName).join(', ')} is meant to` };
  }

  #there(key: string, nowMs: SimMs): Check {
    const answeredMs = this.#answeredMs.get(key);
    const holds = answeredMs !== undefined && nowMs - answeredMs < GONE_MS;
    const since = answeredMs === undefined ? '' : ` for ${Math.round((nowMs - answeredMs) / MINUTE_MS)} min`;
    return { check: `${shortName(key)} is there`, holds, seen: holds ? '' : `no ready pod has answered it${since}` };
  }

  /** A switch that a program reads is on wherever that program answers. */
  #kept(name: string): Check {
    const off = new Set<string>();
    for (const key of this.#programs.keys()) {
      for (const { variant, environment, flags, workload } of this.#podsOf(key)) {
        const isOff = stepsOf(variant.program).some((step) => step.do === 'when' && step.env === name && !isOn(name, step.default, { environment, flags }));
        if (isOff) off.add(workload);
      }
    }
    return { check: `${name} stays on`, holds: off.size === 0, seen: off.size === 0 ? '' : `it is off in ${[...off].join(', ')}` };
  }
}

function shortName(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

function programName(repository: string): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}
