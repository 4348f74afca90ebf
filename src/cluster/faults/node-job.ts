import type { Job } from '../nodes/host.ts';
import type { FaultWorld } from './fault.ts';

/** Runs a program on a node; returns how to end it, where nobody has. */
export function jobOn(world: FaultWorld, node: string, job: Job): () => void {
  const task = world.machines.host(node)?.run(job);
  return () => task?.signal('KILL');
}
