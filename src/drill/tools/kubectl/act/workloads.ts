import type { Container } from 'kubernetes-types/core/v1';
import type { JsonPatchOperation } from '../../../../cluster/api.ts';
import type { KindMap } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { find, readTargets } from '../targets.ts';
import { dryRunMark, sendPatch, slashed } from './write.ts';

/** What has a pod template that `kubectl set` changes. */
export type Workload = KindMap['Deployment' | 'ReplicaSet' | 'StatefulSet'];

/** The workloads that words name, by name, by `-l` or by `--all`; null with the error told. */
export function readWorkloads(call: Call, words: readonly string[]): readonly Workload[] | null {
  const { answer, flags } = call;
  const targets = words.length === 0 ? { error: 'error: one or more resources must be specified as <resource> <name> or <resource>/<name>' } : readTargets(call.api, words);
  if ('error' in targets) {
    answer.fail(targets.error);
    return null;
  }
  if (targets.some(({ name }) => name === null) && !flags.on('all') && !flags.given('selector')) {
    answer.fail('error: one or more resources must be specified as <resource> <name> or <resource>/<name>');
    return null;
  }
  const wrong = targets.find(({ kind }) => !['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind));
  if (wrong !== undefined) {
    answer.fail(`error: ${printedKind(wrong.kind)}/${wrong.name ?? '*'} has no pod template to change. Name a deployment, replicaset or statefulset.`);
    return null;
  }
  return (find(call, targets) ?? []).flatMap(({ objects }) => objects as readonly Workload[]);
}

export function containersOf(workload: Workload): readonly Container[] {
  return workload.spec?.template?.spec?.containers ?? [];
}

/** A workload's containers in their places, null where `-c` names another. */
export function chosenContainers(call: Call, workload: Workload): readonly (Container | null)[] {
  const wanted = call.flags.value('containers') ?? '*';
  const pattern = new RegExp(`^${wanted.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*+/g, '.*')}$`);
  const chosen = containersOf(workload).map((container) => (pattern.test(container.name) ? container : null));
  if (chosen.every((container) => container === null)) call.answer.fail(`error: ${printedKind(workload.kind)}/${workload.metadata.name} does not have any containers matching "${wanted}"`);
  return chosen;
}

/** The way back that always works: the containers as they were. */
export function containersBack(workload: Workload): readonly string[] {
  const operation = [{ op: 'replace', path: '/spec/template/spec/containers', value: containersOf(workload) }];
  return ['patch', slashed(workload), '--type=json', '-p', JSON.stringify(operation)];
}

/** Sends the operations; nothing is said where there are none, as kubectl does. */
export function change(call: Call, workload: Workload, operations: readonly JsonPatchOperation[], done: string, undo: readonly string[]): void {
  if (operations.length === 0) return;
  const written = sendPatch(call, workload, { type: 'json', body: operations }, { undoClass: 'U1', undo });
  if (written !== null) call.answer.print(`${printedKind(workload.kind)}/${workload.metadata.name} ${done}${dryRunMark(call)}`);
}
