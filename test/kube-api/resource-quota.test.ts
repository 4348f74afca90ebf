import { beforeEach, describe, expect, it } from 'vitest';
import { ARestApi } from './a-rest-api.ts';
import { aWidget, aWidgetDefinition } from './a-widget.ts';

const QUOTAS = '/api/v1/namespaces/shop/resourcequotas';
const PODS = '/api/v1/namespaces/shop/pods';

let rest: ARestApi;

beforeEach(() => {
  rest = new ARestApi();
});

function limit(spec: object): void {
  expect(rest.ask('POST', QUOTAS, { body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'test-quota' }, spec } }).code).toBe(201);
  rest.cluster.wait('1s');
}

function used(): Readonly<Record<string, string>> {
  rest.cluster.wait('1s');
  return rest.get(`${QUOTAS}/test-quota`).body.status.used as Readonly<Record<string, string>>;
}

function aPod(name: string, spec: object = {}, resources: object = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'registry.example/c:1', resources }], ...spec } };
}

/** After test/e2e/apimachinery/resource_quota.go. */
describe('ResourceQuota', () => {
  it('should create a ResourceQuota and capture the life of a custom resource.', () => {
    rest.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: aWidgetDefinition() });
    rest.cluster.wait('1s');
    limit({ hard: { 'count/widgets.example.com': '1' } });
    expect(used()).toEqual({ 'count/widgets.example.com': '0' });
    const url = '/apis/example.com/v1/namespaces/shop/widgets';
    expect(rest.ask('POST', url, { body: aWidget('one') }).code).toBe(201);
    expect(used()).toEqual({ 'count/widgets.example.com': '1' });
    expect(rest.ask('POST', url, { body: aWidget('two') }).body.message).toBe('widgets.example.com "two" is forbidden: exceeded quota: test-quota, requested: count/widgets.example.com=1, used: count/widgets.example.com=1, limited: count/widgets.example.com=1');
    rest.ask('DELETE', `${url}/one`);
    expect(used()).toEqual({ 'count/widgets.example.com': '0' });
  });

  it('should create a ResourceQuota and capture the life of a pod. [Conformance]', () => {
    limit({ hard: { pods: '5', 'requests.cpu': '1', 'limits.cpu': '2' } });
    expect(rest.ask('POST', PODS, { body: aPod('bare') }).body.message).toBe('pods "bare" is forbidden: failed quota: test-quota: must specify limits.cpu for: c; requests.cpu for: c');
    expect(rest.ask('POST', PODS, { body: aPod('fits', {}, { requests: { cpu: '500m' }, limits: { cpu: '1' } }) }).code).toBe(201);
    expect(used()).toEqual({ pods: '1', 'requests.cpu': '500m', 'limits.cpu': '1' });
    expect(rest.ask('POST', PODS, { body: aPod('big', {}, { requests: { cpu: '600m' }, limits: { cpu: '600m' } }) }).body.message).toBe('pods "big" is forbidden: exceeded quota: test-quota, requested: requests.cpu=600m, used: requests.cpu=500m, limited: requests.cpu=1');
  });

  it('should verify ResourceQuota with terminating scopes. [Conformance]', () => {
    limit({ hard: { pods: '1' }, scopes: ['Terminating'] });
    expect(rest.ask('POST', PODS, { body: aPod('long') }).code).toBe(201);
    expect(used()).toEqual({ pods: '0' });
    expect(rest.ask('POST', PODS, { body: aPod('short', { activeDeadlineSeconds: 3_600 }) }).code).toBe(201);
    expect(used()).toEqual({ pods: '1' });
    expect(rest.ask('POST', PODS, { body: aPod('shorter', { activeDeadlineSeconds: 60 }) }).code).toBe(403);
  });

  it('should verify ResourceQuota with best effort scope. [Conformance]', () => {
    limit({ hard: { pods: '1' }, scopes: ['BestEffort'] });
    expect(rest.ask('POST', PODS, { body: aPod('burstable', {}, { requests: { cpu: '1m' } }) }).code).toBe(201);
    expect(rest.ask('POST', PODS, { body: aPod('one') }).code).toBe(201);
    expect(rest.ask('POST', PODS, { body: aPod('two') }).code).toBe(403);
  });

  it("should verify ResourceQuota's priority class scope (quota set to pod count: 1) against a pod with same priority class.", () => {
    rest.ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'pclass1' }, value: 1_000 } });
    limit({ hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['pclass1'] }] } });
    expect(rest.ask('POST', PODS, { body: aPod('plain') }).code).toBe(201);
    expect(rest.ask('POST', PODS, { body: aPod('one', { priorityClassName: 'pclass1' }) }).code).toBe(201);
    expect(used()).toEqual({ pods: '1' });
    expect(rest.ask('POST', PODS, { body: aPod('two', { priorityClassName: 'pclass1' }) }).code).toBe(403);
  });

  it('should be able to update and delete ResourceQuota. [Conformance]', () => {
    limit({ hard: { pods: '0' } });
    expect(rest.ask('POST', PODS, { body: aPod('one') }).code).toBe(403);
    rest.patch(`${QUOTAS}/test-quota`, 'merge', { spec: { hard: { pods: '1' } } });
    expect(rest.ask('POST', PODS, { body: aPod('one') }).code).toBe(201);
    rest.ask('DELETE', `${QUOTAS}/test-quota`);
    expect(rest.ask('POST', PODS, { body: aPod('two') }).code).toBe(201);
  });
});
