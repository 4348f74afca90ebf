import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnE2eCluster, BUSYBOX, type Any } from '../an-e2e-cluster.ts';

let e2e: AnE2eCluster;
let namespace: string;
let url: string;
let crons: string;

beforeAll(() => {
  e2e = new AnE2eCluster();
});
beforeEach(() => {
  namespace = e2e.namespace('job');
  url = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  crons = `/apis/batch/v1/namespaces/${namespace}/cronjobs`;
});

/** What the framework's jobs do, by their name there. */
const BEHAVIOURS: Readonly<Record<string, readonly string[]>> = {
  succeed: ['sh', '-c', 'exit 0'],
  notTerminate: ['sleep', '1000000'],
  fail: ['/bin/sh', '-c', 'exit 1'],
  failOnce: ['/bin/sh', '-c', 'if [[ -r /data/foo ]] ; then exit 0 ; else touch /data/foo ; exit 1 ; fi'],
  failAndExit137: ['/bin/sh', '-c', 'if [[ -r /data/foo ]] ; then exit 0 ; else touch /data/foo ; exit 42; fi'],
};

function aJob(name: string, behaviour: string, { parallelism = 2, completions = 4, backoffLimit = 6, restartPolicy = 'Never', spec = {}, labels = {} }: Readonly<Record<string, Any>> = {}): object {
  return {
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name, labels },
    spec: {
      parallelism, ...(completions === null ? {} : { completions }), backoffLimit, manualSelector: false,
      template: { metadata: { labels: { 'e2e-job': name, ...labels } }, spec: { restartPolicy, volumes: [{ name: 'data', emptyDir: {} }], containers: [{ name: 'c', image: BUSYBOX, command: BEHAVIOURS[behaviour], volumeMounts: [{ mountPath: '/data', name: 'data' }], securityContext: {} }] } },
      ...spec,
    },
  };
}

function finished(name: string, type: 'Complete' | 'Failed' = 'Complete'): Any {
  return e2e.until(`${url}/${name}`, ({ status }) => (status.conditions as Any[] | undefined)?.some((one) => one.type === type && one.status === 'True') === true, `${type} of ${name}`, 900_000);
}

