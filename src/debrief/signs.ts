import type { Fact } from '../journal/timeline.ts';
import type { Anchors } from './anchors.ts';
import { badShareOf, median } from './levels.ts';
import { factsOf, type DrillRecord } from './record.ts';
import { faultTargets, isRelevantTarget, lastName, namesCause } from './relevance.ts';

/** What on the record showed the cause, and when it was seen. */

/** A service that left its normal range. */
export interface FirstSign {
  readonly service: string;
  readonly atMs: number;
  readonly seq: number;
  readonly badShare: number;
  readonly p95Ms: number | null;
  readonly normalP95Ms: number | null;
}

const SICK_BAD_SHARE = 0.05;
const SLOW_FACTOR = 2;
const LEAST_SLOW_MS = 50;

/** The first service to leave its normal range after the fault: more than 5% bad, or a p95 of twice its median before. Null where none did. */
export function firstSign(record: DrillRecord, { fault }: Anchors): FirstSign | null {
  if (fault === null) return null;
  const before = record.levels.filter((level) => level.toMs <= fault.atMs);
  for (const level of record.levels) {
    if (level.toMs <= fault.atMs) continue;
    const sick = level.services
      .map((service) => {
        const past = before.flatMap((one) => one.services.filter((other) => other.service === service.service).map((other) => other.p95Ms));
        const normalP95Ms = median(past.filter((p95Ms) => p95Ms !== null));
        const slowBy = normalP95Ms === null || service.p95Ms === null || service.p95Ms < LEAST_SLOW_MS ? 0 : service.p95Ms / Math.max(1, normalP95Ms);
        return { service, normalP95Ms, slowBy, badShare: badShareOf(service) };
      })
      .filter(({ slowBy, badShare }) => slowBy >= SLOW_FACTOR || badShare > SICK_BAD_SHARE)
      .sort((a, b) => b.slowBy - a.slowBy || b.badShare - a.badShare || (a.service.service < b.service.service ? -1 : 1))[0];
    if (sick !== undefined) {
      const { service, normalP95Ms, badShare } = sick;
      return { service: service.service, atMs: level.toMs, seq: level.seq, badShare, p95Ms: service.p95Ms, normalP95Ms };
    }
  }
  return null;
}

/** The first look after the page at something that belongs to the cause, or null. */
export function firstRelevantLook(record: DrillRecord): Fact<'observed'> | null {
  const fromMs = record.firstPageMs;
  if (fromMs === null) return null;
  return factsOf(record, 'observed').find((look) => look.atMs >= fromMs && isRelevantTarget(record.scenario, look.target)) ?? null;
}

/** The first look after the page at that service, or null. */
export function firstLookAt(record: DrillRecord, service: string): Fact<'observed'> | null {
  const fromMs = record.firstPageMs ?? 0;
  const name = lastName(service);
  return factsOf(record, 'observed').find((look) => look.atMs >= fromMs && (lastName(look.target) === name || lastName(look.target).startsWith(`${name}-`))) ?? null;
}

/** The first alert that names what the fault was set on, or a word of the diagnosis; null where all named symptoms. */
export function causeAlert(record: DrillRecord): Fact<'alert-fired'> | null {
  const targets = faultTargets(record.scenario);
  return (
    factsOf(record, 'alert-fired').find((alert) => {
      const text = `${alert.alert} ${alert.service} ${alert.text}`;
      return namesCause(record.scenario, text) || targets.some((target) => target !== '' && text.includes(target));
    }) ?? null
  );
}
