import type { FaultSettings, FaultWorld } from './fault.ts';

/** Writes into the change log what the author has said, or else what is usual; nothing where they want nothing. */
export function tell(world: FaultWorld, { who, entry }: FaultSettings, usual: string): void {
  if (entry !== 'none') world.note(String(who ?? 'pipeline'), entry === '' || entry === undefined ? usual : String(entry));
}
