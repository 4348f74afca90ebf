import type { Cluster } from '../cluster/cluster.ts';
import type { MetricPages } from '../cluster/signals/metric-pages.ts';
import type { SimMs } from '../time/sim-time.ts';
import { measuredBy, type Measured } from './measured.ts';
import type { Family, LabelSet } from './page.ts';
import { RuleEngine } from './rules/rule-engine.ts';
import type { RuleGroup } from './rules/rule.ts';
import { SampleStore } from './sample-store.ts';
import type { Target, TargetName } from './target.ts';
import { servedPages } from './served-pages.ts';
import { targetsOf } from './targets/targets.ts';

/** How often everything is scraped, in simulated seconds. */
export const SCRAPE_INTERVAL_S = 15;

/** A cluster's monitoring: counters, exporters, two hours of samples and rules over them. A cluster has one at most. */
export class Monitoring {
  readonly measured: Measured;
  readonly samples = new SampleStore();
  readonly rules: RuleEngine;
  /** What metrics are, by name. */
  readonly families = new Map<string, Pick<Family, 'type' | 'help'>>();
  readonly #up = new Map<TargetName, { readonly up: boolean; readonly atMs: number; readonly samples: number }>();

  constructor(cluster: Cluster, groups: readonly RuleGroup[] = []) {
    const meters = cluster.measure({ onWindow: (atMs) => this.#scrape(atMs), pages: this.pages });
    this.measured = measuredBy(cluster, meters);
    this.rules = new RuleEngine(groups, this.samples);
  }

  /** Unix time in ms now. */
  get nowMs(): number {
    const { clock } = this.measured;
    return clock.unixMs(clock.nowMs);
  }

  /** All targets as they are now. */
  targets(): Map<TargetName, Target> {
    return targetsOf(this.measured);
  }

  /** How a target's last scrape went; null before the first. */
  lastScrape(name: TargetName): { readonly up: boolean; readonly atMs: number; readonly samples: number } | null {
    return this.#up.get(name) ?? null;
  }

  /** What pods and nodes serve themselves. */
  readonly pages: MetricPages = servedPages(() => this.measured);

  #scrape(atMs: SimMs): void {
    const unixMs = this.measured.clock.unixMs(atMs);
    this.samples.begin(unixMs);
    for (const [name, target] of this.targets()) {
      const page = target.scrape();
      let count = 0;
      for (const { name: family, type, help, samples } of page?.families ?? []) {
        if (!this.families.has(family)) this.families.set(family, { type, help });
        count += samples.length;
        for (const sample of samples) this.samples.add(sample.name, sample.labels, target.labels, sample.value);
      }
      this.samples.add('up', NONE, target.labels, page === null ? 0 : 1);
      this.samples.add('scrape_samples_scraped', NONE, target.labels, count);
      this.#up.set(name, { up: page !== null, atMs: unixMs, samples: count });
    }
    this.rules.evaluate(unixMs);
    this.samples.end();
  }
}

const NONE: LabelSet = {};
