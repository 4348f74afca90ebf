import { Die } from '../../time/dice.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { type LogEvent, plainEvent } from './log-format.ts';
import type { PodRecord, WindowRecord } from './windows.ts';

/** A consumer comes back to a message that it cannot read after this long. */
const BACK_OFF_MS = 7_500;

/** What a consumer writes of messages that it cannot read: the same topic, partition and offset with each try. */
export function unreadEvents(seed: number, { namespace, name }: PodRecord, { endMs, unread }: WindowRecord): LogEvent[] {
  const events: LogEvent[] = [];
  for (const one of unread ?? []) {
    if (one.name !== name || one.namespace !== namespace) continue;
    const { topic, route, partition, offset } = one;
    const firstMs = endMs - WINDOW_MS + new Die(seed, `log/unread/${namespace}/${name}/${topic}/${partition}`).roll(BACK_OFF_MS);
    for (let atMs = firstMs; atMs < endMs; atMs += BACK_OFF_MS) {
      events.push(plainEvent(atMs, 'error', `${route}: could not decode message, will retry: unexpected end of JSON input topic=${topic} partition=${partition} offset=${offset}`));
    }
  }
  return events;
}
