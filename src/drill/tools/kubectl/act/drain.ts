import type { KindMap } from '../../../../cluster/objects.ts';
import { controllerOf } from '../call.ts';
import type { Call } from '../call.ts';
import { find, readTargets } from '../targets.ts';
import { evictOne } from './delete.ts';
import { dryRunMark, sendPatch } from './write.ts';

type Node = KindMap['Node'];
type Pod = KindMap['Pod'];

/** `kubectl cordon|uncordon NODE`. */
export function setSchedulable(call: Call, schedulable: boolean): void {
  for (const node of nodes(call)) cordon(call, node, schedulable);
}

/** `kubectl drain NODE`: cordons it, then evicts its pods as far as their disruption budgets allow; those without a controller only by `--force`. */
export function drain(call: Call): void {
  const { answer } = call;
  for (const node of nodes(call)) {
    const { name } = node.metadata;
    if (!cordon(call, node, false)) continue;
    const there = call.api.list('Pod', null).filter((pod) => pod.spec?.nodeName === name && pod.metadata.deletionTimestamp === undefined);
    const daemons = there.filter((pod) => controllerOf(pod)?.kind === 'DaemonSet');
    const pods = there.filter((pod) => !daemons.includes(pod));
    const problem = drainProblem(call, pods, daemons);
    if (problem !== null) {
      answer.fail(`error: unable to drain node "${name}" due to error: ${problem}, continuing command...`);
      continue;
    }
    if (daemons.length > 0) answer.print(`Warning: ignoring DaemonSet-managed Pods: ${namesOf(daemons)}`);
    const kept = pods.filter((pod) => {
      answer.print(`evicting pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
      if (!evictOne(call, pod)) return true;
      answer.print(`pod/${pod.metadata.name} evicted${dryRunMark(call)}`);
      return false;
    });
    if (kept.length === 0) answer.print(`node/${name} drained${dryRunMark(call)}`);
    else answer.fail(`There are pending pods in node "${name}": ${namesOf(kept)}. Drain it again when their disruption budgets allow it.`);
  }
}

/** What keeps a node from being drained at all, as kubectl says it, or null. */
function drainProblem({ flags }: Call, pods: readonly Pod[], daemons: readonly Pod[]): string | null {
  const bare = pods.filter((pod) => controllerOf(pod) === null && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed');
  if (bare.length > 0 && !flags.on('force')) return `cannot delete Pods that declare no controller (use --force to override): ${namesOf(bare)}`;
  return daemons.length > 0 && !flags.on('ignore-daemonsets') ? `cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${namesOf(daemons)}` : null;
}

function namesOf(pods: readonly Pod[]): string {
  return pods.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`).join(', ');
}

function nodes(call: Call): readonly Node[] {
  const { answer, args, flags } = call;
  const words = args.length === 0 && flags.given('selector') ? [] : args;
  if (words.length === 0 && !flags.given('selector')) {
    answer.fail(`error: USAGE: ${call.command} NODE [flags]`);
    return [];
  }
  const targets = words.length === 0 ? [{ kind: 'Node' as const, name: null }] : readTargets(call.api, words, 'Node');
  if ('error' in targets) {
    answer.fail(targets.error);
    return [];
  }
  const other = targets.find(({ kind }) => kind !== 'Node');
  if (other !== undefined) {
    answer.fail(`error: ${call.command} works on nodes, not on ${other.kind.toLowerCase()}/${other.name}`);
    return [];
  }
  return (find(call, targets) ?? []).flatMap(({ objects }) => objects as readonly Node[]);
}

/** True where the node is as wanted afterwards. */
function cordon(call: Call, node: Node, schedulable: boolean): boolean {
  const { name } = node.metadata;
  if ((node.spec?.unschedulable ?? false) === !schedulable) {
    call.answer.print(`node/${name} already ${schedulable ? 'uncordoned' : 'cordoned'}`);
    return true;
  }
  const written = sendPatch(call, node, { type: 'merge', body: { spec: { unschedulable: schedulable ? null : true } } }, {
    undoClass: 'U1', undo: [schedulable ? 'cordon' : 'uncordon', name],
  });
  if (written === null) return false;
  call.answer.print(`node/${name} ${schedulable ? 'uncordoned' : 'cordoned'}${dryRunMark(call)}`);
  return true;
}