function podsOf(name: string): Any[] {
  return e2e.read(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(`job-name=${name}`)}`).items;
}

describe('[sig-apps] Job', () => {
  it('should create pods for an Indexed job with completion indexes and specified hostname [Conformance]', () => {
    e2e.create(url, aJob('indexed-job', 'succeed', { spec: { completionMode: 'Indexed' } }));
    finished('indexed-job');
    const pods = podsOf('indexed-job').filter(({ status }) => status.phase === 'Succeeded');
    expect(pods.map(({ metadata }) => Number(metadata.annotations['batch.kubernetes.io/job-completion-index'])).toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3]);
    for (const { metadata, spec } of pods) {
      const index = metadata.annotations['batch.kubernetes.io/job-completion-index'] as string;
      expect(metadata.labels['batch.kubernetes.io/job-completion-index']).toBe(index);
      expect(spec.hostname).toBe(`indexed-job-${index}`);
    }
  });

  it('should allow to use the pod failure policy on exit code to fail the job early [Conformance]', () => {
    e2e.create(url, aJob('pod-failure-failjob', 'failAndExit137', { parallelism: 1, completions: 1, spec: { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] } } }));
    const { status } = finished('pod-failure-failjob', 'Failed');
    expect((status.conditions as Any[]).find(({ type }) => type === 'Failed').reason).toBe('PodFailurePolicy');
  });

  it('should allow to use a pod failure policy to ignore failure matching on DisruptionTarget condition [Conformance]', () => {
    const job = aJob('pod-failure-ignore', 'notTerminate', { parallelism: 2, completions: 2, backoffLimit: 0, spec: { completionMode: 'Indexed', podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] } } }) as Any;
    job.spec.template.spec.containers[0].command = ['/bin/sh', '-c', 'if [[ -r /data/foo ]]; then exit 0; fi; sleep 1000000'];
    e2e.create(url, job);
    e2e.until(`${url}/pod-failure-ignore`, ({ status }) => status.ready === 2, 'two ready pods');
    for (const { metadata } of podsOf('pod-failure-ignore')) {
      const { name } = metadata as { name: string };
      const said = e2e.ask('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } } });
      expect(said.code).toBe(201);
      e2e.gone(`/api/v1/namespaces/${namespace}/pods/${name}`);
    }
    e2e.until(`${url}/pod-failure-ignore`, ({ status }) => status.ready === 2 && !(status.conditions as Any[] | undefined)?.some(({ type }) => type === 'Failed'), 'two other pods');
  });

  it('should run a job to completion when tasks sometimes fail and are locally restarted [Conformance]', () => {
    e2e.create(url, aJob('fail-once-local', 'failOnce', { restartPolicy: 'OnFailure' }));
    finished('fail-once-local');
    const pods = podsOf('fail-once-local').filter(({ status }) => status.phase === 'Succeeded');
    expect(pods).toHaveLength(4);
    expect(pods.map(({ status }) => status.containerStatuses[0].restartCount as number)).toEqual([1, 1, 1, 1]);
  });

  it('should adopt matching orphans and release non-matching pods [Conformance]', () => {
    e2e.create(url, aJob('adopt-release', 'notTerminate'));
    e2e.eventually(() => podsOf('adopt-release').filter(({ status }) => status.phase === 'Running').length === 2, 'two running pods');
    const [pod] = podsOf('adopt-release');
    const at = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`;
    e2e.change(at, ({ metadata }) => { metadata.ownerReferences = []; });
    e2e.until(at, ({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'Job' && metadata.ownerReferences[0].controller === true, 'the adoption');
    e2e.change(at, ({ metadata }) => { metadata.labels = {}; });
    e2e.until(at, ({ metadata }) => (metadata.ownerReferences ?? []).length === 0, 'the release');
  });

  it('should delete a job [Conformance]', () => {
    e2e.create(url, aJob('foo', 'notTerminate'));
    e2e.eventually(() => podsOf('foo').filter(({ status }) => status.phase === 'Running').length === 2, 'two running pods');
    e2e.delete(`${url}/foo`, { propagationPolicy: 'Background' });
    e2e.gone(`${url}/foo`);
    e2e.eventually(() => podsOf('foo').length === 0, 'no pods');
  });

  it('should manage the lifecycle of a job [Conformance]', () => {
    const labels = { 'e2e-job-label': namespace };
    const watch = e2e.watch(`${url}?labelSelector=${encodeURIComponent(`e2e-job-label=${namespace}`)}`);
    e2e.create(url, aJob('e2e-tkc2v', 'succeed', { labels, spec: { suspend: true } }));
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.status.conditions?.[0]?.type === 'Suspended', 'the suspension');
    expect(e2e.patch(`${url}/e2e-tkc2v`, 'strategic', { metadata: { labels: { 'e2e-tkc2v': 'patched', ...labels } } }).metadata.labels['e2e-tkc2v']).toBe('patched');
    e2e.change(`${url}/e2e-tkc2v`, (job) => {
      job.spec.suspend = false;
      job.metadata.annotations = { ...job.metadata.annotations, updated: 'true' };
    });
    e2e.heard(watch, ({ object }) => object.metadata.annotations.updated === 'true', 'the update');
    finished('e2e-tkc2v');
    expect(e2e.read(`/apis/batch/v1/jobs?labelSelector=${encodeURIComponent(`e2e-job-label=${namespace}`)}`).items).toHaveLength(1);
    e2e.delete(`${url}?labelSelector=${encodeURIComponent(`e2e-job-label=${namespace}`)}`, { propagationPolicy: 'Foreground' });
    e2e.heard(watch, ({ type }) => type === 'DELETED', 'the deletion');
  });

  it('should apply changes to a job status [Conformance]', () => {
    e2e.create(url, aJob('suspend-false-to-true', 'notTerminate', { parallelism: 2, completions: 4 }));
    e2e.eventually(() => podsOf('suspend-false-to-true').filter(({ status }) => status.phase === 'Running').length === 2, 'two running pods');
    const { status } = e2e.read(`${url}/suspend-false-to-true`);
    const patched = e2e.patch(`${url}/suspend-false-to-true/status`, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status: { ...status, conditions: [{ type: 'PatchedCondition', status: 'False', lastProbeTime: null, lastTransitionTime: '2026-02-10T03:10:00Z' }] } });
    expect(patched.metadata.annotations.patchedstatus).toBe('true');
    const now = '2026-02-10T03:10:30Z';
    e2e.change(`${url}/suspend-false-to-true/status`, (job) => { job.status.conditions = [...(job.status.conditions ?? []), { type: 'CustomCondition', status: 'True', lastTransitionTime: now, lastProbeTime: now }]; });
    expect(e2e.read(`${url}/suspend-false-to-true/status`).status.active).toBe(2);
  });
});

function aCronJob(name: string, schedule: string, policy: string, behaviour: string, labels: object = {}): object {
  return {
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name, labels },
    spec: { schedule, concurrencyPolicy: policy, jobTemplate: { spec: { parallelism: 1, completions: 1, backoffLimit: 6, template: { spec: { restartPolicy: 'OnFailure', volumes: [{ name: 'data', emptyDir: {} }], containers: [{ name: 'c', image: BUSYBOX, command: BEHAVIOURS[behaviour], volumeMounts: [{ mountPath: '/data', name: 'data' }] }] } } } } },
  };
}

