import { containerTarget } from '../traffic/hardship.ts';
import { workloadOf } from '../traffic/layout.ts';
import type { Lever } from '../traffic/conditions.ts';
import type { Ref } from '../objects.ts';
import type { FaultSetting, FaultWorld } from './fault.ts';
import { text } from './settings.ts';

/** Settings of faults that may be a process beside the program's own. */
export const STRAY = {
  by: { ...text('`version`: the program itself does it, since a version. `process`: something else that runs in its containers now.', 'version'), oneOf: ['version', 'process'] },
  process: text('What that process is called.', ''),
} as const satisfies Record<string, FaultSetting>;

/**
 * Starts a process in the first container of each pod that a workload has now, and moves a lever for that container as long
 * as the process lives: it ends with it, with the container or with the pod. Returns how to end what is left of them.
 */
export function strayProcess(world: FaultWorld, ref: Ref, command: readonly string[], lever: Lever, amount: number): () => void {
  const ends = world.api.list('Pod', ref.namespace).flatMap((pod) => {
    const { uid = '', name } = pod.metadata;
    const run = pod.status?.containerStatuses?.[0]?.restartCount;
    if (workloadOf(pod) !== ref.name || run === undefined) return [];
    const stray = world.machines.runIn({ namespace: ref.namespace, pod: name, container: pod.spec?.containers[0]?.name ?? '' }, command, () => back());
    if (stray === null) return [];
    const back = world.conditions.adjust(lever, containerTarget(uid, run), amount);
    return [() => {
      stray.signal('KILL');
      back();
    }];
  });
  return () => {
    for (const end of ends) end();
  };
}
