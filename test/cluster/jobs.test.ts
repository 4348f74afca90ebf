import { describe, expect, test } from 'vitest';
import type { KindMap } from '../../src/cluster/objects.ts';
import { ARestApi } from '../kube-api/a-rest-api.ts';
import { accepted, SmallCluster } from '../support/small-cluster.ts';

type JobSpec = NonNullable<KindMap['Job']['spec']>;

/** `job` ends well, `crash` with exit code 1, `1.0` never. */
function aJob(name: string, tag: string, spec: Partial<JobSpec> = {}): KindMap['Job'] {
  const container = { name: 'app', image: `registry.example/${name}:${tag}` };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'shop' }, spec: { template: { metadata: { labels: { app: name } }, spec: { restartPolicy: 'Never', containers: [container] } }, ...spec } };
}

function started(tag: string, spec: Partial<JobSpec> = {}, wait = '1m'): SmallCluster {
  const cluster = new SmallCluster();
  cluster.apply(aJob('work', tag, spec));
  cluster.wait(wait);
  return cluster;
}

function change(cluster: SmallCluster, spec: Partial<JobSpec>): void {
  accepted(cluster.plane.api.patch({ kind: 'Job', namespace: 'shop', name: 'work' }, { type: 'merge', body: { spec } }));
}

