import { admitPod } from '../admission/pod-admission.ts';
import type { ClusterContext } from '../context.ts';
import type { KindMap } from '../objects.ts';

type Pod = KindMap['Pod'];

/** Creates a pod for a controller, through admission as everybody's; else the API's refusal, word for word. */
export function makePod({ store }: ClusterContext, pod: Pod): { readonly made: Pod } | { readonly problem: string } {
  const admitted = admitPod(store, pod);
  return 'pod' in admitted ? { made: store.create(admitted.pod) } : { problem: `pods "${admitted.name}" is forbidden: ${admitted.problem}` };
}

/** How long a controller waits before it tries again what was refused: 5 ms doubling up to 1,000 s, by the owner's uid. */
export class CreationBackOff {
  readonly #delays = new Map<string, number>();

  next(uid: string): number {
    const delayMs = Math.min((this.#delays.get(uid) ?? FIRST_MS / 2) * 2, MOST_MS);
    this.#delays.set(uid, delayMs);
    return Math.ceil(delayMs);
  }

  reset(uid: string): void {
    this.#delays.delete(uid);
  }
}

const FIRST_MS = 5;
const MOST_MS = 1_000_000;
