import type { Cluster } from '../cluster/cluster.ts';
import type { ServiceLevel as MeasuredLevel } from '../journal/timeline.ts';
import type { SloSpec } from '../scenario/scenario.ts';
import { MINUTE_MS } from '../time/sim-time.ts';
import type { LevelNow } from './tools/tool.ts';

/** How often the level is sampled, and how often it becomes a fact. */
export const SAMPLE_MS = 5_000;
export const MEASURE_MS = 30_000;
/** Burn rates look back this far. */
export const BURN_WINDOW_MS = 2 * MINUTE_MS;

interface Sample {
  readonly total: number;
  readonly bad: number;
}

/**
 * The level of the service that the drill is measured by. Burn rate = share of bad answers / (1 − objective);
 * budget used = ∫ share dt / ((1 − objective) · window) (Google SRE workbook, "Alerting on SLOs").
 */
export class ServiceLevelMeter {
  readonly #cluster: Cluster;
  readonly #slo: SloSpec;
  readonly #samples: Sample[] = [];
  #interval: Sample = { total: 0, bad: 0 };
  #badMs = 0;

  constructor(cluster: Cluster, slo: SloSpec) {
    this.#cluster = cluster;
    this.#slo = slo;
  }

  /** Counting begins: what came before the drill is nobody's. */
  begin(): void {
    this.#cluster.traffic.takeLevel(this.#slo.service);
  }

  /** Takes what has been counted since the last sample. */
  sample(): void {
    const { total, bad } = this.#cluster.traffic.takeLevel(this.#slo.service);
    this.#samples.push({ total, bad });
    if (this.#samples.length > BURN_WINDOW_MS / SAMPLE_MS) this.#samples.shift();
    this.#interval = { total: this.#interval.total + total, bad: this.#interval.bad + bad };
  }

  /** The last two minutes. */
  get now(): LevelNow {
    let total = 0;
    let bad = 0;
    for (const sample of this.#samples) {
      total += sample.total;
      bad += sample.bad;
    }
    const share = total > 0 ? bad / total : 0;
    const p95 = this.#cluster.metrics.latest('http.p95', this.#slo.service);
    return { bad: share, burn: share / (1 - this.#slo.objective), p95Ms: Number.isNaN(p95) ? null : Math.round(p95), budgetUsed: this.budgetUsed };
  }

  get budgetUsed(): number {
    return this.#badMs / ((1 - this.#slo.objective) * this.#slo.windowMs);
  }

  /** Closes an interval of 30 s and says what it held. */
  measure(): MeasuredLevel {
    const { total, bad } = this.#interval;
    this.#interval = { total: 0, bad: 0 };
    if (total > 0) this.#badMs += (bad / total) * MEASURE_MS;
    return { service: this.#slo.service, total: thousandths(total), bad: thousandths(bad), ...this.#latencies(this.#slo.service) };
  }

  /** Other Services that are off their normal: errors above 1%, or a p95 above twice the usual and 100 ms more. */
  unwell(): MeasuredLevel[] {
    const { metrics } = this.#cluster;
    const levels: MeasuredLevel[] = [];
    for (const service of metrics.subjects('http.rate')) {
      if (service === this.#slo.service) continue;
      const rate = metrics.latest('http.rate', service);
      const errors = metrics.latest('http.errors', service);
      const usual = metrics.baseline('http.p95', service);
      const slow = usual !== null && metrics.latest('http.p95', service) > Math.max(2 * usual, usual + 100);
      if (!(errors > 0.01) && !slow) continue;
      const total = (rate * MEASURE_MS) / 1000;
      levels.push({ service, total: thousandths(total), bad: thousandths(total * errors), ...this.#latencies(service) });
    }
    return levels;
  }

  #latencies(service: string): { p50Ms: number | null; p95Ms: number | null } {
    const { metrics } = this.#cluster;
    const p50 = metrics.latest('http.p50', service);
    const p95 = metrics.latest('http.p95', service);
    return { p50Ms: Number.isNaN(p50) ? null : Math.round(p50), p95Ms: Number.isNaN(p95) ? null : Math.round(p95) };
  }
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
