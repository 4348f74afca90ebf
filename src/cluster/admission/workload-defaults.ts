import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import { withDefaults, withTemplateDefaults } from './pod-defaults.ts';

type Spec<K extends 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob'> = NonNullable<KindMap[K]['spec']>;

/** What the API server fills into the specs of workloads. */

export function deploymentDefaults(spec: Spec<'Deployment'>): Spec<'Deployment'> {
  const strategy = withDefaults(spec.strategy ?? {}, { type: 'RollingUpdate' });
  const rolling = strategy.type === 'RollingUpdate';
  return withDefaults(
    {
      ...templated(spec),
      strategy: rolling
        ? { ...strategy, rollingUpdate: withDefaults(strategy.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' }) }
        : strategy,
    },
    { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  );
}

export function replicaSetDefaults(spec: Spec<'ReplicaSet'>): Spec<'ReplicaSet'> {
  return withDefaults(templated(spec), { replicas: 1 });
}

export function statefulSetDefaults(spec: Spec<'StatefulSet'>): Spec<'StatefulSet'> {
  const strategy = withDefaults(spec.updateStrategy ?? {}, { type: 'RollingUpdate' });
  return withDefaults(
    {
      ...templated(spec),
      updateStrategy: strategy.type === 'RollingUpdate'
        ? { ...strategy, rollingUpdate: withDefaults(strategy.rollingUpdate ?? {}, { partition: 0 }) }
        : strategy,
    },
    { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10, persistentVolumeClaimRetentionPolicy: withDefaults(spec.persistentVolumeClaimRetentionPolicy ?? {}, { whenDeleted: 'Retain', whenScaled: 'Retain' }) },
  );
}

export function daemonSetDefaults(spec: Spec<'DaemonSet'>): Spec<'DaemonSet'> {
  const strategy = withDefaults(spec.updateStrategy ?? {}, { type: 'RollingUpdate' });
  const updateStrategy = strategy.type === 'RollingUpdate'
    ? { ...strategy, rollingUpdate: withDefaults(strategy.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 0 }) }
    : strategy;
  return withDefaults({ ...templated(spec), updateStrategy }, { revisionHistoryLimit: 10 });
}

/** Without the selector and labels that hold the Job's uid: see {@link withJobSelector}. */
export function jobDefaults(spec: Spec<'Job'>): Spec<'Job'> {
  const once = spec.completions === undefined && spec.parallelism === undefined;
  const { podFailurePolicy: policy } = spec;
  const rules = policy?.rules?.map((rule) => (rule.onPodConditions === undefined ? rule : { ...rule, onPodConditions: rule.onPodConditions.map((pattern) => withDefaults(pattern, { status: 'True' })) }));
  return withDefaults({ ...templated(spec), ...(policy === undefined || rules === undefined ? {} : { podFailurePolicy: { ...policy, rules } }) }, {
    parallelism: 1, ...(once ? { completions: 1 } : {}), backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647, completionMode: 'NonIndexed', suspend: false,
    podReplacementPolicy: policy === undefined ? 'TerminatingOrFailed' : 'Failed',
  });
}

export function cronJobDefaults(spec: Spec<'CronJob'>): Spec<'CronJob'> {
  const job = spec.jobTemplate?.spec;
  const jobTemplate = job === undefined ? spec.jobTemplate : { ...spec.jobTemplate, spec: templated(job) };
  return withDefaults({ ...spec, jobTemplate }, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
}

/** A Job whose pods are told from others by its uid, unless its author selects them by hand. */
export function withJobSelector(job: KindMap['Job']): KindMap['Job'] {
  const { spec, metadata } = job;
  if (spec?.template === undefined || spec.manualSelector === true || spec.selector !== undefined) return job;
  const uid = metadata.uid ?? '';
  const labels = {
    ...spec.template.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': metadata.name, 'controller-uid': uid, 'job-name': metadata.name,
  };
  const template = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  return { ...job, spec: { ...spec, manualSelector: false, selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }, template } };
}

function templated<Shape extends { template?: PodTemplateSpec }>(spec: Shape): Shape {
  return spec.template === undefined ? spec : { ...spec, template: withTemplateDefaults(spec.template) };
}