describe('[sig-apps] CronJob', () => {
  it('should schedule multiple jobs concurrently [Conformance]', () => {
    e2e.create(crons, aCronJob('concurrent', '*/1 * * * ?', 'Allow', 'notTerminate'));
    e2e.until(`${crons}/concurrent`, ({ status }) => status.active.length >= 2, 'two active jobs');
    expect((e2e.read(url).items as Any[]).filter(({ status }) => status.completionTime === undefined).length).toBeGreaterThanOrEqual(2);
    e2e.delete(`${crons}/concurrent`, { propagationPolicy: 'Background' });
  });

  it('should not schedule jobs when suspended [Slow] [Conformance]', () => {
    const cron = aCronJob('suspended', '*/1 * * * ?', 'Allow', 'notTerminate') as Any;
    cron.spec.suspend = true;
    e2e.create(crons, cron);
    e2e.wait(300_000);
    expect(e2e.read(url).items).toHaveLength(0);
    e2e.delete(`${crons}/suspended`, { propagationPolicy: 'Background' });
  });

  it('should not schedule new jobs when ForbidConcurrent [Slow] [Conformance]', () => {
    e2e.create(crons, aCronJob('forbid', '*/1 * * * ?', 'Forbid', 'notTerminate'));
    e2e.until(`${crons}/forbid`, ({ status }) => status.active.length === 1, 'one active job');
    e2e.wait(180_000);
    expect(e2e.read(url).items).toHaveLength(1);
    e2e.delete(`${crons}/forbid`, { propagationPolicy: 'Background' });
  });

  it('should replace jobs when ReplaceConcurrent [Conformance]', () => {
    e2e.create(crons, aCronJob('replace', '*/1 * * * ?', 'Replace', 'notTerminate'));
    const first = e2e.until(`${crons}/replace`, ({ status }) => status.active.length === 1, 'one active job').status.active[0].name as string;
    e2e.until(`${crons}/replace`, ({ status }) => status.active.length === 1 && status.active[0].name !== first, 'another active job');
    e2e.delete(`${crons}/replace`, { propagationPolicy: 'Background' });
  });

  it('should support CronJob API operations [Conformance]', () => {
    const labels = { 'special-label': namespace };
    const selected = `?labelSelector=${encodeURIComponent(`special-label=${namespace}`)}`;
    expect((e2e.read('/apis/batch/v1').resources as Any[]).map(({ name }) => name)).toEqual(expect.arrayContaining(['cronjobs', 'cronjobs/status']));
    const make = (): Any => e2e.create(crons, { ...aCronJob('x', '* */1 * * ?', 'Replace', 'succeed', labels), metadata: { generateName: 'test-api-', labels } });
    make();
    make();
    const { metadata } = make();
    const at = `${crons}/${metadata.name}`;
    expect(e2e.read(at).metadata.uid).toBe(metadata.uid);
    expect(e2e.read(`${crons}${selected}`).items).toHaveLength(3);
    expect(e2e.read(`/apis/batch/v1/cronjobs${selected}`).items).toHaveLength(3);
    const watch = e2e.watch(`${crons}?resourceVersion=${metadata.resourceVersion}&labelSelector=${encodeURIComponent(`special-label=${namespace}`)}`);
    expect(e2e.patch(at, 'merge', { metadata: { annotations: { patched: 'true' } } }).metadata.annotations.patched).toBe('true');
    e2e.change(at, (object) => { object.metadata.annotations.updated = 'true'; });
    e2e.heard(watch, ({ type, object }) => type === 'MODIFIED' && object.metadata.annotations.updated === 'true', 'the update');
    const now = '2026-02-10T03:10:30Z';
    const status = e2e.patch(`${at}/status`, 'merge', { metadata: { annotations: { patchedstatus: 'true' } }, status: { lastScheduleTime: now } });
    expect([status.status.lastScheduleTime, status.metadata.annotations.patchedstatus]).toEqual([now, 'true']);
    e2e.change(`${at}/status`, (object) => { object.status.lastScheduleTime = '2026-02-10T03:11:30Z'; });
    expect(e2e.read(`${at}/status`).status.lastScheduleTime).toBe('2026-02-10T03:11:30Z');
    e2e.delete(at, {});
    e2e.gone(at);
    e2e.delete(`${crons}${selected}`);
    expect(e2e.read(`${crons}${selected}`).items).toHaveLength(0);
  });
});

