import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import { compareTexts } from '../time/text-order.ts';
import { badShareOf, badTimeMs, type LevelInterval } from './levels.ts';
import type { DrillRecord } from './record.ts';

/** What the drill cost its users, over the horizon from 0 to the time box. Formulas: Google SRE workbook, "Alerting on SLOs". */
export interface Impact {
  /** ∫ bad share dt, in minutes. */
  readonly badMinutes: number;
  /** Share of the error budget of the objective's whole window, 0 to 1 and above. */
  readonly budgetUsed: number;
  readonly peak: Peak | null;
  readonly badRequests: number;
  readonly requests: number;
  /** Bad minutes, after the first change by a responder, on services that were in their normal range until then; worst first. */
  readonly collateral: readonly Collateral[];
}

interface Peak {
  readonly atMs: SimMs;
  readonly seq: number;
  readonly badShare: number;
  /** Bad share over what the objective allows. */
  readonly burn: number;
}

interface Collateral {
  readonly service: string;
  readonly badMinutes: number;
  /** The first interval that shows it. */
  readonly seq: number;
}

/** What noise alone adds is no collateral. */
const LEAST_COLLATERAL_MINUTES = 0.1;

export const COLLATERAL_DEFINITION =
  'services other than the objective’s own that were in their normal range (errors up to 1%, p95 up to twice the usual) in every interval before the first change by a responder, and their bad share over time from there to the time box';

export function impactOf(record: DrillRecord): Impact {
  const { scenario, levels } = record;
  const inHorizon = levels.filter((level) => level.toMs > 0 && level.fromMs < scenario.timeboxMs);
  const badMs = badTimeMs(levels, 0, scenario.timeboxMs);
  return {
    badMinutes: badMs / MINUTE_MS,
    budgetUsed: budgetUsed(badMs, scenario.slo.objective, scenario.slo.windowMs),
    peak: peakOf(record, inHorizon),
    badRequests: inHorizon.reduce((sum, level) => sum + level.slo.bad, 0),
    requests: inHorizon.reduce((sum, level) => sum + level.slo.total, 0),
    collateral: collateralOf(record, inHorizon),
  };
}

/** e / (1 − SLO): 1 uses the budget up in exactly its window. Infinity where the objective allows nothing. */
export function burnRate(badShare: number, objective: number): number {
  return badShare === 0 ? 0 : badShare / (1 - objective);
}

/** ∫ e dt / ((1 − SLO) · T), with both times in ms. */
export function budgetUsed(badMs: number, objective: number, windowMs: number): number {
  return badMs === 0 ? 0 : badMs / ((1 - objective) * windowMs);
}

function peakOf(record: DrillRecord, levels: readonly LevelInterval[]): Peak | null {
  let peak: LevelInterval | null = null;
  for (const level of levels) if (level.badShare > (peak?.badShare ?? 0)) peak = level;
  if (peak === null) return null;
  return { atMs: peak.toMs, seq: peak.seq, badShare: peak.badShare, burn: burnRate(peak.badShare, record.scenario.slo.objective) };
}

function collateralOf(record: DrillRecord, levels: readonly LevelInterval[]): readonly Collateral[] {
  const firstMs = record.actions[0]?.atMs;
  if (firstMs === undefined) return [];
  const names = new Set(levels.flatMap((level) => level.services.map((service) => service.service)));
  const found: Collateral[] = [];
  for (const name of names) {
    if (name === record.scenario.slo.service) continue;
    const own = levels.flatMap((level) => {
      const service = level.services.find((one) => one.service === name);
      return service === undefined ? [] : [{ ...level, badShare: badShareOf(service) }];
    });
    if (own.some((level) => level.toMs <= firstMs)) continue;
    const badMinutes = badTimeMs(own, firstMs, record.scenario.timeboxMs) / MINUTE_MS;
    const shown = own.find((level) => level.badShare > 0);
    if (shown !== undefined && badMinutes >= LEAST_COLLATERAL_MINUTES) found.push({ service: name, badMinutes, seq: shown.seq });
  }
  return found.sort((a, b) => b.badMinutes - a.badMinutes || compareTexts(a.service, b.service));
}
