import type { PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule } from 'kubernetes-types/batch/v1';
import type { KindMap } from '../objects.ts';
import { readIndexes } from './job-indexes.ts';

type Job = KindMap['Job'];
type Pod = KindMap['Pod'];

/** What a failed pod means for its Job. `message` of `FailJob` becomes the Job's. */
export type FailureAction = { readonly action: 'Count' | 'Ignore' | 'FailIndex' } | { readonly action: 'FailJob'; readonly message: string };

/** What the first rule of the Job's pod failure policy that matches says; a pod that no rule matches counts. */
export function failureAction(job: Job, pod: Pod): FailureAction {
  for (const [nth, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const why = matchOf(rule, pod);
    if (why === null) continue;
    if (rule.action === 'FailJob') return { action: 'FailJob', message: `${why} matching FailJob rule at index ${nth}` };
    if (rule.action === 'Ignore' || rule.action === 'FailIndex') return { action: rule.action };
    return { action: 'Count' };
  }
  return { action: 'Count' };
}

/** How a rule matches a pod, in the words of the condition that it leads to; null where it does not. */
function matchOf({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | null {
  const where = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  if (onExitCodes !== undefined && onExitCodes !== null) {
    for (const { name, state } of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
      const exitCode = state?.terminated?.exitCode ?? 0;
      if (exitCode !== 0 && meetsCodes(onExitCodes, name, exitCode)) return `Container ${name} for pod ${where} failed with exit code ${exitCode}`;
    }
    return null;
  }
  for (const pattern of onPodConditions ?? []) {
    const status = (pattern.status as string | undefined) ?? 'True';
    if (pod.status?.conditions?.some((condition) => condition.type === pattern.type && condition.status === status) === true) return `Pod ${where} has condition ${pattern.type}`;
  }
  return null;
}

function meetsCodes({ containerName, operator, values }: PodFailurePolicyOnExitCodesRequirement, name: string, exitCode: number): boolean {
  if (containerName !== undefined && containerName !== name) return false;
  return values.includes(exitCode) === (operator === 'In');
}

/** The first rule of the Job's success policy that its completed indexes meet, by its number; null where none does. */
export function successRule(job: Job, completed: readonly number[]): number | null {
  const completions = job.spec?.completions ?? 0;
  for (const [nth, { succeededIndexes, succeededCount }] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const wanted = succeededIndexes === undefined ? null : readIndexes(succeededIndexes, completions);
    const met = wanted === null ? completed.length : wanted.filter((index) => completed.includes(index)).length;
    if (met >= (succeededCount ?? wanted?.length ?? Infinity)) return nth;
  }
  return null;
}