/** Type, reason and message of the conditions. */
function said(cluster: SmallCluster): string[] {
  return (cluster.get('Job', 'work').status?.conditions ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

/** Lets the first pod of an index end as said. */
function finish(cluster: SmallCluster, index: number, exitCode: number): void {
  const pod = cluster.pods('work').find(({ metadata, status }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'] === String(index) && status?.phase === 'Running');
  cluster.plane.kubelet.killContainer({ kind: 'Pod', namespace: 'shop', name: pod?.metadata.name ?? '' }, 'app', exitCode === 0 ? 'Completed' : 'Error', exitCode);
  cluster.wait('1s');
}

// After test/e2e/apps/job.go of Kubernetes.
describe('[sig-apps] Job', () => {
  test('holds its pods until their end is counted, and no longer', () => {
    const cluster = started('1.0', { parallelism: 2, completions: 2 }, '10s');
    expect(cluster.pods().map(({ metadata }) => metadata.finalizers)).toEqual([['batch.kubernetes.io/job-tracking'], ['batch.kubernetes.io/job-tracking']]);
    for (const pod of cluster.pods()) cluster.delete('Pod', pod.metadata.name, { gracePeriodSeconds: 0 });
    cluster.wait('5s');
    expect(cluster.get('Job', 'work').status).toMatchObject({ failed: 2 });
    expect(cluster.pods()).toEqual([]);
  });

  test('should adopt matching orphans and release non-matching pods', () => {
    const cluster = started('1.0', { parallelism: 2, completions: 4 }, '10s');
    const [orphan] = cluster.pods();
    const name = orphan?.metadata.name ?? '';
    const ref = { kind: 'Pod', namespace: 'shop', name } as const;
    accepted(cluster.plane.api.patch(ref, { type: 'merge', body: { metadata: { ownerReferences: null } } }));
    cluster.wait('1s');
    expect(cluster.get('Pod', name).metadata.ownerReferences).toMatchObject([{ kind: 'Job', name: 'work', controller: true }]);
    expect(cluster.pods()).toHaveLength(2);
    accepted(cluster.plane.api.patch(ref, { type: 'merge', body: { metadata: { labels: null } } }));
    cluster.wait('1s');
    expect(cluster.get('Pod', name).metadata).not.toHaveProperty('ownerReferences');
    expect(cluster.get('Pod', name).metadata).not.toHaveProperty('finalizers');
    expect(cluster.get('Job', 'work').status).toMatchObject({ active: 2 });
  });

  test('should delete pods when suspended, count none of them as failed, and begin its time anew when resumed', () => {
    const cluster = started('1.0', { parallelism: 2, completions: 4, activeDeadlineSeconds: 60 }, '30s');
    change(cluster, { suspend: true });
    cluster.wait('10m');
    expect(cluster.pods()).toEqual([]);
    expect(said(cluster)).toEqual(['Suspended JobSuspended: Job suspended']);
    expect(cluster.get('Job', 'work').status?.failed).toBeUndefined();
    change(cluster, { suspend: false });
    cluster.wait('30s');
    expect(cluster.get('Job', 'work').status).toMatchObject({ active: 2, startTime: '2026-02-10T03:20:30Z' });
    expect(said(cluster)).toEqual(['Suspended JobResumed: Job resumed']);
  });

  test('should use the pod failure policy on exit code to fail the job early', () => {
    const podFailurePolicy = { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] };
    const cluster = started('crash', { parallelism: 2, completions: 2, podFailurePolicy });
    const [why = ''] = said(cluster);
    expect(why).toMatch(/^FailureTarget PodFailurePolicy: Container app for pod shop\/work-\w{5} failed with exit code 1 matching FailJob rule at index 0$/);
    expect(said(cluster)[1]).toBe(why.replace('FailureTarget', 'Failed'));
  });

  test('should use the pod failure policy to not count the failure towards the backoffLimit', () => {
    const podFailurePolicy = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] };
    const cluster = started('1.0', { backoffLimit: 0, podFailurePolicy }, '10s');
    const [before] = cluster.pods();
    accepted(cluster.plane.api.evict({ namespace: 'shop', name: before?.metadata.name ?? '' }));
    cluster.wait('1m');
    expect(cluster.get('Job', 'work').status).toMatchObject({ active: 1 });
    expect(cluster.get('Job', 'work').status?.failed).toBeUndefined();
    expect(cluster.pods().map(({ metadata }) => metadata.name)).not.toContain(before?.metadata.name);
  });

  test('should execute all indexes despite some failing when using backoffLimitPerIndex', () => {
    const cluster = started('1.0', { completionMode: 'Indexed', parallelism: 4, completions: 4, backoffLimitPerIndex: 1 }, '10s');
    for (const index of [0, 2]) finish(cluster, index, 1);
    for (const index of [1, 3]) finish(cluster, index, 0);
    cluster.wait('20s');
    const retried = cluster.pods().filter(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-index-failure-count'] === '1');
    expect(retried.map(({ metadata }) => metadata.name.slice(0, 6))).toEqual(['work-0', 'work-2']);
    for (const index of [0, 2]) finish(cluster, index, 1);
    expect(cluster.get('Job', 'work').status).toMatchObject({ failedIndexes: '0,2', completedIndexes: '1,3', failed: 4, succeeded: 2 });
    expect(said(cluster)).toEqual(['FailureTarget FailedIndexes: Job has failed indexes', 'Failed FailedIndexes: Job has failed indexes']);
  });

  test('should terminate job execution when the number of failed indexes exceeds maxFailedIndexes', () => {
    const cluster = started('1.0', { completionMode: 'Indexed', parallelism: 4, completions: 4, backoffLimitPerIndex: 0, maxFailedIndexes: 0 }, '10s');
    finish(cluster, 3, 1);
    expect(said(cluster)).toEqual(['FailureTarget MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes']);
    cluster.wait('5s');
    expect(said(cluster)[1]).toBe('Failed MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes');
    expect(cluster.get('Job', 'work').status?.active).toBeUndefined();
  });

  test('should mark indexes as failed when the FailIndex action is matched in podFailurePolicy', () => {
    const podFailurePolicy = { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [42] } }] };
    const cluster = started('1.0', { completionMode: 'Indexed', parallelism: 2, completions: 2, backoffLimitPerIndex: 5, podFailurePolicy }, '10s');
    finish(cluster, 0, 42);
    finish(cluster, 1, 0);
    expect(cluster.get('Job', 'work').status).toMatchObject({ failedIndexes: '0', completedIndexes: '1' });
    expect(said(cluster)[0]).toBe('FailureTarget FailedIndexes: Job has failed indexes');
  });

  test.each([
    ['all indexes succeeded', { succeededIndexes: '0,1', succeededCount: 2 }, [0, 1]],
    ['succeededIndexes rule', { succeededIndexes: '0' }, [0]],
    ['succeededCount rule', { succeededCount: 1 }, [1]],
  ])('with successPolicy should succeeded when %s', (_title, rule, finished) => {
    const cluster = started('1.0', { completionMode: 'Indexed', parallelism: 2, completions: 2, successPolicy: { rules: [rule] } }, '10s');
    for (const index of finished) finish(cluster, index, 0);
    cluster.wait('5s');
    expect(said(cluster)).toEqual(['SuccessCriteriaMet SuccessPolicy: Matched rules at index 0', 'Complete SuccessPolicy: Matched rules at index 0']);
    expect(cluster.get('Job', 'work').status).toMatchObject({ succeeded: finished.length, terminating: 0, completedIndexes: finished.join(',') });
    expect(cluster.get('Job', 'work').status?.failed).toBeUndefined();
  });

  test('should allow to delegate reconciliation to external controller', () => {
    const cluster = started('job', { managedBy: 'k8s.io/job-e2e-external' });
    expect(cluster.pods()).toEqual([]);
    expect(cluster.get('Job', 'work').status ?? {}).toEqual({});
  });

  test('that is indexed takes more and fewer completions with its parallelism, and neither alone', () => {
    const cluster = started('1.0', { completionMode: 'Indexed', parallelism: 3, completions: 3 }, '10s');
    finish(cluster, 2, 0);
    const refused = cluster.plane.api.patch({ kind: 'Job', namespace: 'shop', name: 'work' }, { type: 'merge', body: { spec: { completions: 5 } } });
    expect(refused).toMatchObject({ status: { message: 'Job.batch "work" is invalid: spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism' } });
    change(cluster, { parallelism: 1, completions: 1 });
    cluster.wait('10s');
    expect(cluster.get('Job', 'work').status).toMatchObject({ active: 1 });
    expect(cluster.get('Job', 'work').status?.completedIndexes).toBeUndefined();
    change(cluster, { parallelism: 2, completions: 2 });
    cluster.wait('10s');
    expect(cluster.get('Job', 'work').status).toMatchObject({ active: 2 });
  });

  test('with podReplacementPolicy Failed replaces a pod when it is gone, not before', () => {
    const cluster = started('1.0', { podReplacementPolicy: 'Failed' }, '10s');
    cluster.delete('Pod', cluster.pods()[0]?.metadata.name ?? '');
    cluster.wait('100ms');
    expect(cluster.get('Job', 'work').status).toMatchObject({ terminating: 1, ready: 0 });
    expect(cluster.pods()).toHaveLength(1);
    cluster.wait('30s');
    expect(cluster.get('Job', 'work').status).toMatchObject({ failed: 1, active: 1, terminating: 0 });
  });

  test('should apply changes to a job status', () => {
    const rest = new ARestApi();
    rest.cluster.apply(aJob('work', '1.0', { parallelism: 2, completions: 4 }));
    rest.cluster.wait('10s');
    const path = '/apis/batch/v1/namespaces/shop/jobs/work/status';
    const condition = { type: 'CustomConditionType', status: 'True' };
    const patched = rest.patch(path, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status: { conditions: [condition] } });
    expect(patched.body.status.conditions).toEqual([condition]);
    rest.cluster.wait('10s');
    expect(rest.get(path).body.status).toMatchObject({ active: 2, conditions: [condition] });
  });

  test('refuses what only an Indexed Job may ask for, and policies that cannot be', () => {
    const refusal = (spec: Partial<JobSpec>): string => {
      const result = new SmallCluster().plane.api.create(aJob('work', 'job', spec));
      return result.ok ? 'taken' : result.status.message;
    };
    expect(refusal({ backoffLimitPerIndex: 1 })).toBe('Job.batch "work" is invalid: spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode');
    expect(refusal({ completionMode: 'Indexed', completions: 2, maxFailedIndexes: 1 })).toBe('Job.batch "work" is invalid: spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified');
    expect(refusal({ podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [0] } }] } })).toBe(
      'Job.batch "work" is invalid: [spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set, spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator]',
    );
  });
});
