import { Die } from '../../time/dice.ts';
import type { Variant } from '../traffic/graph.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { type LogEvent, plainEvent } from './log-format.ts';
import { type PodRecord, routesOf, STEP_FIELDS, type WindowRecord } from './windows.ts';

/** So many lines of one complaint a server writes in a window. */
const MOST = 6;

/** What a database writes of statements and connections that it refused in a window: what its clients were told, in its own words. */
export function databaseTrouble(seed: number, { namespace, name }: PodRecord, window: WindowRecord): LogEvent[] {
  // Where nobody was told anything, nothing was refused.
  if (window.words === null) return [];
  const told = new Map<string, { perS: number; readonly level: LogEvent['level']; readonly words: string }>();
  for (const variant of window.plan.variants.keys()) {
    for (const { level, words, perS } of refusals(window, variant, namespace, name)) told.set(words, { level, words, perS: (told.get(words)?.perS ?? 0) + perS });
  }
  const events: LogEvent[] = [];
  for (const { level, words, perS } of told.values()) {
    const die = new Die(seed, `log/database/${namespace}/${name}/${window.endMs}/${words}`);
    const count = Math.min(MOST, Math.floor((perS * WINDOW_MS) / 1000 + die.fraction()));
    for (let nth = 0; nth < count; nth++) events.push(plainEvent(window.endMs - WINDOW_MS + die.roll(WINDOW_MS), level, words));
  }
  return events;
}

function refusals(window: WindowRecord, variant: Variant, namespace: string, name: string): { readonly level: LogEvent['level']; readonly words: string; readonly perS: number }[] {
  return routesOf(window, variant).flatMap(({ steps, whys }, nth) =>
    (variant.routes[nth]?.ops ?? []).flatMap((op, at) => {
      const why = whys?.[at] ?? null;
      if (why === null || op.kind !== 'query' || !op.database.service.pods.some((pod) => pod.name === name && pod.namespace === namespace)) return [];
      const [, severity, words] = /^(ERROR|FATAL): +(.*?)(?: \(SQLSTATE \w+\))?$/.exec(why.says) ?? [];
      const [rate = 0, , fail = 0] = steps.subarray(at * STEP_FIELDS);
      return words === undefined ? [] : [{ level: severity === 'FATAL' ? 'fatal' : 'error', words, perS: rate * fail * why.share }];
    }),
  );
}
