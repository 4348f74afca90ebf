import type { JobSpec } from 'kubernetes-types/batch/v1';
import type { KindMap } from '../objects.ts';
import { parseSchedule } from '../schedule.ts';
import { timeZone } from '../time-zones.ts';
import { goValue } from './go-text.ts';
import { podSpecErrors } from './pod-rules.ts';
import { integerErrors, unsupported } from './value-rules.ts';

/** What is wrong with a Job. Source: pkg/apis/batch/validation of Kubernetes. */
export function jobErrors(job: KindMap['Job']): string[] {
  const name = job.metadata.name;
  const long = name.length > 63 ? [`metadata.name: Invalid value: "${name}": must be no more than 63 characters`] : [];
  return [...long, ...jobSpecErrors(job.spec, 'spec')];
}

export function cronJobErrors(cron: KindMap['CronJob']): string[] {
  const { spec, metadata } = cron;
  const errors: string[] = [];
  if (metadata.name.length > 52) errors.push('metadata.name: Invalid value: "' + metadata.name + '": must be no more than 52 characters');
  const schedule = spec?.schedule ?? '';
  if (schedule === '') errors.push('spec.schedule: Required value');
  else {
    const parsed = parseSchedule(schedule);
    if ('problem' in parsed) errors.push(`spec.schedule: Invalid value: "${schedule}": ${parsed.problem}`);
    else if (/TZ/.test(schedule)) errors.push(`spec.schedule: Invalid value: "${schedule}": cannot use TZ or CRON_TZ in schedule, use timeZone field instead`);
  }
  const zone = spec?.timeZone;
  if (zone === '') errors.push('spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string');
  else if (zone === 'Local') errors.push('spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  else if (zone !== undefined && timeZone(zone) === null) errors.push(`spec.timeZone: Invalid value: "${zone}": unknown time zone ${zone}`);
  errors.push(...unsupported('spec.concurrencyPolicy', spec?.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  errors.push(...integerErrors('spec', spec, ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']));
  return [...errors, ...jobSpecErrors(spec?.jobTemplate?.spec, 'spec.jobTemplate.spec')];
}

function jobSpecErrors(spec: JobSpec | undefined, path: string): string[] {
  const errors = integerErrors(path, spec, ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes']);
  errors.push(...unsupported(`${path}.completionMode`, spec?.completionMode, ['NonIndexed', 'Indexed']));
  if (spec?.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(`${path}.completions: Required value: when completion mode is Indexed`);
  }
  errors.push(...indexErrors(spec, path), ...failurePolicyErrors(spec, path));
  const pod = spec?.template?.spec;
  if (pod === undefined) return [...errors, `${path}.template.spec.containers: Required value`];
  errors.push(...podSpecErrors(pod, `${path}.template.spec`));
  if (pod.restartPolicy !== 'OnFailure' && pod.restartPolicy !== 'Never') {
    errors.push(`${path}.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`);
  }
  return errors;
}

/** What only an Indexed Job may ask for. */
function indexErrors(spec: JobSpec | undefined, path: string): string[] {
  const { backoffLimitPerIndex, maxFailedIndexes, successPolicy, completions = 0, parallelism = 0 } = spec ?? {};
  const errors: string[] = [];
  if (spec?.completionMode !== 'Indexed') {
    for (const [field, value] of Object.entries({ backoffLimitPerIndex, maxFailedIndexes })) if (value !== undefined) errors.push(`${path}.${field}: Invalid value: ${value}: requires indexed completion mode`);
    if (successPolicy !== undefined) errors.push(`${path}.successPolicy: Invalid value: ${goValue(successPolicy)}: requires indexed completion mode`);
    return errors;
  }
  if (parallelism > MOST_INDEXED) errors.push(`${path}.parallelism: Invalid value: ${parallelism}: must be less than or equal to ${MOST_INDEXED} when completion mode is Indexed`);
  if (maxFailedIndexes !== undefined && maxFailedIndexes > completions) errors.push(`${path}.maxFailedIndexes: Invalid value: ${maxFailedIndexes}: must be less than or equal to completions`);
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) errors.push(`${path}.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified`);
  if (successPolicy !== undefined && (successPolicy.rules ?? []).length === 0) errors.push(`${path}.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified`);
  (successPolicy?.rules ?? []).forEach(({ succeededCount, succeededIndexes }, nth) => {
    const where = `${path}.successPolicy.rules[${nth}]`;
    if (succeededCount === undefined && succeededIndexes === undefined) errors.push(`${where}: Required value: at least one of succeededCount or succeededIndexes must be specified`);
    if (succeededCount !== undefined && succeededCount > completions) errors.push(`${where}.succeededCount: Invalid value: ${succeededCount}: must be less than or equal to ${completions} (the number of specified completions)`);
  });
  return errors;
}

const MOST_INDEXED = 100_000;

function failurePolicyErrors(spec: JobSpec | undefined, path: string): string[] {
  const policy = spec?.podFailurePolicy;
  const replacement = spec?.podReplacementPolicy;
  if (policy === undefined) return unsupported(`${path}.podReplacementPolicy`, replacement, ['Failed', 'TerminatingOrFailed']);
  const errors = unsupported(`${path}.podReplacementPolicy`, replacement, ['Failed']);
  const restart = spec?.template?.spec?.restartPolicy;
  if (restart !== 'Never') errors.push(`${path}.template.spec.restartPolicy: Invalid value: "${restart ?? ''}": only "Never" is supported when podFailurePolicy is specified`);
  (policy.rules ?? []).forEach((rule, nth) => {
    const where = `${path}.podFailurePolicy.rules[${nth}]`;
    const { action, onExitCodes, onPodConditions = [] } = rule;
    errors.push(...unsupported(`${where}.action`, action, ['Count', 'FailIndex', 'FailJob', 'Ignore']));
    if (action === 'FailIndex' && spec?.backoffLimitPerIndex === undefined) errors.push(`${where}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`);
    if (onExitCodes !== undefined && onPodConditions.length > 0) errors.push(`${where}: Invalid value: ${goValue(rule)}: specifying both OnExitCodes and OnPodConditions is not supported`);
    if (onExitCodes === undefined && onPodConditions.length === 0) errors.push(`${where}: Invalid value: ${goValue(rule)}: specifying one of OnExitCodes and OnPodConditions is required`);
    if (onExitCodes === undefined) return;
    errors.push(...unsupported(`${where}.onExitCodes.operator`, onExitCodes.operator, ['In', 'NotIn']));
    if ((onExitCodes.values ?? []).length === 0) errors.push(`${where}.onExitCodes.values: Invalid value: []: at least one value is required`);
    (onExitCodes.values ?? []).forEach((value, at) => {
      if (value === 0 && onExitCodes.operator === 'In') errors.push(`${where}.onExitCodes.values[${at}]: Invalid value: 0: must not be 0 for the In operator`);
    });
  });
  return errors;
}
