import type { KindMap } from '../../../../cluster/objects.ts';
import { controllerOf } from '../call.ts';
import type { Call } from '../call.ts';
import { longInstant } from '../../../../cluster/printers/age.ts';
import { selectorOf } from '../selectors.ts';
import { describeEvents } from './events.ts';
import { describeTemplate } from './pod.ts';
import type { DescriptionWriter } from './writer.ts';

type Workload = KindMap['Deployment' | 'ReplicaSet' | 'StatefulSet'];

export function describeDeployment(call: Call, deployment: KindMap['Deployment'], writer: DescriptionWriter): void {
  const { metadata, spec, status } = deployment;
  writer.row(0, 'Name:', metadata.name);
  writer.row(0, 'Namespace:', metadata.namespace ?? '');
  writer.row(0, 'CreationTimestamp:', longInstant(metadata.creationTimestamp));
  writer.map(0, 'Labels', metadata.labels);
  writer.map(0, 'Annotations', metadata.annotations, ': ');
  writer.joined('Selector', spec?.selector.matchLabels);
  writer.row(0, 'Replicas:', `${spec?.replicas ?? 1} desired | ${status?.updatedReplicas ?? 0} updated | ${status?.replicas ?? 0} total | ${status?.availableReplicas ?? 0} available | ${status?.unavailableReplicas ?? 0} unavailable`);
  const strategy = spec?.strategy?.type ?? 'RollingUpdate';
  writer.row(0, 'StrategyType:', strategy);
  writer.row(0, 'MinReadySeconds:', String(spec?.minReadySeconds ?? 0));
  if (strategy === 'RollingUpdate') {
    const { maxUnavailable = '25%', maxSurge = '25%' } = spec?.strategy?.rollingUpdate ?? {};
    writer.row(0, 'RollingUpdateStrategy:', `${maxUnavailable} max unavailable, ${maxSurge} max surge`);
  }
  describeTemplate(writer, spec?.template);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    writer.row(0, 'Conditions:');
    writer.row(1, 'Type', 'Status', 'Reason');
    writer.row(1, '----', '------', '------');
    for (const condition of conditions) writer.row(1, `${condition.type} `, condition.status, condition.reason ?? '');
  }
  const { old, current } = replicaSetsOf(call, deployment);
  writer.row(0, 'OldReplicaSets:', old.length === 0 ? '<none>' : old.map(created).join(', '));
  writer.row(0, 'NewReplicaSet:', current === null ? '<none>' : created(current));
  describeEvents(call, deployment, writer);
}

function created(set: KindMap['ReplicaSet']): string {
  return `${set.metadata.name} (${set.status?.replicas ?? 0}/${set.spec?.replicas ?? 0} replicas created)`;
}

/** Deployment's ReplicaSets by revision, newest last; `current` is the one of the deployment's own revision. */
export function replicaSetsOf(call: Call, deployment: KindMap['Deployment']): { readonly old: readonly KindMap['ReplicaSet'][]; readonly current: KindMap['ReplicaSet'] | null } {
  const sets = call.api.list('ReplicaSet', deployment.metadata.namespace ?? '', selectorOf(deployment) ?? [])
    .filter((set) => controllerOf(set)?.name === deployment.metadata.name && controllerOf(set)?.kind === 'Deployment')
    .sort((left, right) => revisionOf(left) - revisionOf(right));
  const current = sets.find((set) => revisionOf(set) === revisionOf(deployment)) ?? sets.at(-1) ?? null;
  return { old: sets.filter((set) => set !== current), current };
}

/** The revision a Deployment or ReplicaSet carries; 0 for none. */
export function revisionOf({ metadata }: KindMap['Deployment' | 'ReplicaSet']): number {
  const revision = Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

export function describeReplicaSet(call: Call, set: KindMap['ReplicaSet'], writer: DescriptionWriter): void {
  describeSetHead(set, writer);
  const owner = controllerOf(set);
  if (owner !== null) writer.row(0, 'Controlled By:', `${owner.kind}/${owner.name}`);
  writer.row(0, 'Replicas:', `${set.status?.replicas ?? 0} current / ${set.spec?.replicas ?? 1} desired`);
  describeSetTail(call, set, writer);
}

export function describeStatefulSet(call: Call, set: KindMap['StatefulSet'], writer: DescriptionWriter): void {
  describeSetHead(set, writer);
  writer.row(0, 'CreationTimestamp:', longInstant(set.metadata.creationTimestamp));
  writer.row(0, 'Replicas:', `${set.spec?.replicas ?? 1} desired | ${set.status?.replicas ?? 0} total`);
  writer.row(0, 'Update Strategy:', set.spec?.updateStrategy?.type ?? 'RollingUpdate');
  if (set.spec?.updateStrategy?.rollingUpdate?.partition !== undefined) writer.row(1, 'Partition:', String(set.spec.updateStrategy.rollingUpdate.partition));
  describeSetTail(call, set, writer);
}

function describeSetHead({ metadata, spec }: KindMap['ReplicaSet' | 'StatefulSet'], writer: DescriptionWriter): void {
  writer.row(0, 'Name:', metadata.name);
  writer.row(0, 'Namespace:', metadata.namespace ?? '');
  writer.joined('Selector', spec?.selector.matchLabels);
  writer.map(0, 'Labels', metadata.labels);
  writer.map(0, 'Annotations', metadata.annotations, ': ');
}

function describeSetTail(call: Call, set: KindMap['ReplicaSet' | 'StatefulSet'], writer: DescriptionWriter): void {
  const counts = { Running: 0, Waiting: 0, Succeeded: 0, Failed: 0 };
  for (const pod of ownPods(call, set)) {
    const phase = pod.status?.phase === 'Pending' || pod.status?.phase === undefined ? 'Waiting' : pod.status.phase;
    if (Object.hasOwn(counts, phase)) counts[phase as keyof typeof counts]++;
  }
  writer.row(0, 'Pods Status:', `${counts.Running} Running / ${counts.Waiting} Waiting / ${counts.Succeeded} Succeeded / ${counts.Failed} Failed`);
  describeTemplate(writer, set.spec?.template);
  if (set.kind === 'StatefulSet') {
    const claims = set.spec?.volumeClaimTemplates ?? [];
    writer.row(0, 'Volume Claims:', claims.length === 0 ? '<none>' : claims.map(({ metadata }) => metadata?.name ?? '').join(', '));
  }
  describeEvents(call, set, writer);
}

function ownPods(call: Call, workload: Workload): readonly KindMap['Pod'][] {
  return call.api.list('Pod', workload.metadata.namespace ?? '', selectorOf(workload) ?? [])
    .filter((pod) => controllerOf(pod)?.uid === workload.metadata.uid || controllerOf(pod)?.name === workload.metadata.name);
}
