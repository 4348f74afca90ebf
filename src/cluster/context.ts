import type { Agenda } from '../time/agenda.ts';
import type { AgendaEntry } from './agenda-entry.ts';
import type { Admission } from './admission/admission.ts';
import type { ClusterClock } from './cluster-clock.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ObjectStore } from './store.ts';

/** What every controller works with. */
export interface ClusterContext {
  readonly agenda: Agenda<AgendaEntry>;
  readonly clock: ClusterClock;
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly seed: number;
  /** What whoever creates objects in process goes through too. */
  readonly admission: Admission;
}