describe('[sig-apps] DisruptionController', () => {
  const budgets = (): string => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
  const aBudget = (name: string, spec: object, labels: object = {}): object => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, labels }, spec: { selector: { matchLabels: { foo: 'bar' } }, ...spec } });
  const aRunner = (name: string): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { foo: 'bar' } }, spec: { restartPolicy: 'Always', containers: [{ name: 'donothing', image: 'registry.k8s.io/pause:3.10' }] } });
  const processed = (name: string): Any => e2e.until(`${budgets()}/${name}`, ({ status, metadata }) => status.observedGeneration >= metadata.generation, 'the budget');

  it('should create a PodDisruptionBudget [Conformance]', () => {
    e2e.create(budgets(), aBudget('foo', { minAvailable: '1%' }));
    processed('foo');
    e2e.change(`${budgets()}/foo`, ({ spec }) => { spec.minAvailable = '2%'; });
    processed('foo');
    expect(e2e.patch(`${budgets()}/foo`, 'merge', { spec: { minAvailable: '3%' } }).spec.minAvailable).toBe('3%');
    processed('foo');
    e2e.delete(`${budgets()}/foo`);
    e2e.gone(`${budgets()}/foo`);
  });

  it('Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets [Conformance]', () => {
    const labels = { 'special-label': namespace };
    for (const name of ['foo1', 'foo2', 'foo3']) e2e.create(budgets(), aBudget(name, { minAvailable: 1 }, labels));
    expect(e2e.read(`/apis/policy/v1/poddisruptionbudgets?labelSelector=${encodeURIComponent(`special-label=${namespace}`)}`).items).toHaveLength(3);
    e2e.delete(`${budgets()}?labelSelector=${encodeURIComponent(`special-label=${namespace}`)}`);
    expect(e2e.read(budgets()).items).toHaveLength(0);
  });

  it('should observe PodDisruptionBudget status updated [Conformance]', () => {
    e2e.create(budgets(), aBudget('foo', { minAvailable: 1 }));
    for (const name of ['rs-a', 'rs-b', 'rs-c']) e2e.create(`/api/v1/namespaces/${namespace}/pods`, aRunner(name));
    e2e.pods(namespace, 'foo=bar', 3);
    e2e.until(`${budgets()}/foo`, ({ status }) => status.disruptionsAllowed > 0, 'disruptions');
  });

  it('should update/patch PodDisruptionBudget status [Conformance]', () => {
    e2e.create(budgets(), aBudget('foo', { minAvailable: 1 }));
    e2e.create(`/api/v1/namespaces/${namespace}/pods`, aRunner('pod-0'));
    e2e.pods(namespace, 'foo=bar', 1);
    processed('foo');
    const then = '2026-02-10T03:10:30Z';
    e2e.change(`${budgets()}/foo/status`, ({ status }) => { status.disruptedPods = { 'pod-0': then }; });
    expect(Object.keys(e2e.read(`${budgets()}/foo/status`).status.disruptedPods ?? {})).toEqual(['pod-0']);
    const patched = e2e.patch(`${budgets()}/foo/status`, 'merge', { status: { ...e2e.read(`${budgets()}/foo/status`).status, disruptedPods: null } });
    expect(patched.status.disruptedPods ?? {}).toEqual({});
  });

  it('should block an eviction until the PDB is updated to allow it [Conformance]', () => {
    const evict = (name: string): number => e2e.ask('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } } }).code;
    const labels = { foo: 'bar' };
    e2e.create(`/apis/apps/v1/namespaces/${namespace}/replicasets`, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'rs' }, spec: { replicas: 3, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'donothing', image: 'registry.k8s.io/pause:3.10' }] } } } });
    e2e.create(budgets(), aBudget('foo', { minAvailable: 3 }));
    const healthy = (): string => {
      const [pod] = e2e.pods(namespace, 'foo=bar', 3);
      e2e.until(`${budgets()}/foo`, ({ status, metadata }) => status.currentHealthy === 3 && status.observedGeneration >= metadata.generation, 'three healthy pods');
      return pod.metadata.name as string;
    };
    const first = healthy();
    expect(evict(first)).toBe(429);
    e2e.change(`${budgets()}/foo`, ({ spec }) => { spec.minAvailable = 2; });
    healthy();
    expect(evict(first)).toBe(201);
    e2e.patch(`${budgets()}/foo`, 'merge', { spec: { minAvailable: null, maxUnavailable: 0 } });
    const second = healthy();
    expect(evict(second)).toBe(429);
    e2e.delete(`${budgets()}/foo`);
    e2e.gone(`${budgets()}/foo`);
    expect(evict(second)).toBe(201);
  });
});
