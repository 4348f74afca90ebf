import type { AdmissionRequest, AdmissionUser } from '../admission/admission-request.ts';
import { admitPod } from '../admission/pod-admission.ts';
import type { ClusterContext } from '../context.ts';
import type { KindMap } from '../objects.ts';

type Pod = KindMap['Pod'];

/** Creates a pod for a controller, through admission as everybody's; else the API's refusal, word for word. */
export function makePod({ store, admission }: ClusterContext, pod: Pod): { readonly made: Pod } | { readonly problem: string } {
  const changed = admission.mutates ? admission.mutated(requestFor(pod)) : { object: pod };
  if ('ok' in changed) return { problem: changed.status.message };
  const admitted = admitPod(store, changed.object as Pod);
  if (!('pod' in admitted)) return { problem: `pods "${admitted.name}" is forbidden: ${admitted.problem}` };
  const verdict = admission.judged(requestFor(admitted.pod));
  return 'ok' in verdict ? { problem: verdict.status.message } : { made: store.create(admitted.pod) };
}

function requestFor(pod: Pod): AdmissionRequest {
  const { name, namespace = '' } = pod.metadata;
  return { operation: 'CREATE', kind: 'Pod', apiVersion: 'v1', subresource: '', namespace, name, object: pod, oldObject: null, user: CONTROLLER_MANAGER, dryRun: false };
}

const CONTROLLER_MANAGER: AdmissionUser = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };

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
