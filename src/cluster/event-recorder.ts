import type { Agenda } from '../time/agenda.ts';
import { HOUR_MS, MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import type { AgendaEntry } from './agenda-entry.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { flat } from './flat-text.ts';
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
  /** In order of the last time that they were seen. */
  readonly #seen = new Set<Seen>();
  /** Of each component, by the uid of what it talks of. */
  readonly #subjects = new Map<string, Map<string, Subject>>();
  #nth = 0;
  #sweeping = false;
  /** True while it writes an event of its own. */
  #recording = false;

  constructor(agenda: Agenda<AgendaEntry>, clock: ClusterClock, store: ObjectStore) {
    this.#agenda = agenda;
    this.#clock = clock;
    this.#store = store;
    // Events that others wrote live as long.
    store.watchKind('Event', (type, { metadata: { name, namespace = '' } }) => {
      if (type !== 'ADDED' || this.#recording) return;
      this.#seen.add({ group: null, message: null, namespace, name, lastMs: clock.nowMs });
      this.#sweepLater(HOUR_MS);
    });
  }

  /** Records that something happened to an object. `fieldPath` names a part, such as `spec.containers{app}`. */
  record(about: AnyObject, type: 'Normal' | 'Warning', reason: string, message: string, source: EventSource, fieldPath?: string): void {
    if (this.#clock.nowMs <= -HOUR_MS) return;
    const subject = this.#subjectOf(source.component, about.metadata.uid ?? '');
    const nowMs = this.#clock.nowMs;
    if (!spend(subject, nowMs)) return;
    const group = groupOf(subject, { host: source.host, fieldPath, type, reason });
    const key = combines(group, message, nowMs) ? null : message;
    const text = key === null ? `(combined from similar events): ${message}` : message;
    const seen = group.seen.find((one) => one.message === key);
    const stored = seen === undefined ? undefined : this.#store.get('Event', seen.namespace, seen.name);
    if (seen !== undefined && stored !== undefined) {
      seen.lastMs = nowMs;
      this.#seen.delete(seen);
      this.#seen.add(seen);
      this.#store.update({ ...stored, message: text, count: (stored.count ?? 1) + 1, lastTimestamp: this.#clock.now() });
    } else {
      const event = this.#newEvent(about, type, reason, text, source, fieldPath);
      this.#recording = true;
      const { metadata: { namespace = 'default', name } } = this.#store.create(event);
      this.#recording = false;
      this.#note(seen ?? { group, message: key, namespace, name, lastMs: nowMs }, name);
    }
    this.#sweepLater(HOUR_MS);
  }

  /** Removes what is older than an hour. */
  due(atMs: SimMs): void {
    this.#sweeping = false;
    for (const seen of this.#seen) {
      if (seen.lastMs > atMs - HOUR_MS) {
        this.#sweepLater(Math.max(MINUTE_MS, seen.lastMs + HOUR_MS - atMs));
        return;
      }
      this.#seen.delete(seen);
      if (seen.group !== null) seen.group.seen = seen.group.seen.filter((one) => one !== seen);
      this.#store.remove({ kind: 'Event', namespace: seen.namespace, name: seen.name });
    }
    this.#subjects.clear();
  }

  #sweepLater(delayMs: number): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#agenda.addAfter(delayMs, this);
  }

  /** One that comes again after somebody deleted it has another name and keeps its place. */
  #note(seen: OfGroup, name: string): void {
    seen.name = name;
    seen.lastMs = this.#clock.nowMs;
    if (this.#seen.has(seen)) return;
    seen.group.seen = [...seen.group.seen, seen];
    this.#seen.add(seen);
  }

  #subjectOf(component: string, uid: string): Subject {
    let subjects = this.#subjects.get(component);
    if (subjects === undefined) this.#subjects.set(component, (subjects = new Map()));
    let subject = subjects.get(uid);
    if (subject === undefined) subjects.set(uid, (subject = { left: BURST, atMs: this.#clock.nowMs, groups: [] }));
    return subject;
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
      metadata: { name: flat(name, '.', stamp), namespace },
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

/** An event as it is stored. */
interface Seen {
  /** Null of one that somebody else wrote. */
  readonly group: Group | null;
  /** Null of one that stands for many. */
  readonly message: string | null;
  readonly namespace: string;
  name: string;
  lastMs: SimMs;
}

type OfGroup = Seen & { readonly group: Group };

/** What makes events of one component about one object alike: all but what they say. */
interface Likeness {
  readonly host: string | undefined;
  readonly fieldPath: string | undefined;
  readonly type: string;
  readonly reason: string;
}

interface Group extends Likeness {
  seen: readonly OfGroup[];
  /** Said first of the messages that came close upon one another. */
  message: string;
  /** The further ones; null where there are none, as mostly. */
  others: Set<string> | null;
  lastMs: SimMs;
}

/** What one component has said about one object, and how much more it may. */
interface Subject {
  left: number;
  atMs: SimMs;
  groups: readonly Group[];
}

function spend(subject: Subject, nowMs: SimMs): boolean {
  subject.left = Math.min(BURST, subject.left + (nowMs - subject.atMs) / REFILL_MS);
  subject.atMs = nowMs;
  if (subject.left < 1) return false;
  subject.left--;
  return true;
}

function groupOf(subject: Subject, { host, fieldPath, type, reason }: Likeness): Group {
  let group = subject.groups.find((one) => one.reason === reason && one.type === type && one.fieldPath === fieldPath && one.host === host);
  if (group === undefined) {
    group = { host, fieldPath, type, reason, seen: [], message: '', others: null, lastMs: -Infinity };
    subject.groups = [...subject.groups, group];
  }
  return group;
}

const BURST = 25;
const REFILL_MS = 5 * MINUTE_MS;
/** Whether so many different things are said in a group that they are told as one. */
function combines(group: Group, message: string, nowMs: SimMs): boolean {
  const isLate = nowMs - group.lastMs > SIMILAR_WITHIN_MS;
  group.lastMs = nowMs;
  if (isLate) {
    group.message = message;
    group.others = null;
    return false;
  }
  if (message !== group.message) (group.others ??= new Set()).add(message);
  return 1 + (group.others?.size ?? 0) >= SIMILAR_LIMIT;
}

const SIMILAR_LIMIT = 10;
const SIMILAR_WITHIN_MS = 10 * MINUTE_MS;
/** Makes the stamp positive and as long as a real one. */
const STAMP_BASE = 0x17c_0000_0000;
