import type { JobSpec } from 'kubernetes-types/batch/v1';
import type { KindMap } from '../objects.ts';
import { parseSchedule } from '../schedule.ts';
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
  errors.push(...unsupported('spec.concurrencyPolicy', spec?.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  errors.push(...integerErrors('spec', spec, ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']));
  return [...errors, ...jobSpecErrors(spec?.jobTemplate?.spec, 'spec.jobTemplate.spec')];
}

function jobSpecErrors(spec: JobSpec | undefined, path: string): string[] {
  const errors = integerErrors(path, spec, ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished']);
  errors.push(...unsupported(`${path}.completionMode`, spec?.completionMode, ['NonIndexed', 'Indexed']));
  if (spec?.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(`${path}.completions: Required value: when completion mode is Indexed`);
  }
  const pod = spec?.template?.spec;
  if (pod === undefined) return [...errors, `${path}.template.spec.containers: Required value`];
  errors.push(...podSpecErrors(pod, `${path}.template.spec`));
  if (pod.restartPolicy !== 'OnFailure' && pod.restartPolicy !== 'Never') {
    errors.push(`${path}.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`);
  }
  return errors;
}
