import type { Agenda } from '../time/agenda.ts';
import type { SimMs } from '../time/sim-time.ts';

/** Something that waits on the agenda: its owner runs it by calling `due` with the time it was taken at. */
export interface AgendaEntry {
  due(atMs: SimMs): void;
}

/** Runs `step` after `delayMs`; returns the ticket for `agenda.cancel`. */
export function runAfter(agenda: Agenda<AgendaEntry>, delayMs: number, step: () => void): number {
  return agenda.addAfter(delayMs, { due: step });
}
