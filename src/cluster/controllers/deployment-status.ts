import type { DeploymentCondition, DeploymentStatus } from 'kubernetes-types/apps/v1';
import type { SimMs } from '../../time/sim-time.ts';
import type { KindMap } from '../objects.ts';
import { boundsOf } from './rolling-update.ts';

type Deployment = KindMap['Deployment'];
type ReplicaSet = KindMap['ReplicaSet'];

/** Counts over a Deployment's ReplicaSets. Zeroes are left out, as the real ones are. */
export function countReplicas(deployment: Deployment, newSet: ReplicaSet | undefined, all: readonly ReplicaSet[]): DeploymentStatus {
  let wanted = 0;
  let replicas = 0;
  let ready = 0;
  let available = 0;
  for (const { spec, status } of all) {
    wanted += spec?.replicas ?? 0;
    replicas += status?.replicas ?? 0;
    ready += status?.readyReplicas ?? 0;
    available += status?.availableReplicas ?? 0;
  }
  const counts: DeploymentStatus = { observedGeneration: deployment.metadata.generation ?? 1 };
  if (replicas > 0) counts.replicas = replicas;
  const updated = newSet?.status?.replicas ?? 0;
  if (updated > 0) counts.updatedReplicas = updated;
  if (ready > 0) counts.readyReplicas = ready;
  if (available > 0) counts.availableReplicas = available;
  if (wanted > available) counts.unavailableReplicas = wanted - available;
  const collisions = deployment.status?.collisionCount ?? 0;
  if (collisions > 0) counts.collisionCount = collisions;
  return counts;
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = deployment.spec?.replicas ?? 1;
  return (status.updatedReplicas ?? 0) === wanted && (status.replicas ?? 0) === wanted && (status.availableReplicas ?? 0) === wanted;
}

/** Whether a rollout came further than `before`. */
export function hasProgressed(before: DeploymentStatus, status: DeploymentStatus): boolean {
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    outdated(status) < outdated(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function outdated(counts: DeploymentStatus): number {
  return (counts.replicas ?? 0) - (counts.updatedReplicas ?? 0);
}

export function availableCondition(deployment: Deployment, status: DeploymentStatus): Verdict {
  const { replicas, maxUnavailable } = boundsOf(deployment);
  return (status.availableReplicas ?? 0) >= replicas - maxUnavailable
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
}

/** What a condition says, without its times. */
export interface Verdict {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** `conditions` with one of them renewed; the same array where that changes nothing and `touch` is not asked for. */
export function withCondition(conditions: readonly DeploymentCondition[], verdict: Verdict, now: string, touch = false): readonly DeploymentCondition[] {
  const current = conditions.find(({ type }) => type === verdict.type);
  if (current?.status === verdict.status && current.reason === verdict.reason && !touch) return conditions;
  const lastTransitionTime = current?.status === verdict.status ? (current.lastTransitionTime ?? now) : now;
  const renewed = { ...verdict, lastUpdateTime: now, lastTransitionTime };
  return [...conditions.filter(({ type }) => type !== verdict.type), renewed];
}

/** Conditions with what keeps the new ReplicaSet from making its pods, or without where nothing does. */
export function withFailure(conditions: readonly DeploymentCondition[], newSet: ReplicaSet | undefined): DeploymentCondition[] {
  const failure = newSet?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const { type, status, reason = '', message = '', lastTransitionTime = '' } = failure;
  return [...others, { type, status, reason, message, lastTransitionTime, lastUpdateTime: lastTransitionTime }];
}

export function progressReason(deployment: Deployment): string | undefined {
  return deployment.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason;
}

export function progressing(reason: string, message: string): Verdict {
  return { type: 'Progressing', status: reason === 'ProgressDeadlineExceeded' ? 'False' : reason === 'DeploymentPaused' || reason === 'DeploymentResumed' ? 'Unknown' : 'True', reason, message };
}

/** When a rollout that last came further at `sinceMs` is given up; null where it has no deadline. */
export function deadlineMs(deployment: Deployment, sinceMs: SimMs): SimMs | null {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds === undefined || seconds >= 2_147_483_647 ? null : sinceMs + seconds * 1000;
}
