import { compareTexts } from '../time/text-order.ts';
import type { Fact } from '../journal/timeline.ts';
import type { Anchors } from './anchors.ts';
import { badShareOf } from './levels.ts';
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
}

/**
 * The first service, other than the objective's own, to leave its normal range after the fault and before the first change
 * by a responder, who may move services too. Null where none did.
 */
export function firstSign(record: DrillRecord, { fault }: Anchors): FirstSign | null {
  if (fault === null) return null;
  const untilMs = record.actions.find(({ atMs }) => atMs >= fault.atMs)?.atMs ?? Infinity;
  const before = new Set(record.levels.filter((level) => level.seq < fault.seq).flatMap((level) => level.services.map(({ service }) => service)));
  for (const level of record.levels) {
    if (level.seq < fault.seq || level.toMs > untilMs) continue;
    const sick = level.services
      .filter(({ service }) => service !== record.scenario.slo.service && !before.has(service))
      .sort((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0) || compareTexts(a.service, b.service))[0];
    if (sick !== undefined) return { service: sick.service, atMs: level.toMs, seq: level.seq, badShare: badShareOf(sick), p95Ms: sick.p95Ms };
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
