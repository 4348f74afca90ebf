import type { KindMap } from '../objects.ts';
import { share } from './rolling-update.ts';

type DaemonSet = KindMap['DaemonSet'];
type Pod = KindMap['Pod'];

/** What is next in a DaemonSet's roll-out: old pods that go, and nodes that get a new pod beside the old one. */
export interface DaemonStep {
  readonly delete: readonly Pod[];
  readonly surgeOn: readonly string[];
}

/** A node that is to have a pod, with those of the newest template and of older ones that are there and not going. */
export interface DaemonNode {
  readonly name: string;
  readonly newPod: Pod | undefined;
  readonly oldPod: Pod | undefined;
}

/**
 * Old pods that do not serve go at once. Of those that do, either as many as may be missing, or, with a surge, each when
 * the new one beside it serves. Source: pkg/controller/daemon/update.go of Kubernetes.
 */
export function nextDaemonStep(set: DaemonSet, nodes: readonly DaemonNode[], isAvailable: (pod: Pod) => boolean): DaemonStep {
  const rolling = set.spec?.updateStrategy?.rollingUpdate;
  const surge = share(rolling?.maxSurge ?? 0, nodes.length, Math.ceil);
  if (surge > 0) return surgeStep(nodes, surge, isAvailable);
  const most = Math.max(1, share(rolling?.maxUnavailable ?? 1, nodes.length, Math.ceil));
  const broken: Pod[] = [];
  const serving: Pod[] = [];
  let unavailable = 0;
  for (const { newPod, oldPod } of nodes) {
    const only = newPod === undefined ? oldPod : newPod;
    const serves = only !== undefined && (newPod === undefined || oldPod === undefined) && isAvailable(only);
    if (!serves) unavailable++;
    if (oldPod !== undefined && newPod === undefined) (serves ? serving : broken).push(oldPod);
  }
  return { delete: [...broken, ...serving.slice(0, Math.max(0, most - unavailable))], surgeOn: [] };
}

function surgeStep(nodes: readonly DaemonNode[], surge: number, isAvailable: (pod: Pod) => boolean): DaemonStep {
  const replaced: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const { name, newPod, oldPod } of nodes) {
    if (oldPod === undefined) continue;
    if (newPod === undefined) (isAvailable(oldPod) ? candidates : urgent).push(name);
    else if (isAvailable(newPod)) replaced.push(oldPod);
    else surging++;
  }
  return { delete: replaced, surgeOn: [...urgent, ...candidates.slice(0, Math.max(0, surge - surging))] };
}
