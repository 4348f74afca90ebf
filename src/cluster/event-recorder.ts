import type { Agenda } from '../time/agenda.ts';
import { HOUR_MS, MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import type { AgendaEntry } from './agenda-entry.ts';
import type { ClusterClock } from './cluster-clock.ts';
import type { KindMap } from './objects.ts';
import type { AnyObject, ObjectStore } from './store.ts';

/** Where an event comes from, as `describe` shows it: `kubelet` on a node, `deployment-controller`. */
export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

/**
 * Writes Events as client-go's recorder does: the same event again raises its count; more than ten alike within ten
 * minutes are combined; one source may say 25 things about an object, then one every five minutes. Events live an hour:
 * those that would be gone before simulated time 0, when people begin to look, are not written at all.
 */
export class EventRecorder implements AgendaEntry {
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #clock: ClusterClock;
  readonly #store: ObjectStore;
  /** By everything that makes an event the same; in order of the last time it was seen. */
  readonly #seen = new Map<string, Seen>();
  readonly #similar = new Map<string, Similar>();
  readonly #allowances = new Map<string, Allowance>();
  #nth = 0;
  #sweeping = false;
  /** True while it writes an event of its own. */
  #recording = false;

  constructor(agenda: Agenda<AgendaEntry>, clock: ClusterClock, store: ObjectStore) {
    this.#agenda = agenda;
    this.#clock = clock;
    this.#store = store;
    // Events that others wrote live as long.
    store.watchKind('Event', (type, { metadata: { name, namespace = '', uid = '' } }) => {
      if (type !== 'ADDED' || this.#recording) return;
      this.#seen.set(uid, { namespace, name, lastMs: clock.nowMs });
      this.#sweepLater(HOUR_MS);
    });
  }

  /** Records that something happened to an object. `fieldPath` names a part, such as `spec.containers{app}`. */
  record(about: AnyObject, type: 'Normal' | 'Warning', reason: string, message: string, source: EventSource, fieldPath?: string): void {
    if (this.#clock.nowMs <= -HOUR_MS) return;
    const uid = about.metadata.uid ?? '';
    const subject = `${source.component}|${source.host ?? ''}|${uid}|${fieldPath ?? ''}`;
    if (!this.#spend(`${source.component}|${uid}`)) return;
    const group = `${subject}|${type}|${reason}`;
    const combined = this.#combines(group, message);
    const key = combined ? group : `${group}|${message}`;
    const nowMs = this.#clock.nowMs;
    const seen = this.#seen.get(key);
    const text = combined ? `(combined from similar events): ${message}` : message;
    const stored = seen === undefined ? undefined : this.#store.get('Event', seen.namespace, seen.name);
    if (seen !== undefined && stored !== undefined) {
      this.#seen.delete(key);
      this.#seen.set(key, { ...seen, lastMs: nowMs });
      this.#store.update({ ...stored, message: text, count: (stored.count ?? 1) + 1, lastTimestamp: this.#clock.now() });
    } else {
      const event = this.#newEvent(about, type, reason, text, source, fieldPath);
      this.#recording = true;
      this.#store.create(event);
      this.#recording = false;
      this.#seen.set(key, { namespace: event.metadata.namespace ?? 'default', name: event.metadata.name, lastMs: nowMs });
    }
    this.#sweepLater(HOUR_MS);
  }

  /** Removes what is older than an hour. */
  due(atMs: SimMs): void {
    this.#sweeping = false;
    for (const [key, seen] of this.#seen) {
      if (seen.lastMs > atMs - HOUR_MS) {
        this.#sweepLater(Math.max(MINUTE_MS, seen.lastMs + HOUR_MS - atMs));
        return;
      }
      this.#seen.delete(key);
      this.#store.remove({ kind: 'Event', namespace: seen.namespace, name: seen.name });
    }
    this.#similar.clear();
    this.#allowances.clear();
  }

  #sweepLater(delayMs: number): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#agenda.addAfter(delayMs, this);
  }

  #spend(key: string): boolean {
    const nowMs = this.#clock.nowMs;
    const allowance = this.#allowances.get(key);
    if (allowance === undefined) {
      this.#allowances.set(key, { left: BURST - 1, atMs: nowMs });
      return true;
    }
    allowance.left = Math.min(BURST, allowance.left + (nowMs - allowance.atMs) / REFILL_MS);
    allowance.atMs = nowMs;
    if (allowance.left < 1) return false;
    allowance.left--;
    return true;
  }

  #combines(group: string, message: string): boolean {
    const nowMs = this.#clock.nowMs;
    const similar = this.#similar.get(group);
    if (similar === undefined || nowMs - similar.lastMs > SIMILAR_WITHIN_MS) {
      this.#similar.set(group, { messages: new Set([message]), lastMs: nowMs });
      return false;
    }
    similar.lastMs = nowMs;
    similar.messages.add(message);
    return similar.messages.size >= SIMILAR_LIMIT;
  }

  #newEvent(about: AnyObject, type: string, reason: string, message: string, source: EventSource, fieldPath?: string): KindMap['Event'] {
    const { name, uid, resourceVersion } = about.metadata;
    const namespace = about.metadata.namespace ?? 'default';
    const now = this.#clock.now();
    // Real names end in the time in nanoseconds; here the milliseconds and a running number make it up.
    const stamp = (this.#clock.nowMs + STAMP_BASE).toString(16) + (this.#nth++ & 0xfffff).toString(16).padStart(5, '0');
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${stamp}`, namespace },
      involvedObject: {
        kind: about.kind,
        name,
        ...(about.metadata.namespace === undefined ? {} : { namespace }),
        apiVersion: about.apiVersion,
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      reason,
      message,
      source,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      reportingComponent: source.component,
      reportingInstance: source.host ?? '',
    };
  }
}

interface Seen { readonly namespace: string; readonly name: string; readonly lastMs: SimMs }
interface Similar { readonly messages: Set<string>; lastMs: SimMs }
interface Allowance { left: number; atMs: SimMs }

const BURST = 25;
const REFILL_MS = 5 * MINUTE_MS;
const SIMILAR_LIMIT = 10;
const SIMILAR_WITHIN_MS = 10 * MINUTE_MS;
/** Makes the stamp positive and as long as a real one. */
const STAMP_BASE = 0x17c_0000_0000;
